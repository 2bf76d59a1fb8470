"""The country and the network of a phone number, by the table of countries' plans, which is read on first use.

An E.164 number is split by its calling code alone. Most codes belong to one country, so the rest of the number is
looked at only for shared ones (+1, +7, +44). Anything that is not an E.164 number yields an empty string, but for its
network, since every message is shown with one.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final
from zlib import crc32

from msgspec import Struct

from emulator.channels import plans
from emulator.channels.carriers import carrier
from emulator.channels.plans import Type

UNKNOWN: Final = "ZZ"
"""Stands for the country of a number that has none, and of what is no number, as in libphonenumber."""
INVENTED: Final = ("Telenuma", "Cellavia", "Mobilune")
"""What invented networks are called, before their country."""
CACHED: Final = 4096
"""How many numbers are remembered with their country, and with their network."""
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
"""How the API writes a phone number."""
_TYPES: Final = {Type.FIXED: "Landline", Type.MOBILE: "Mobile", Type.BOTH: "Mobile"}
"""What types of numbers are called; those of a country that tells none apart are mobile."""


@lru_cache(CACHED)
def country(number: str) -> str:
    """The ISO 3166-1 alpha-2 code of a number's country; empty if it has none."""
    code, national = split(number)
    if not code:
        return ""
    region = plans.of(code, national)
    return region.region if region else plans.regions()[code][0].region


@lru_cache(CACHED)
def known_network(number: str) -> str:
    """The English name of the network that a number was first assigned to; empty if none is known."""
    return carrier(number[1:]) if split(number)[0] else ""


class Plan(Struct, frozen=True):
    """What a number is by its country's numbering plan: whether it is `valid`, of which `type`, the country and its
    calling code (empty for a number of no country), and how the number is written.
    """

    valid: bool
    type: str
    country: str
    code: str
    international: str
    national: str
    rfc3966: str


def plan(number: str) -> Plan | None:
    """What an E.164 number is by its country's plan; None for anything else."""
    code, national = split(number)
    if not code:
        return None
    kind = _type(code, national)
    abroad = plans.abroad(code, national)
    return Plan(
        valid=kind is not Type.NONE,
        type=_TYPES.get(kind, "Unknown"),
        country=country(number),
        code=code,
        international=f"+{code} {abroad}",
        national=plans.at_home(code, national),
        rfc3966=f"tel:+{code}-{re.sub('[^0-9]+', '-', abroad).strip('-')}",
    )


def _type(code: str, national: str) -> Type:
    region = plans.of(code, national)
    return region.type(national) if region else Type.NONE


@lru_cache(CACHED)
def doubt(number: str) -> str:
    """Why an E.164 number may not be the one that was meant by its digits without +, to stand after it: it is none of
    its country's, so it is rather a national one that lacks its country's code. Empty if it is one.
    """
    code, national = split(number)
    if code and _type(code, national) is not Type.NONE:
        return ""
    read = (
        f"no number of {country(number) or 'its code'} (+{code}) looks like"
        if code
        else "begins with no country's code"
    )
    return f", which {read}; a national number needs its country's code before it"


@cache
def countries() -> frozenset[str]:
    """The codes of all countries that have numbers."""
    return frozenset(each.region for shared in plans.regions().values() for each in shared if each.region)


@lru_cache(CACHED)
def reached_by(beginning: str) -> frozenset[str]:
    """The codes of the countries that numbers may belong to which begin so, as +30; empty if none do, or if it is not
    the beginning of a number.
    """
    digits = beginning.removeprefix("+")
    if beginning == digits or not digits.isdecimal():
        return frozenset()
    codes = (code for code in plans.regions() if code.startswith(digits) or digits.startswith(code))
    return frozenset(each.region for code in codes for each in plans.regions()[code] if each.region)


@lru_cache(CACHED)
def network(number: str) -> str:
    """The network of a number: the known one, or else an invented one of the number's country. Numbers that differ only
    in their last six digits have the same.
    """
    if known := known_network(number):
        return known
    names = invented(country(number) or UNKNOWN)
    return names[crc32(number[:-6].encode()) % len(names)]


def invented(country: str) -> list[str]:
    """The invented networks of a country."""
    return [f"{name} {country}" for name in INVENTED]


def split(number: str) -> tuple[str, str]:
    """The calling code of an E.164 number and the national number behind it; both empty if it has no known code."""
    if not E164.fullmatch(number):
        return "", ""
    known = plans.regions()
    for end in (2, 3, 4):
        if number[1:end] in known:
            return number[1:end], number[end:]
    return "", ""
