"""The text of an Sms: its alphabet, its parts, short links, and transcoding. Pure.

A text of GSM-7 letters has 160 septets in one part, 153 in each of several. Any other text is sent as UCS-2, with 70
UTF-16 units in one part and 67 in each of several. Letters of the extension table take two septets; neither they nor a
surrogate pair are split between parts. Transcoding replaces each letter that it can by GSM-7 ones that look alike; what
remains decides the alphabet. It is skipped if the text fits into one Unicode part.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

from msgspec import Struct

from emulator.seed import identifier

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = "\f^{}\\[~]|€"

GSM: Final = BASIC + EXTENSION
"""The letters of GSM-7: those that take one septet, and those that take two."""

SINGLE: Final = 160
"""How many septets of GSM-7 one part has room for, if it is the only one."""
MOST_PARTS: Final = 255
"""How many parts a text may have: each says in one byte which of how many it is."""
SURE: Final = 8_000
"""A text of up to so many letters is sure to fit into MOST_PARTS, even of emoji, of which a part has 33."""

_GREEK: Final = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
"""Greek capitals that look like Latin ones; the other Greek capitals are GSM-7 letters."""

_LINK: Final = r"https?://[^ ]+"

_MARKS: Final = str.maketrans(
    {"œ": "oe", "Œ": "OE", "ẞ": "ß", "\u2044": "/", "·": ".", "•": "*"}
    | dict.fromkeys("«»“”„‟″", '"')
    | dict.fromkeys("‘’‚‛‹›′", "'")
    | dict.fromkeys("\u2010\u2011\u2012–—―−", "-")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff")
)
"""Letters and marks that GSM-7 lacks, and that taking a letter apart does not give; signs that show nothing go."""
_ACCENTS: Final = "[\u0300-\u036f]"


class Parts(Struct, frozen=True):
    """How a text is sent: whether as UCS-2, its length in septets or UTF-16 units, and the text of each part."""

    unicode: bool
    units: int
    texts: tuple[str, ...]


def count(text: str) -> int:
    """How many parts a text takes; at least one."""
    if len(text) <= SINGLE and _only(BASIC)(text):
        return 1
    return len(analyse(text).texts)


def analyse(text: str) -> Parts:
    """The parts of a text."""
    gsm = _only(GSM)(text) is not None
    if gsm:
        sizes = [2 if letter in EXTENSION else 1 for letter in text]
        single, several = SINGLE, 153
    else:
        sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
        single, several = 70, 67
    units = sum(sizes)
    texts = (text,) if units <= single else _split(text, sizes, several)
    return Parts(unicode=not gsm, units=units, texts=texts)


def plain(text: str) -> bool:
    """Whether a text has only letters that take one septet."""
    return _only(BASIC)(text) is not None


def unsupported(text: str) -> list[str]:
    """The letters of a text that GSM-7 lacks, each once."""
    return [letter for letter in dict.fromkeys(text) if letter not in GSM]


def _split(text: str, sizes: list[int], room: int) -> tuple[str, ...]:
    """A text cut into parts of at most `room` units; `sizes` has the units of each letter."""
    texts, start, used = [], 0, 0
    for position, size in enumerate(sizes):
        if used + size > room:
            texts.append(text[start:position])
            start, used = position, 0
        used += size
    return (*texts, text[start:])


@cache
def _only(letters: str) -> Callable[[str], object]:
    """A function that matches texts of only these letters. It is compiled on first use, since that takes long."""
    return re.compile(f"[{re.escape(letters)}]*").fullmatch


def shortened(body: str, of: str) -> str:
    """The body with a short link for each link, which ends at the next space. Short links depend on `of`, the id of
    what they belong to. The provider's host for them is not documented; `s.invalid` can't exist.
    """
    return re.sub(_LINK, lambda link: short_link(link[0], of), body)


def short_link(link: str, of: str) -> str:
    """The short link for a link."""
    return f"https://s.invalid/{identifier(of, link)[:7]}"


def links(body: str) -> list[str]:
    """The links of a body, each once."""
    return list(dict.fromkeys(re.findall(_LINK, body)))


def prepared(body: str, transcode: bool) -> str:  # noqa: FBT001
    """The text that is sent: the body, or its transcoding if that was asked for and takes no more parts."""
    if not transcode or _only(GSM)(body):
        return body
    parts = len(analyse(body).texts)
    if parts == 1:
        return body
    changed = transcoded(body)
    return changed if len(analyse(changed).texts) <= parts else body


def transcoded(text: str) -> str:
    """A text with GSM-7 letters in place of others, as far as there are some that look alike."""
    return "".join(map(_transcoded, unicodedata.normalize("NFC", text)))


@lru_cache(1024)
def _transcoded(letter: str) -> str:
    """The GSM-7 letter or letters that look most like this one: without accents, Greek as a capital. The letter itself
    if it has no counterpart.
    """
    if letter in GSM:
        return letter
    taken_apart = re.sub(_ACCENTS, "", unicodedata.normalize("NFKD", letter.translate(_MARKS)))
    found = "".join(map(_plain, taken_apart)).translate(_MARKS)
    return found if _only(GSM)(found) else letter


def _plain(letter: str) -> str:
    """A letter, if it is Greek as a capital."""
    greek = "GREEK" in unicodedata.name(letter, "")
    return letter.upper().translate(_GREEK) if greek else letter
