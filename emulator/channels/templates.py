"""Viber templates: texts with placeholders such as `{{order_no}}`, which are approved before they are sent. Pure.

The nine for one-time passwords are there for everybody. Their ids and placeholders are the provider's; their texts are
not documented, so these are invented.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from emulator.errors import EmulatorError
from emulator.validation.hints import hint, quoted

Category = Literal["transactional", "otp"]
Standing = Literal["Pending", "Approved", "Rejected", "Deleted"]
OTP: Final[Category] = "otp"
PLACE: Final = r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}"
"""How a placeholder is written."""
LONGEST: Final = 50
"""How many characters a parameter of a template for one-time passwords may have."""
NUMBERS: Final = frozenset({"codeValidityTime"})
"""Those of its parameters that are numbers, and so have only digits."""

Value = str | int | float
"""A parameter's value."""


class Template(Struct, frozen=True, rename="camel"):
    """A template. It belongs to the Viber `sender` of this id, and is in one `language`; empty if any will do. Only one
    that is Approved is sent. `created_at` (ms) is that of the call that made it; 0 if none did.
    """

    id: str
    text: str
    sender: str = ""
    language: str = ""
    name: str = ""
    category: Category = "transactional"
    status: Standing = "Approved"
    created_at: int = 0

    @property
    def places(self) -> tuple[str, ...]:
        """The names of its placeholders, each once."""
        return tuple(dict.fromkeys(re.findall(PLACE, self.text)))


class TemplateError(EmulatorError):
    """The provider does not send a template in this way; the message says why."""


def filled(template: Template, sender: str, language: str, values: Mapping[str, Value]) -> str:
    """The text of a template, as this sender sends it in this language with these values of its placeholders. Raises
    TemplateError.
    """
    about = f"the template {quoted(template.id)}"
    if template.status != "Approved":
        raise TemplateError(f"{about} {_UNSENT[template.status]}")
    if template.sender not in ("", sender):
        raise TemplateError(f"{about} belongs to the sender {quoted(template.sender)}, not to {quoted(sender)}")
    if template.language.lower() not in ("", language.lower()):
        raise TemplateError(f"{about} is in {quoted(template.language)}, not in {quoted(language)}")
    known = template.places
    if lacking := [name for name in known if name not in values]:
        raise TemplateError(f"{about} lacks a value for {', '.join(lacking)}")
    if strange := [name for name in values if name not in known]:
        raise TemplateError(f"{about} has no placeholder {quoted(strange[0])}{hint(strange[0], known)}")
    texts = {name: str(value) for name, value in values.items()}
    if template.category == OTP:
        for name, text in texts.items():
            if why := unfit(name, text):
                raise TemplateError(f"the value of {name} {why}")
    return re.sub(PLACE, lambda place: texts[place[1]], template.text)


def unfit(name: str, text: str) -> str:
    """Why a parameter of this name of a template for one-time passwords may not be this text; empty if it may."""
    if name in NUMBERS and not re.fullmatch("[0-9]+", text):
        return f"must have only digits; it is {quoted(text)}"
    if len(text) > LONGEST or "://" in text:
        return f"must have at most {LONGEST} characters and no link; it is {quoted(text)}"
    return ""


_UNSENT: Final = MappingProxyType(
    {"Pending": "is not approved", "Rejected": "was rejected", "Deleted": "was deleted, so its id can't be used again"}
)
"""Why a template in these states is not sent."""


def _otp(template_id: str, text: str) -> Template:
    return Template(template_id, text, category=OTP)


_OTPS: Final = (
    _otp("0aac888f-2ee2-4112-9659-1755a951966a", "Your verification code is {{pin}}."),
    _otp("c2cdc028-a48b-4187-bbaf-3aaa137b6e23", "Your verification code is {{pin}}. It is valid for 5 minutes."),
    _otp("c33cccaf-735f-4d62-8383-a76bf4999e2d", "Your verification code for {{businessPlatformName}} is {{pin}}."),
    _otp(
        "bed0942f-e07e-4879-834b-29cc4cf3ec35",
        "Your verification code is {{pin}}. It is valid for {{codeValidityTime}} minutes.",
    ),
    _otp(
        "60d67b38-b9fb-444a-80e6-754447e010c6",
        "Your {{pinType}} code is {{pin}}. It is valid for {{codeValidityTime}} minutes.",
    ),
    _otp(
        "6c929cef-29b4-4349-bc9d-2a07bdbb6e43",
        "Your verification code for {{businessPlatformName}} is {{pin}}. It is valid for {{codeValidityTime}} hours.",
    ),
    _otp("82ba31a3-db42-4e87-82e8-33fa92b9e5ed", "Your {{pinType}} code is {{pin}}."),
    _otp("210ee8a9-1ed5-43cd-96e4-65bba311ab40", "Your code to {{businessPlatformActionName}} is {{pin}}."),
    _otp(
        "be56d97b-2a33-4c89-ac5f-f555a2c827d9",
        "Your code for {{businessPlatformName}} is {{pin}}. You need it for: {{codeReason}}.",
    ),
)
OTPS: Final = MappingProxyType({template.id: template for template in _OTPS})
"""The templates for one-time passwords, by id."""
