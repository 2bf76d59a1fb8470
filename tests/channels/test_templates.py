"""Viber templates: what is sent of one, and why one is not sent."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from emulator.channels.templates import OTPS, Standing, Template, TemplateError, Value, filled

PARCEL = Template("t1", "Parcel {{order_no}} of {{ shop }}: {{order_no}}", sender="s1", language="en")
BASIC, TIMED = "0aac888f-2ee2-4112-9659-1755a951966a", "bed0942f-e07e-4879-834b-29cc4cf3ec35"


def test_each_placeholder_gets_its_value() -> None:
    """A number as JSON writes it; a value is no text with placeholders."""
    assert filled(PARCEL, "s1", "EN", {"order_no": 71, "shop": "{{order_no}}"}) == "Parcel 71 of {{order_no}}: 71"
    assert filled(Template("t", "Hi"), "any", "any", {}) == "Hi"


@pytest.mark.parametrize(
    ("sender", "language", "values", "why"),
    [
        ("s2", "en", {}, "the template 't1' belongs to the sender 's1', not to 's2'"),
        ("s1", "el", {}, "the template 't1' is in 'en', not in 'el'"),
        ("s1", "en", {}, "the template 't1' lacks a value for order_no, shop"),
        ("s1", "en", {"order_no": "1", "shop": "a", "zip": "b"}, "the template 't1' has no placeholder 'zip'"),
        (
            "s1",
            "en",
            {"order_no": "1", "shop": "a", "shops": "b"},
            "the template 't1' has no placeholder 'shops'; did you mean 'shop'?",
        ),
    ],
)
def test_a_template_that_does_not_fit_is_not_sent(
    sender: str, language: str, values: Mapping[str, Value], why: str
) -> None:
    """The first thing that is wrong is told."""
    with pytest.raises(TemplateError) as error:
        filled(PARCEL, sender, language, values)
    assert str(error.value) == why


@pytest.mark.parametrize(
    ("status", "why"),
    [("Pending", "is not approved"), ("Rejected", "was rejected"), ("Deleted", "was deleted, so its id can't be used")],
)
def test_only_an_approved_template_is_sent(status: Standing, why: str) -> None:
    """All else is told with what it is."""
    with pytest.raises(TemplateError, match=why):
        filled(Template("t", "Hi", status=status), "s", "en", {})


def test_there_are_nine_templates_for_one_time_passwords() -> None:
    """With the documented placeholders, each with the code; any sender may send them, in any language."""
    assert {template_id: template.places for template_id, template in OTPS.items()} == {
        BASIC: ("pin",),
        "c2cdc028-a48b-4187-bbaf-3aaa137b6e23": ("pin",),
        "c33cccaf-735f-4d62-8383-a76bf4999e2d": ("businessPlatformName", "pin"),
        TIMED: ("pin", "codeValidityTime"),
        "60d67b38-b9fb-444a-80e6-754447e010c6": ("pinType", "pin", "codeValidityTime"),
        "6c929cef-29b4-4349-bc9d-2a07bdbb6e43": ("businessPlatformName", "pin", "codeValidityTime"),
        "82ba31a3-db42-4e87-82e8-33fa92b9e5ed": ("pinType", "pin"),
        "210ee8a9-1ed5-43cd-96e4-65bba311ab40": ("businessPlatformActionName", "pin"),
        "be56d97b-2a33-4c89-ac5f-f555a2c827d9": ("businessPlatformName", "pin", "codeReason"),
    }
    assert "1234" in filled(OTPS[BASIC], "any", "el", {"pin": "1234"})


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"pin": "x" * 51, "codeValidityTime": "5"}, "pin must have at most 50 characters and no link"),
        ({"pin": "see http://a.b", "codeValidityTime": "5"}, "pin must have at most 50 characters and no link"),
        (
            {"pin": "1234", "codeValidityTime": "5 min"},
            "^the value of codeValidityTime must have only digits; it is '5 min'$",
        ),
    ],
)
def test_the_values_of_a_one_time_password_are_limited(values: Mapping[str, Value], why: str) -> None:
    """As the documentation of these templates has it; other templates take longer ones."""
    with pytest.raises(TemplateError, match=why):
        filled(OTPS[TIMED], "s", "en", values)
    assert filled(OTPS[TIMED], "s", "en", {"pin": "x" * 50, "codeValidityTime": 5})
    assert filled(Template("t", "{{a}}"), "s", "en", {"a": "http://a.b/" + "x" * 50})
