"""The text of an Sms: which alphabet it needs, how many parts it takes, and what transcoding makes of it. Pure.

A text of GSM-7 letters has 160 septets in one part, 153 in each of several; any other text is sent as UCS-2, with 70
UTF-16 units in one part and 67 in each of several. Letters of the extension table take two septets; neither they nor
a surrogate pair are split between parts. Transcoding replaces letters by GSM-7 ones that look alike; it is left out
where one Unicode part is enough, and where some letter would stay outside GSM-7 all the same.
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

_GREEK: Final = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
"""Greek capitals that look like Latin ones; the other capitals are GSM-7 letters themselves."""

_LINK: Final = r"https?://[^ ]+"

_MARKS: Final = str.maketrans(
    {"œ": "oe", "Œ": "OE", "ẞ": "ß", "…": "...", "–": "-", "—": "-", "\u00a0": " ", "\u202f": " "}
    | dict.fromkeys("«»“”„", '"')
    | dict.fromkeys("‘’‚‹›", "'")
)
"""Letters and marks that Greek, French, Italian and German texts have and GSM-7 has not, nor under an accent."""


class Parts(Struct, frozen=True):
    """How a text is sent: its alphabet, its length in that alphabet's units, and the text of each part."""

    unicode: bool
    units: int
    texts: tuple[str, ...]


def count(text: str) -> int:
    """How many parts a text takes; an empty one takes one."""
    if len(text) <= 160 and _only(BASIC)(text):
        return 1
    return len(analyse(text).texts)


def analyse(text: str) -> Parts:
    """The parts of a text."""
    gsm = _only(GSM)(text) is not None
    sizes = [_septets(letter) if gsm else _units(letter) for letter in text]
    units = sum(sizes)
    single, several = (160, 153) if gsm else (70, 67)
    texts = (text,) if units <= single else _split(text, sizes, several)
    return Parts(unicode=not gsm, units=units, texts=texts)


def _split(text: str, sizes: list[int], room: int) -> tuple[str, ...]:
    texts, start, used = [], 0, 0
    for position, size in enumerate(sizes):
        if used + size > room:
            texts.append(text[start:position])
            start, used = position, 0
        used += size
    return (*texts, text[start:])


def _septets(letter: str) -> int:
    return 2 if letter in EXTENSION else 1


def _units(letter: str) -> int:
    return 2 if ord(letter) > 0xFFFF else 1


@cache
def _only(letters: str) -> Callable[[str], object]:
    """A function that says whether a text has only these letters; compiled for the first text, since it takes long."""
    return re.compile(f"[{re.escape(letters)}]*").fullmatch


def shortened(body: str, of: str) -> str:
    """The body with each link, up to the next blank, replaced by a short one; `of` names whose links they are. The
    provider's short host is not documented; this one can't exist.
    """
    return re.sub(_LINK, lambda link: f"https://s.invalid/{identifier(of, link[0])[:7]}", body)


def prepared(body: str, transcode: bool) -> str:  # noqa: FBT001
    """The text that is really sent: the body, transcoded if that is asked for and of use."""
    if not transcode or _only(GSM)(body):
        return body
    if len(analyse(body).texts) == 1:
        return body
    transcoded = "".join(map(_transcoded, unicodedata.normalize("NFC", body)))
    return transcoded if _only(GSM)(transcoded) else body


@lru_cache(1024)
def _transcoded(letter: str) -> str:
    """The GSM-7 letter that looks most like this one: without accents, Greek in capitals."""
    if letter in GSM:
        return letter
    plain = unicodedata.normalize("NFD", letter)[0]
    if "GREEK" in unicodedata.name(plain, ""):
        return plain.upper().translate(_GREEK)
    return plain.translate(_MARKS)
