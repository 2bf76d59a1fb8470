"""Countries and networks of phone numbers."""

from __future__ import annotations

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from emulator.channels.numbers import UNKNOWN, country, doubt, known_network, network, plan, reached_by


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+306972345678", "GR"),
        ("+46701234567", "SE"),
        ("+35799123456", "CY"),
        ("+12025550123", "US"),
        ("+14165550123", "CA"),
        ("+77011234567", "KZ"),
        ("+79161234567", "RU"),
        ("+447400123456", "GB"),
        ("+88312345678", ""),
        ("+9991234567", ""),
        ("1111@test.example:5060", ""),
        ("", ""),
        ("+", ""),
        ("+3069x", ""),
        ("+30", ""),
        ("+٣٠٦٩٧٢٣٤٥٦٧٨", ""),
        ("+3069723456789012", ""),
    ],
)
def test_a_number_tells_its_country(number: str, code: str) -> None:
    """Also where a calling code is shared; what is no number tells none."""
    assert country(number) == code


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("+306912345678", ""),
        ("+306900000210", ""),
        ("+12025550123", ""),
        ("+6912345678", "no number of FM (+691) looks like"),
        ("+3361234567", "no number of FR (+33) looks like"),
        ("+9991234567", "begins with no country's code"),
    ],
)
def test_a_national_number_is_doubted_with_the_country_that_it_was_read_as(number: str, why: str) -> None:
    """One that is a number of that country is not."""
    told = f", which {why}; a national number needs its country's code before it" if why else ""
    assert doubt(number) == told


def test_a_number_tells_its_network() -> None:
    """As it was given out; empty where nobody knows."""
    assert known_network("+306972345678") == "Cosmote"
    assert known_network("+12025550123") == ""
    assert known_network("nonsense") == ""


def test_zeros_that_lead_a_national_number_count() -> None:
    """An Italian landline is no mobile; an Ivorian mobile is one."""
    assert known_network("+390331234567") == ""
    assert known_network("+393331234567") == "TIM"
    assert known_network("+2250701234567") == "Orange"


@pytest.mark.parametrize("kind", [PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE])
def test_every_country_s_example_tells_the_country_that_the_library_tells(kind: int) -> None:
    """As those who use it read the number."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number_for_type(region, kind)
        if example is not None:
            number = phonenumbers.format_number(example, PhoneNumberFormat.E164)
            assert country(number) == phonenumbers.region_code_for_number(example), number


@pytest.mark.parametrize("code", sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
def test_every_calling_code_tells_the_country_that_the_library_tells(code: int) -> None:
    """Also of numbers that are not given out, which go to the main country of a shared code."""
    main = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code][0]
    nationals = {digits * 9 for digits in "123456789"} | {f"{lead}01234567" for lead in range(10, 100)}
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        example = phonenumbers.example_number(region) if region != "001" else None
        nationals |= {phonenumbers.national_significant_number(example)} if example else set()
    for national in nationals:
        told = phonenumbers.region_code_for_number(phonenumbers.parse(f"+{code}{national}")) or main
        assert country(f"+{code}{national}") == ("" if told == "001" else told), national


@given(st.text(max_size=20) | st.from_regex(r"\+[0-9]{0,18}", fullmatch=True))
def test_any_text_has_an_answer(text: str) -> None:
    """And never an error."""
    assert len(country(text)) in (0, 2)
    assert isinstance(known_network(text), str)


def test_large_libraries_are_imported_on_first_use_only() -> None:
    """Start-up time is a feature."""
    heavy = "{'faker', 'ruamel', 'jsonschema', 'rich'}"
    code = f"import sys; import emulator.server, emulator.cli.serve; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("number", ["+306900000100", "+447700900123", "+88312345678", "sip:1111@pbx.example"])
def test_every_number_has_a_network(number: str) -> None:
    """An invented one of its country where none is known, the same for its neighbours."""
    assert network(number) == network(number[:-6] + "654321")
    assert network(number) == known_network(number) or network(number).endswith(f" {country(number) or UNKNOWN}")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("+306912345678", (True, "Mobile", "GR", "30", "691 234 5678")),
        ("+302101234567", (True, "Landline", "GR", "30", "21 0123 4567")),
        ("+3069123", (False, "Unknown", "GR", "30", "69123")),
        ("+12025550123", (True, "Mobile", "US", "1", "(202) 555-0123")),
        ("+390612345678", (True, "Landline", "IT", "39", "06 1234 5678")),
        ("+80012345678", (True, "Unknown", "", "800", "1234 5678")),
    ],
)
def test_a_number_is_what_its_country_s_plan_says(number: str, told: tuple[object, ...]) -> None:
    """Valid or not, of its type, and written as at home."""
    found = plan(number)
    assert found is not None
    assert (found.valid, found.type, found.country, found.code, found.national) == told


@pytest.mark.parametrize("number", ["", "12", "nonsense", "+0123456789", "+999123456789"])
def test_what_is_no_number_has_no_plan(number: str) -> None:
    """Nor has one without a known calling code."""
    assert plan(number) is None


def test_a_beginning_tells_the_countries_that_its_numbers_may_belong_to() -> None:
    """Of a code that several share, all of them; of half a code, those of all that begin so."""
    assert reached_by("+3069") == reached_by("+30") == {"GR"}
    assert {"US", "CA"} <= reached_by("+1416")
    assert {"GR", "CY", "IT"} <= reached_by("+3")
    assert reached_by("69") == reached_by("") == reached_by("+x") == frozenset()
