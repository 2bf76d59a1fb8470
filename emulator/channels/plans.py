"""Numbering plans: which numbers each country has, of which type they are and how they are written, from the table
`plans.jsonl`, which is read on first use. Its data and how they are meant are those of Google's libphonenumber.

Numbers are national ones here: what stands behind the calling code, with its leading zeros, which matter: +39 0331 is
not the mobile +39 331.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct, json

FILE: Final = Path(__file__).with_name("plans.jsonl")
_GROUP: Final = re.compile(r"(\\[0-9])")


class Type(StrEnum):
    """What a number is: BOTH where a country's fixed and mobile numbers look the same."""

    FIXED = "fixed"
    MOBILE = "mobile"
    BOTH = "both"
    OTHER = "other"
    NONE = "none"


class Numbers(Struct, frozen=True):
    """Numbers of some kind: their pattern, and how many digits they have if that alone tells them from others."""

    pattern: str = "(?!)"
    lengths: frozenset[int] = frozenset()

    def have(self, national: str) -> bool:
        """Whether a number is one of these."""
        return (not self.lengths or len(national) in self.lengths) and bool(re.fullmatch(self.pattern, national))


NOBODY: Final = Numbers()


class Format(Struct, frozen=True):
    """How numbers with this pattern are `written`, if they begin so (`leading`); `home` is what stands in place of the
    first group in their own country.
    """

    pattern: str
    written: str
    leading: str = ""
    home: str = ""

    def fits(self, national: str) -> bool:
        """Whether a number is written like this."""
        return bool(re.match(self.leading, national) and re.fullmatch(self.pattern, national))


class Region(Struct, frozen=True, rename={"numbers": "all"}):
    """The plan of a country, or of a calling code of none (`region` is empty then). Where several countries share a
    code, `leading` is how the numbers of this one begin, if that tells; and only the first of them has formats.
    """

    code: str
    numbers: Numbers
    region: str = ""
    leading: str = ""
    fixed: Numbers = NOBODY
    mobile: Numbers = NOBODY
    others: tuple[Numbers, ...] = ()
    alike: bool = False
    example: str = ""
    formats: tuple[Format, ...] = ()
    abroad: tuple[Format, ...] = ()

    def type(self, national: str) -> Type:
        """What a number is; NONE if it is none of this region's."""
        if not self.numbers.have(national):
            return Type.NONE
        if any(each.have(national) for each in self.others):
            return Type.OTHER
        if self.fixed.have(national):
            return Type.BOTH if self.alike or self.mobile.have(national) else Type.FIXED
        return Type.MOBILE if not self.alike and self.mobile.have(national) else Type.NONE


@cache
def regions() -> dict[str, tuple[Region, ...]]:
    """The regions of each calling code, the main one first."""
    found: dict[str, tuple[Region, ...]] = {}
    reader = json.Decoder(Region)
    for line in FILE.read_bytes().splitlines()[1:]:
        region = reader.decode(line)
        found[region.code] = (*found.get(region.code, ()), region)
    return found


def by_country(country: str) -> Region | None:
    """The plan of a country, by its ISO 3166-1 alpha-2 code; None if it has no numbers."""
    return next((each for shared in regions().values() for each in shared if country and each.region == country), None)


def of(code: str, national: str) -> Region | None:
    """The region that a number belongs to; None if it is none of those that share its code."""
    shared = regions()[code]
    if len(shared) == 1:
        return shared[0]
    return next(
        (
            each
            for each in shared
            if (re.match(each.leading, national) if each.leading else each.type(national) is not Type.NONE)
        ),
        None,
    )


def abroad(code: str, national: str) -> str:
    """How a number is written behind its code, for other countries."""
    main = regions()[code][0]
    return _written(main.abroad or main.formats, national)


def at_home(code: str, national: str) -> str:
    """How a number is written in its own country."""
    return _written(regions()[code][0].formats, national, home=True)


def _written(formats: Sequence[Format], national: str, *, home: bool = False) -> str:
    """A number in the first format that it fits; its digits if there is none."""
    for each in formats:
        if each.fits(national):
            form = _GROUP.sub(each.home, each.written, count=1) if home and each.home else each.written
            return re.sub(each.pattern, form, national)
    return national
