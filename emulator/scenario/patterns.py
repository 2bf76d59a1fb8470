"""Regular expressions that users write: those that are taken need less than a second for any text. Pure.

Python tries one way through a text after another until one matches. An expression is refused if there can be too many
ways: if what it repeats has a choice of its own that the next character does not decide, as in `(a+)+$`, or if several
repetitions can share one text, as in `.*a.*b.*c`. Some harmless ones are refused too. Wherever a user's expression is
taken, it is checked and searched for by this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from re import _compiler, _parser  # type: ignore[attr-defined]  # nothing else parses as Python does
from types import MappingProxyType
from typing import Any, Final, NamedTuple

LONGEST: Final = 5000
"""How many characters of a text are searched."""
_MOST: Final = 4 * LONGEST**2
"""How many ways through the longest text there may be."""
_MANY: Final = 30
"""Up to how many rounds a repetition is not long: its rounds multiply the ways, instead of the text's length."""
_SAMPLE: Final = "".join(map(chr, range(128))) + "\xa0\xb2éßαΩς٣\u2028€中🙂"
"""Characters of all classes; with those that an expression names, they stand for all characters."""

_NESTED: Final = (
    "it repeats a part that has a repetition or a choice of its own, and the next character does not decide it, as in "
    "(a+)+; write a+, or put something between the rounds, as in (a+;)+"
)
_SHARED: Final = (
    "several of its repetitions can share one text, as in .*a.*b.*c; say what may not be between, as in [^a]*a, begin "
    "with ^, or use glob: '*a*b*c'"
)

_ALPHABETS: Final = int(re.ASCII | re.UNICODE | re.LOCALE)
"""The flags of which one at a time is in force."""

Signs = frozenset[str]
"""Characters of the sample."""
Node = tuple[Any, Any]
"""A part of an expression, as Python's own parser makes it: what it is, and its members."""


class Slow(ValueError):
    """An expression that could take too long; the message says why, and how to write it."""


def search(pattern: str) -> Callable[[str], object]:
    """A function that finds an expression in the first LONGEST characters of a text; None if it is not there."""
    found = re.compile(pattern).search
    return lambda text: found(text, 0, LONGEST)


def check(pattern: str) -> None:
    """Raises re.error, RecursionError or OverflowError for what is no regular expression, Slow for a slow one."""
    re.compile(pattern)
    tree = _parser.parse(pattern)
    flags = tree.state.flags
    begins = bool(tree) and str(tree[0][1]) in ("AT_BEGINNING", "AT_BEGINNING_STRING") and not flags & re.MULTILINE
    _Ways(_SAMPLE + "".join(_named(tree)), searched=not begins).go(tree, _Around(flags))


def _named(part: Any) -> Iterator[str]:
    """The characters that an expression names, among others."""
    if isinstance(part, int):
        yield from map(chr, range(max(part - 1, 0), min(part + 2, 0x110000)))
    elif part is not None:
        for each in part:
            yield from _named(each)


class _Around(NamedTuple):
    """What a part stands in: the flags in force, the signs that may come after it, whether a repetition repeats it, and
    whether the expression ends with it.
    """

    flags: int
    after: Signs = frozenset()
    repeated: bool = False
    last: bool = True


class _Ways:
    """Counts the ways through an expression, at most: `few` times the text's length to the power of `long`."""

    def __init__(self, sample: str, *, searched: bool) -> None:
        self._sample = sample
        self._signs: dict[tuple[str, int], Signs] = {}
        self._long, self._few = int(searched), 1

    def go(self, items: Sequence[Node], around: _Around) -> None:
        """Count the ways through parts that come one after another. Raises Slow."""
        for index, (kind, value) in enumerate(items):
            if not (parts := _parts(kind, value)) and str(kind) != "GROUPREF":
                continue
            first, through = self._first(items[index + 1 :], around.flags)
            after = first | around.after if through else first
            here = around._replace(after=after, last=around.last and index + 1 == len(items))
            match str(kind):
                case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                    self._repeat(value, here, possessive=str(kind)[0] == "P")
                case "BRANCH" | "GROUPREF_EXISTS":
                    self._branch(parts, here)
                case "ASSERT" | "ASSERT_NOT":
                    self._assert(value[1], here)
                case "GROUPREF":
                    self._run(here)
                case _:
                    self.go(parts[0], here._replace(flags=_flags(kind, value, around.flags)))

    def _repeat(self, value: Any, around: _Around, *, possessive: bool) -> None:
        low, high, body = value
        first, through = self._first(body, around.flags)
        if low != high and not possessive and (through or first & around.after):
            self._choose(high - low + 1, around)
        elif high > _MANY and not around.last and not around.repeated:
            self._run(around)
        if high > 1:
            around = around._replace(after=around.after | first, repeated=True, last=False)
        self.go(body, around)

    def _branch(self, options: Sequence[Any], around: _Around) -> None:
        seen: set[str] = set()
        undecided = False
        for option in options:
            first, through = self._first(option, around.flags)
            signs = first | around.after | {""} if through else first
            undecided = undecided or not seen.isdisjoint(signs)
            seen |= signs
        if undecided:
            self._choose(len(options), around)
        before, ends = (self._long, self._few), []
        for option in options:
            self._long, self._few = before
            self.go(option, around)
            ends.append((self._long, self._few))
        self._long, self._few = max(ends)

    def _assert(self, body: Any, around: _Around) -> None:
        """A look-around: once it holds, no other way through it is tried."""
        if around.repeated and body.getwidth()[1] > _MANY:
            raise Slow(_NESTED)
        before = self._long, self._few
        self.go(body, around._replace(after=frozenset(), last=False))
        self._long, self._few = before

    def _choose(self, ways: int, around: _Around) -> None:
        """Note a choice that the next character does not decide."""
        if around.repeated:
            raise Slow(_NESTED)
        if ways > _MANY:
            self._long += 1
        else:
            self._few *= ways
        self._bound(self._long)

    def _run(self, around: _Around) -> None:
        """Note a part that runs through the text once on each of the ways so far."""
        if around.repeated:
            raise Slow(_NESTED)
        self._bound(self._long + 1)

    def _bound(self, long: int) -> None:
        if self._few * LONGEST**long > _MOST:
            raise Slow(_SHARED)

    def _first(self, items: Iterable[Node], flags: int) -> tuple[Signs, bool]:
        """The signs with which parts can begin, and whether they can match nothing."""
        found: Signs = frozenset()
        for kind, value in items:
            signs, through = self._begins(kind, value, flags)
            found |= signs
            if not through:
                return found, False
        return found, True

    def _begins(self, kind: Any, value: Any, flags: int) -> tuple[Signs, bool]:
        """As `_first`, of one part."""
        match str(kind):
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self._one(kind, value, flags), False
            case "AT" | "ASSERT" | "ASSERT_NOT" | "FAILURE":
                return frozenset(), True
            case "GROUPREF":
                return frozenset(self._sample), True
        inside = _flags(kind, value, flags)
        firsts = [self._first(part, inside) for part in _parts(kind, value)]
        skipped = str(kind).endswith("REPEAT") and value[0] == 0
        return frozenset().union(*(signs for signs, _ in firsts)), skipped or any(through for _, through in firsts)

    def _one(self, kind: Any, value: Any, flags: int) -> Signs:
        """The signs that a part for one character matches."""
        key = repr((kind, value)), flags
        if key not in self._signs:
            state = _parser.State()
            state.flags = flags
            part = _parser.SubPattern(state, [(kind, value)])
            self._signs[key] = frozenset(_compiler.compile(part, flags).findall(self._sample))
        return self._signs[key]


def _parts(kind: Any, value: Any) -> Sequence[Any]:
    """The parts inside a part, each a list of parts that come one after another."""
    inside = _INSIDE.get(str(kind))
    return inside(value) if inside else ()


_INSIDE: Final = MappingProxyType[str, Callable[[Any], Sequence[Any]]](
    {
        "SUBPATTERN": lambda value: [value[3]],
        "ATOMIC_GROUP": lambda value: [value],
        "BRANCH": lambda value: value[1],
        "GROUPREF_EXISTS": lambda value: [value[1], value[2] or []],
        "MAX_REPEAT": lambda value: [value[2]],
        "MIN_REPEAT": lambda value: [value[2]],
        "POSSESSIVE_REPEAT": lambda value: [value[2]],
        "ASSERT": lambda value: [value[1]],
        "ASSERT_NOT": lambda value: [value[1]],
    }
)


def _flags(kind: Any, value: Any, flags: int) -> int:
    """The flags inside a part: a group can set its own."""
    if str(kind) != "SUBPATTERN":
        return flags
    _, added, removed, _ = value
    if added & _ALPHABETS:
        flags &= ~_ALPHABETS
    return int((flags | added) & ~removed)
