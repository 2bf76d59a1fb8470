"""What was found, and what may have been meant: words for messages about bodies and files. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from emulator.validation.printing import named, printable

LONGEST: Final = 60
"""How many characters of a found text are shown."""
_SAME: Final = 2
"""How many segments a path must have in common with one that it is taken for."""
_FEW: Final = 100
"""Up to how many known words each is compared with an unknown one, letter by letter."""
_BESIDE: Final = 5
"""How many of more words are compared on either side of where the unknown one would stand."""
_NEGATION: Final = "(?:un|not?)[ _-]?"


def units(text: str) -> int:
    """The length of a text in UTF-16 units, as the provider's Java counts: an emoji has two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def quoted(text: str) -> str:
    """A found text in quotes, short enough to read; signs in it that don't print are written as escapes, and named."""
    shown = printable(text[:LONGEST])
    cut = f"...' ({units(text)} characters)" if len(text) > LONGEST else "'"
    return f"'{shown}{cut}{f' (with {named(text)})' if printable(text) != text else ''}"


def _affirmed(word: str) -> str:
    """A word without the negation that it begins with."""
    found = re.match(_NEGATION, word)
    return word[found.end() :] if found else word


def _backwards(word: str) -> str:
    """A word in lower case from its last letter to its first."""
    return word.lower()[::-1]


def _shortlist(word: str, known: Collection[str]) -> Collection[str]:
    """The known words, if there are few; of many, those that stand beside this one in the alphabet, read from the front
    or from the back: who mistypes one letter has what is before it and what is after it right.
    """
    if len(known) <= _FEW:
        return known
    found, wanted = dict[str, None](), word.strip().lower()
    for key in (str.lower, _backwards):
        spelled = sorted(known, key=key)
        at = bisect_left(spelled, key(wanted), key=key)
        found |= dict.fromkeys(spelled[max(0, at - _BESIDE) : at + _BESIDE])
    return found


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelled most like this one, in any case; None if none is near. One that begins alike may
    be a little farther, as Succeeded from Success. A word that says the opposite, as Undelivered of Delivered, is not
    near. Of many words only some are compared, those that begin or end most alike.
    """
    spelled = dict[str, str]()
    shortlist = _shortlist(word, known if isinstance(known, Collection) else list(known))
    # of several that differ in case only, the last counts: the most like it
    for each in sorted(shortlist, key=lambda each: sum(map(str.__eq__, word, each))):
        spelled[each.lower()] = each
    if not spelled:
        return None
    from difflib import SequenceMatcher, get_close_matches

    def like(one: str, other: str) -> float:
        return SequenceMatcher(None, one, other).ratio()

    def opposite(near: str) -> bool:
        bare, bare_near = _affirmed(wanted), _affirmed(near)
        return (bare == wanted) is not (bare_near == near) and like(bare, bare_near) > like(wanted, near)

    def alike(near: str) -> bool:
        return like(wanted, near) >= 0.65 or near.startswith(wanted[:4])

    wanted = word.strip().lower()
    near = (each for each in get_close_matches(wanted, spelled, 3, cutoff=0.62) if alike(each) and not opposite(each))
    return next((spelled[each] for each in near), None)


def path_hint(path: str, known: Collection[str]) -> str:
    """The end of a message about an unknown path: the known ones that have more before it; or the one that is spelled
    like it, segment by segment; or those that have more after it; or those with an id that differ in one segment, or
    lack one, or have one more; or the one that it goes on from; or the nearest. Empty if none is near.
    """
    segments = path.split("/")

    def misspelt(other: str) -> bool:
        fixed = [(mine, theirs) for mine, theirs in zip(segments, other.split("/"), strict=True) if theirs[:1] != "{"]
        wrong = [(mine, theirs) for mine, theirs in fixed if mine != theirs]
        return bool(wrong) and all(nearest(mine, [theirs]) for mine, theirs in wrong)

    near = nearest(path, [each for each in known if each.count("/") == path.count("/") and misspelt(each)])
    plain = [each for each in known if "{" not in each]
    found = [each for each in plain if each.endswith(path)] or ([near] if near else [])
    found = found or [each for each in plain if each.startswith((f"{path}/", f"{path}-"))]
    found = found or [each for each in known if one_apart(segments, each.split("/"))]
    begins = (path.rsplit("/", cut)[0] for cut in range(1, len(segments) - 1))
    found = found[:3] or [each for each in begins if each in known][:1]
    quotes = [f"'{each}'" for each in found]
    return f"; did you mean {listed(quotes)}?" if found else hint(path, known)


def one_apart(path: Sequence[str], known: Sequence[str]) -> bool:
    """Whether the segments of a path are those of a known one, which has an id, but for one of either or of both; they
    begin with the same one, and have another in common.
    """

    def fits(mine: Sequence[str], theirs: Sequence[str]) -> bool:
        same = [my == their for my, their in zip(mine, theirs, strict=False)]
        alike = all(held or their[:1] == "{" for held, their in zip(same, theirs, strict=False))
        return len(mine) == len(theirs) and alike and sum(same[1:]) >= _SAME

    def shorter(each: Sequence[str]) -> list[Sequence[str]]:
        return [each, *([*each[:at], *each[at + 1 :]] for at in range(2, len(each)))]

    near = abs(len(path) - len(known)) <= 1 and path[:2] == known[:2] and any(each[:1] == "{" for each in known)
    return near and any(fits(my, their) for my in shorter(path) for their in shorter(known))


def listed(known: Collection[str]) -> str:
    """Words as a message lists them."""
    *most, last = known
    return f"{', '.join(most)} or {last}" if most else last


def meant(word: str, known: Collection[str]) -> str:
    """The end of a message about an unknown word: what may have been meant, or else all that is known."""
    return hint(word, known) or f"; known here: {listed(known)}"


def hint(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: what may have been meant; empty if no known word is near."""
    near = nearest(word, known)
    return f"; did you mean '{near}'?" if near else ""
