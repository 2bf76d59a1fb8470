"""The country and the network of a phone number. Of countries' plans the phonenumbers library knows, which is imported
on first use.

Most calling codes belong to one country, so the rest of the number is looked at only for shared ones (+1, +7, +44).
The library's parser is not used: an E.164 number is split by its calling code alone. Anything that is not an E.164
number yields an empty string, but for its network, since every message is shown with one.
"""

from __future__ import annotations

import importlib
import re
from functools import cache, lru_cache
from typing import Any, Final
from zlib import crc32

from msgspec import Struct

from emulator.channels.carriers import carrier

UNKNOWN: Final = "ZZ"
"""Stands for the country of a number that has none, and of what is no number, as in the library."""
INVENTED: Final = ("Telenuma", "Cellavia", "Mobilune")
"""What invented networks are called, before their country."""
CACHED: Final = 4096
"""How many numbers are remembered with their country, and with their network."""
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
"""How the API writes a phone number."""
_TYPES: Final = {0: "Landline", 1: "Mobile", 2: "Mobile"}
"""What the library's types are called; those of a country that tells none apart are mobile."""
_WORLDWIDE: Final = "001"
"""The library's region for calling codes of no country, such as +800."""


@lru_cache(CACHED)
def country(number: str) -> str:
    """The ISO 3166-1 alpha-2 code of a number's country; empty if it has none."""
    code = _calling_code(number)
    regions = _regions().get(code, ("",))
    if len(regions) > 1:
        return str(_library("phonenumbers").region_code_for_number(_split(number, code)) or regions[0])
    return regions[0] if regions[0] != _WORLDWIDE else ""


@lru_cache(CACHED)
def operator(number: str) -> str:
    """The English name of the network that a number was first assigned to; empty if none is known."""
    return carrier(number[1:]) if _calling_code(number) else ""


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
    code = _calling_code(number)
    if not code:
        return None
    library = _library("phonenumbers")
    split, form = _split(number, code), library.PhoneNumberFormat
    international, national, rfc3966 = (
        library.format_number(split, each) for each in (form.INTERNATIONAL, form.NATIONAL, form.RFC3966)
    )
    kind = _TYPES.get(library.number_type(split), "Unknown")
    valid = bool(library.is_valid_number(split))
    return Plan(valid, kind, country(number), code, international, national, rfc3966)


@lru_cache(CACHED)
def doubt(number: str) -> str:
    """Why an E.164 number may not be the one that was meant by its digits without +, to stand after it: it is none of
    its country's, so it is rather a national one that lacks its country's code. Empty if it is one.
    """
    code = _calling_code(number)
    if code and _library("phonenumbers").is_valid_number(_split(number, code)):
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
    return frozenset(region for regions in _regions().values() for region in regions if region != _WORLDWIDE)


@lru_cache(CACHED)
def network(number: str) -> str:
    """The network of a number: the known one, or else an invented one of the number's country. Numbers that differ only
    in their last six digits have the same.
    """
    names = invented(country(number) or UNKNOWN)
    return operator(number) or names[crc32(number[:-6].encode()) % len(names)]


def invented(country: str) -> list[str]:
    """The invented networks of a country."""
    return [f"{name} {country}" for name in INVENTED]


@cache
def _regions() -> dict[str, tuple[str, ...]]:
    """The library's regions for each calling code, the main one first."""
    return {str(code): regions for code, regions in _library("phonenumbers").COUNTRY_CODE_TO_REGION_CODE.items()}


def _calling_code(number: str) -> str:
    """The calling code that an E.164 number begins with; empty if it begins with none."""
    if not E164.fullmatch(number):
        return ""
    return next((number[1:end] for end in (2, 3, 4) if number[1:end] in _regions()), "")


def _split(number: str, code: str) -> Any:
    """The library's object for a number. It keeps leading zeros, which matter: +39 0331 is not the mobile +39 331."""
    national = number[1 + len(code) :]
    zeros = len(national) - len(national.lstrip("0"))
    return _library("phonenumbers").PhoneNumber(
        int(code), int(national), italian_leading_zero=zeros > 0, number_of_leading_zeros=zeros or None
    )


@cache
def _library(name: str) -> Any:
    """A module of the library, imported on first use; cached, since asking Python each time takes longer."""
    return importlib.import_module(name)
