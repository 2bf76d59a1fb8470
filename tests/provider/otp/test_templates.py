"""The templates of one-time passwords."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.channels.templates import Template
from emulator.provider.otp.templates import IDS, PARAMETERS, TYPES, template_of, type_of, wrong
from emulator.validation.schema import rules

FILLED = {
    "businessName": "Shop",
    "codeValidityTime": "10",
    "pinType": "login",
    "businessPlatformActionName": "pay",
    "codeReason": "a new device",
}


def text(asked: Any) -> str:
    """What the phone shows for a step."""
    return template_of(asked)[1]


def step(kind: str, **more: Any) -> Any:
    """A step with the template of this type."""
    name = next(name for name, each in IDS.items() if each == kind)
    return {"templateId": name, "templateType": kind, "pin": "4711"} | more


def test_each_documented_type_has_a_template_and_each_template_a_type() -> None:
    """The nine that are documented, which the schema names too."""
    assert len(IDS) == len(set(IDS.values())) == 9
    assert set(IDS.values()) == set(TYPES)
    assert set(rules("failover-otp", "$defs", "viber", "properties", "templateType", "enum")) == set(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_a_template_shows_the_pin_and_all_that_it_needs(kind: str) -> None:
    """Under any name that the inventory or the reference has."""
    assert wrong(step(kind, **FILLED)) == {}
    shown = text(step(kind, **FILLED))
    needs = [name for name in TYPES[kind].places if name != "pin"]
    needed = [next(FILLED[key] for key in FILLED if PARAMETERS[name].fullmatch(key)) for name in needs]
    assert all(each in shown for each in ["4711", *needed])
    called = ["businessName" if name == "businessPlatformName" else name for name in needs]
    assert list(wrong(step(kind))) == list(wrong(step(kind, **dict.fromkeys(FILLED, " ")))) == called


def test_the_type_is_that_of_a_known_template() -> None:
    """The basic ones need not be named."""
    for kind in ("basic", "basic_5min"):
        asked = step(kind)
        del asked["templateType"]
        assert wrong(asked) == {}
        assert wrong(asked | {"templateType": "basic"}) == {}
    assert "valid for 5 minutes" in text(step("basic_5min"))
    for kind, other in (("with_type", "basic"), ("basic", "with_reason"), ("with_action", "with_type")):
        told = wrong(step(kind) | FILLED | {"templateType": other})
        assert told == {"templateType": f"must be {kind}, as the template of this id is; found {other}"}


def test_any_other_id_is_of_the_type_that_is_asked_for() -> None:
    """A customer's own template, of which nothing is known."""
    own = step("with_type", **FILLED) | {"templateId": "own"}
    assert (wrong(own), text(own)) == ({}, "Your login code is 4711.")
    assert list(wrong({"templateId": "own", "pin": "4711", "templateType": "with_type"})) == ["pinType"]


def test_parameters_keep_the_limits_of_templates() -> None:
    """No links, few letters, and digits where a number is meant. The member is told that has the parameter."""
    for value in ("x" * 51, "see https://a.b"):
        told = f"must have at most 50 characters and no link; it is '{value}'"
        assert wrong(step("with_type", pinType=value)) == {"pinType": told}
        assert wrong(step("with_business_name", businessName=value)) == {"businessName": told}
    assert wrong(step("with_validity", validity="5 minutes")) == {
        "validity": "must have only digits; it is '5 minutes'"
    }
    assert wrong(step("with_type_and_validity", otp_type="a://b", codeValidityTime="")) == {
        "codeValidityTime": "is required by the templateType with_type_and_validity"
    }


def test_a_step_asks_for_its_template_with_all_parameters_that_it_has() -> None:
    """By the names of the placeholders; ids of the nine may be in any case."""
    asked = step("with_type", **FILLED) | {"templateLang": "el"}
    template, _ = template_of(asked | {"templateId": asked["templateId"].upper()})
    assert (template.template_id, template.template_lang) == (asked["templateId"], "el")
    assert template.template_params == {
        "pin": "4711",
        "businessPlatformName": "Shop",
        "codeValidityTime": "10",
        "pinType": "login",
        "businessPlatformActionName": "pay",
        "codeReason": "a new device",
    }
    assert template_of(step("basic") | {"templateId": "Own"})[0].template_id == "Own"


def test_a_template_is_of_the_type_with_its_placeholders() -> None:
    """In any order; of none, if there are none of a type."""
    assert {name: type_of(TYPES[kind]) for name, kind in IDS.items()} == dict(IDS)
    assert type_of(Template("own", "{{pin}} is your code")) == "basic"
    assert type_of(Template("own", "{{codeValidityTime}} minutes for {{pin}}")) == "with_validity"
    assert type_of(Template("own", "{{pin}} of {{shop}}")) is None


def test_what_a_customer_writes_is_no_place_of_the_text() -> None:
    """Braces stay as they are."""
    assert text(step("with_type", pinType="{pin}{0}")) == "Your {pin}{0} code is 4711."
