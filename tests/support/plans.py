"""Writes `emulator/channels/plans.jsonl` anew, from the phonenumberslite that is installed: `python -m
tests.support.plans`. The emulator does without the library, since it lies in the same folder as phonenumbers: a user
who has that would have it overwritten, and taken away with the emulator.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata

FILE: Final = Path(__file__).parents[2] / "emulator" / "channels" / "plans.jsonl"
OTHERS: Final = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")
"""The types of numbers that are neither fixed nor mobile ones."""


def written() -> str:
    """The file's text: the library's version, then a line for each region, by calling codes, the main one first."""
    source = "Google's libphonenumber, under the Apache License 2.0, by phonenumberslite"
    lines = [json.dumps({"source": source, "version": phonenumbers.__version__})]
    for code, regions in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        for region in regions:
            found = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
            lines.append(json.dumps(_region(str(code), found), ensure_ascii=False))
    return "\n".join(lines) + "\n"


def _region(code: str, found: Any) -> dict[str, Any]:
    made = {
        "code": code,
        "region": found.id if found.id != "001" else "",
        "leading": found.leading_digits or "",
        "all": _numbers(found.general_desc),
        "fixed": _numbers(found.fixed_line),
        "mobile": _numbers(found.mobile),
        "others": [_numbers(getattr(found, name)) for name in OTHERS if _numbers(getattr(found, name))],
        "alike": found.same_mobile_and_fixed_line_pattern,
        "example": (found.mobile and found.mobile.example_number) or "",
        "formats": [_format(each) for each in found.number_format],
        "abroad": [_format(each) for each in found.intl_number_format],
    }
    return {name: value for name, value in made.items() if value}


def _numbers(found: Any) -> dict[str, Any] | None:
    if not found or not found.national_number_pattern:
        return None
    lengths = [each for each in found.possible_length if each > 0]
    return {"pattern": found.national_number_pattern} | ({"lengths": lengths} if lengths else {})


def _format(found: Any) -> dict[str, str]:
    made = {
        "pattern": found.pattern,
        "written": found.format,
        "leading": found.leading_digits_pattern[-1] if found.leading_digits_pattern else "",
        "home": found.national_prefix_formatting_rule or "",
    }
    return {name: value for name, value in made.items() if value}


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
