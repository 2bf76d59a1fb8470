"""The templates of one-time passwords over Viber: what each needs, and the text that a phone shows. Pure.

Ids, types and what a type needs are documented. The texts are invented; so are most names of parameters, which the
documentation's visible part does not have, so each is found by what its name must say.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from emulator.errors import Json

BASIC: Final = "basic"


class Template(Struct, frozen=True):
    """A template: its type, the parameters that it needs beside the pin, and its text with a place for each."""

    type: str
    needs: tuple[str, ...]
    text: str


PARAMETERS: Final = MappingProxyType(
    {
        "businessName": re.compile("business(platform)?name", re.IGNORECASE),
        "validity": re.compile("(code|pin)?valid[a-z]*", re.IGNORECASE),
        "pinType": re.compile("(pin|code|otp)_?type", re.IGNORECASE),
        "action": re.compile("(business)?(platform)?action(name)?", re.IGNORECASE),
        "reason": re.compile("(code|pin)?_?reason", re.IGNORECASE),
    }
)
"""How members of a step are called that fill a template, by the name that messages give them."""

_TYPES: Final = (
    Template(BASIC, (), "Your verification code is {pin}."),
    Template("basic_5min", (), "Your verification code is {pin}. It is valid for 5 minutes."),
    Template("with_business_name", ("businessName",), "Your {businessName} verification code is {pin}."),
    Template("with_validity", ("validity",), "Your verification code is {pin}. It is valid for {validity}."),
    Template(
        "with_type_and_validity", ("pinType", "validity"), "Your {pinType} code is {pin}. It is valid for {validity}."
    ),
    Template(
        "with_business_and_validity_hours",
        ("businessName", "validity"),
        "Your {businessName} verification code is {pin}. It is valid for {validity} hours.",
    ),
    Template("with_type", ("pinType",), "Your {pinType} code is {pin}."),
    Template("with_action", ("action",), "Use the code {pin} for {action}."),
    Template("with_reason", ("businessName", "reason"), "{businessName}: your code for {reason} is {pin}."),
)
TYPES: Final = MappingProxyType({each.type: each for each in _TYPES})
"""The templates by their types."""

IDS: Final = MappingProxyType(
    {
        "0aac888f-2ee2-4112-9659-1755a951966a": BASIC,
        "c2cdc028-a48b-4187-bbaf-3aaa137b6e23": "basic_5min",
        "c33cccaf-735f-4d62-8383-a76bf4999e2d": "with_business_name",
        "bed0942f-e07e-4879-834b-29cc4cf3ec35": "with_validity",
        "60d67b38-b9fb-444a-80e6-754447e010c6": "with_type_and_validity",
        "6c929cef-29b4-4349-bc9d-2a07bdbb6e43": "with_business_and_validity_hours",
        "82ba31a3-db42-4e87-82e8-33fa92b9e5ed": "with_type",
        "210ee8a9-1ed5-43cd-96e4-65bba311ab40": "with_action",
        "be56d97b-2a33-4c89-ac5f-f555a2c827d9": "with_reason",
    }
)
"""The types of the templates of these ids. Any other id is taken too, for a template of the type that is asked for."""
_BASICS: Final = (BASIC, "basic_5min")
"""The types that a step need not name."""


def given(step: Json) -> Json:
    """The parameters of a step, by the names that messages give them."""
    return {
        name: value
        for name, form in PARAMETERS.items()
        for key, value in step.items()
        if form.fullmatch(key) and isinstance(value, str) and value.strip()
    }


def wrong(step: Json) -> dict[str, str]:
    """What a step lacks for its template, or has of another one, by member."""
    asked, meant = step.get("templateType", BASIC), IDS.get(step["templateId"].lower(), "")
    if meant and asked != meant and not {asked, meant} <= set(_BASICS):
        return {"templateType": f"must be {meant}, as the template of this id is; found {asked}"}
    lacking = [name for name in TYPES[asked].needs if name not in given(step)]
    return dict.fromkeys(lacking, f"is required by the templateType {asked}")


def text(step: Json) -> str:
    """The text that the phone shows for a step that lacks nothing."""
    template = TYPES[IDS.get(step["templateId"].lower(), step.get("templateType", BASIC))]
    return template.text.format(pin=step["pin"], **given(step))
