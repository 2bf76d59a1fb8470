"""Numbering plans, compared with those of the library that the table is written from."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from emulator.channels import numbers, plans
from emulator.channels.plans import Format, Numbers, Region, Type
from tests.support.plans import FILE, OTHERS, written

TYPES = {
    PhoneNumberType.FIXED_LINE: Type.FIXED,
    PhoneNumberType.MOBILE: Type.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: Type.BOTH,
    PhoneNumberType.UNKNOWN: Type.NONE,
}
KINDS = ("fixed_line", "mobile", *OTHERS)
CODES = sorted(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))


def read(code: str, national: str) -> PhoneNumber:
    """The library's object for a number."""
    zeros = len(national) - len(national.lstrip("0"))
    return PhoneNumber(int(code), int(national), italian_leading_zero=zeros > 0, number_of_leading_zeros=zeros or None)


def compare(code: str, national: str) -> None:
    """Whether a number is told to be what the library tells."""
    theirs = read(code, national)
    plan = numbers.plan(f"+{code}{national}")
    assert plan is not None
    region = plans.of(code, national)
    kind = region.type(national) if region else Type.NONE
    assert kind is TYPES.get(phonenumbers.number_type(theirs), Type.OTHER)
    assert plan.valid == phonenumbers.is_valid_number(theirs)
    assert (region.region or "001" if region else None) == phonenumbers.region_code_for_number(theirs)
    forms = PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL, PhoneNumberFormat.RFC3966
    told = [phonenumbers.format_number(theirs, form) for form in forms]
    assert [plan.international, plan.national, plan.rfc3966] == told


@pytest.mark.parametrize("code", CODES)
def test_the_library_s_examples_are_what_it_says(code: str) -> None:
    """Of each type in each country, and how they are written."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    for region in regions:
        found = PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
        for each in KINDS:
            example = getattr(found, each) and getattr(found, each).example_number
            if example and 7 <= len(code + example) <= 15:
                compare(code, example)


@given(st.sampled_from(CODES), st.from_regex(r"[0-9]*[1-9][0-9]*", fullmatch=True))
def test_any_number_is_what_the_library_says(code: str, national: str) -> None:
    """Also those that nobody has."""
    if 7 <= len(code + national) <= 15:
        compare(code, national)


def test_the_table_is_that_of_the_library_here() -> None:
    """`python -m tests.support.plans` writes it anew."""
    assert FILE.read_text(encoding="utf-8") == written()


def test_a_country_has_its_plan_by_its_code() -> None:
    """Or none; those of no country have none either."""
    greek = plans.by_country("GR")
    assert greek is not None
    assert (greek.code, greek.example) == ("30", "6912345678")
    assert plans.by_country("XX") is None
    assert plans.by_country("") is None


def test_a_type_is_found_by_pattern_and_length() -> None:
    """A number of another length is none, even if the pattern had it."""
    region = Region(
        "99",
        Numbers("[0-9]+"),
        fixed=Numbers("1[0-9]+", frozenset({3})),
        mobile=Numbers("2[0-9]+"),
        others=(Numbers("9+"),),
    )
    told = {"100": Type.FIXED, "1000": Type.NONE, "20": Type.MOBILE, "99": Type.OTHER, "x": Type.NONE}
    assert {number: region.type(number) for number in told} == told


def test_a_format_fits_by_how_a_number_begins() -> None:
    """And by its whole pattern."""
    form = Format("([0-9])([0-9]{2})", "\\1 \\2", leading="[12]")
    assert [form.fits(number) for number in ("123", "223", "323", "1234")] == [True, True, False, False]
