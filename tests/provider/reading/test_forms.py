"""Reading the bodies of calls that send no message."""

from __future__ import annotations

import pytest

from emulator.provider.reading import forms
from emulator.validation.strict import Invalid, Malformed


def test_empty_members_count_as_absent_and_texts_as_what_they_stand_for() -> None:
    """As the provider's Java reads them."""
    body = b'{"mobile": "+306912345678", "firstName": "", "email": null, "vip": "true", "firstname": "Nikos"}'
    value, remarks = forms.read(body, "contact", "Contact")
    assert value == {"mobile": "+306912345678", "vip": True, "firstname": "Nikos"}
    assert remarks == (
        "vip is a text and was read as true",
        "firstname is not known here and ignored; did you mean 'firstName'?",
    )


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a": 1, "a": 2}'])
def test_what_is_no_strict_json_is_malformed(body: bytes) -> None:
    """Whatever the schema."""
    with pytest.raises(Malformed):
        forms.read(body, "contact", "Contact")


@pytest.mark.parametrize("body", [b"[]", b"5", b'"x"', b"null", b'{"mobile": 5, "vip": {}}'])
def test_what_breaks_the_schema_is_invalid(body: bytes) -> None:
    """With what the body should have been."""
    with pytest.raises(Invalid) as told:
        forms.read(body, "contact", "Contact")
    assert told.value.entity == "Contact"
