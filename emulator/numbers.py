"""What a phone number tells: its country and its network. From the phonenumbers library, imported on first use.

A number whose calling code belongs to one country needs no parsing; only shared codes (+1, +7, +44, ...) do. The
library's carrier data is by far its largest part, so of that only the table of one calling code is looked into.
"""

from __future__ import annotations

import importlib
from functools import cache, lru_cache
from typing import Any, Final

CACHED: Final = 4096
_WORLDWIDE: Final = "001"


@lru_cache(CACHED)
def country(number: str) -> str:
    """The ISO 3166-1 alpha-2 code of an E.164 number's country; empty if there is none."""
    code = _calling_code(number)
    regions: tuple[str, ...] = _library("phonenumbers").COUNTRY_CODE_TO_REGION_CODE[code] if code else ("",)
    if len(regions) > 1:
        return _parsed_country(number) or regions[0]
    return regions[0] if regions[0] != _WORLDWIDE else ""


@lru_cache(CACHED)
def operator(number: str) -> str:
    """The name of the network that an E.164 number was given out by; empty if the library knows none."""
    code = _calling_code(number)
    national = number[1 + len(str(code)) :]
    if not code or not national.isdecimal():
        return ""
    parsed = _library("phonenumbers").PhoneNumber(code, int(national))
    return str(_library("phonenumbers.carrier").name_for_valid_number(parsed, "en"))


def _calling_code(number: str) -> int:
    """The calling code that an E.164 number begins with; 0 if it begins with none."""
    codes = _library("phonenumbers").COUNTRY_CODE_TO_REGION_CODE
    if not number.startswith("+") or not number[1:].isdecimal():
        return 0
    return next((int(number[1:end]) for end in (2, 3, 4) if int(number[1:end]) in codes), 0)


def _parsed_country(number: str) -> str:
    phonenumbers = _library("phonenumbers")
    try:
        return str(phonenumbers.region_code_for_number(phonenumbers.parse(number)) or "")
    except phonenumbers.NumberParseException:
        return ""


@cache
def _library(name: str) -> Any:
    return importlib.import_module(name)
