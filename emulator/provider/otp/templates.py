"""The templates of one-time passwords over Viber, as this service wants them: by a type, which needs parameters. Pure.

Types and what each needs are documented. Most names of parameters are not, so each is found by what its name must say.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from emulator.channels.templates import OTPS, Template, filled, unfit
from emulator.errors import Json
from emulator.flow.request import ViberTemplate

BASIC: Final = "basic"
PARAMETERS: Final = MappingProxyType(
    {
        "businessPlatformName": re.compile("business(platform)?name", re.IGNORECASE),
        "codeValidityTime": re.compile("(code|pin)?valid[a-z]*", re.IGNORECASE),
        "pinType": re.compile("(pin|code|otp)_?type", re.IGNORECASE),
        "businessPlatformActionName": re.compile("(business)?(platform)?action(name)?", re.IGNORECASE),
        "codeReason": re.compile("(code|pin)?_?reason", re.IGNORECASE),
    }
)
"""How members of a step may be called that fill the templates' placeholders of these names."""
_CALLED: Final = MappingProxyType({"businessPlatformName": "businessName"})
"""What the documentation calls a member that fills a placeholder, where it shows that."""

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
TYPES: Final = MappingProxyType({kind: OTPS[name] for name, kind in IDS.items()})
"""The templates by their types."""
_BASICS: Final = frozenset((BASIC, "basic_5min"))
"""The types that a step need not name."""


def wrong(step: Json) -> dict[str, str]:
    """What a step lacks for its template, or has of another one, by member."""
    asked, meant = step.get("templateType", BASIC), IDS.get(step["templateId"].lower(), "")
    if meant and asked != meant and not {asked, meant} <= _BASICS:
        return {"templateType": f"must be {meant}, as the template of this id is; found {asked}"}
    given = _members(step)
    lacking = [_CALLED.get(name, name) for name in TYPES[asked].places if name not in given]
    if lacking:
        return dict.fromkeys(lacking, f"is required by the templateType {asked}")
    return {given[name]: why for name in TYPES[asked].places if (why := unfit(name, step[given[name]]))}


def template_of(step: Json) -> tuple[ViberTemplate, str]:
    """The template that a step asks for, with all parameters that it gives, and the text that the phone shows for it if
    nothing else is known of the template: that of its type.
    """
    name: str = step["templateId"]
    name = name.lower() if name.lower() in IDS else name
    given = {place: step[member] for place, member in _members(step).items()}
    of_type = TYPES[IDS.get(name, step.get("templateType", BASIC))]
    text = filled(of_type, "", "", {place: given[place] for place in of_type.places})
    return ViberTemplate(name, step.get("templateLang", "en"), given), text


def type_of(template: Template) -> str | None:
    """The type of a template, which is that of one with the same placeholders; None if no type has these."""
    alike = (kind for kind, each in TYPES.items() if set(each.places) == set(template.places))
    return IDS.get(template.id) or next(alike, None)


def _members(step: Json) -> dict[str, str]:
    """The members of a step that fill placeholders, by the placeholders' names."""
    return {"pin": "pin"} | {
        name: key
        for name, form in PARAMETERS.items()
        for key, value in step.items()
        if form.fullmatch(key) and isinstance(value, str) and value.strip()
    }
