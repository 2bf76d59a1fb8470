"""Reads the bodies of the calls about labels and contacts: typed values, or all that is wrong with a body. Pure."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType, convert

from emulator.provider.reading import forms

TEXT: Final = "Text"
NUMBER: Final = "Number"


class Label(Struct, frozen=True):
    """A label to be defined."""

    name: str
    type: str = TEXT


class Value(Struct, frozen=True):
    """A contact's value of a label; empty if there is none."""

    name: str
    value: str = ""


class Written(Struct, frozen=True, rename="camel"):
    """A contact as a client writes it; what it leaves out is UNSET."""

    mobile: str
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    vip: bool | UnsetType = UNSET
    labels: list[Value] | UnsetType = UNSET


def labels(body: bytes) -> tuple[list[Label], tuple[str, ...]]:
    """The labels in a body, an array or a single one, and remarks on it. Raises Malformed or Invalid."""
    found, remarks = forms.read(body, "labels", "Label", lambda found: found if isinstance(found, list) else [found])
    return convert(found, list[Label]), remarks


def contact(body: bytes) -> tuple[Written, tuple[str, ...]]:
    """The contact in a body, and remarks on it. Raises Malformed or Invalid."""
    found, remarks = forms.read(body, "contact", "Contact", _contact)
    return convert(found, Written), remarks


def ids(body: bytes) -> list[str]:
    """The ids in a body: an array, or an object with one as `contacts`. Raises Malformed or Invalid."""
    found, _ = forms.read(
        body, "contact-ids", "Contact", lambda found: found.get("contacts", found) if isinstance(found, dict) else found
    )
    return convert(found, list[str])


def _contact(found: Any) -> Any:
    """A contact with its labels' values as texts."""
    values = found.get("labels") if isinstance(found, dict) else None
    for each in values if isinstance(values, list) else ():
        value = each.get("value") if isinstance(each, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            each["value"] = str(value)
    return found
