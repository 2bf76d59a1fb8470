"""Merges what is known of a recipient into the texts of a request, for every service that sends messages.

A service calls nothing here for requests that come through its `SendingDoor`, which merges them. One that makes many
messages of one text, as a campaign does, looks up `values` and merges by `placeholders.merged`; fallback values are
put before them: `merged(text, fallback | await values(...))`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from emulator.channels import numbers, placeholders
from emulator.flow.request import Request, SmsStep, Step, ViberStep
from emulator.store.contacts import Contact, Contacts


async def values(contacts: Contacts, application: str, mobile: str) -> dict[str, str]:
    """What is known of the recipient with this number, by the labels of the application; empty for no contact."""
    contact = await contacts.contact_of(application, mobile if mobile.startswith("+") else f"+{mobile}")
    return {} if contact is None else known(contact)


def known(contact: Contact) -> dict[str, str]:
    """A contact's values by label, without empty ones."""
    country = numbers.country(contact.mobile)
    built_in = (contact.first_name, contact.last_name, contact.mobile, contact.email, country)
    found = contact.labels | dict(zip(placeholders.BUILT_IN, built_in, strict=True))
    return {name: value for name, value in found.items() if value}


async def merged(contacts: Contacts, application: str, request: Request) -> tuple[Request, tuple[str, ...]]:
    """A request with each step's text merged with its recipient's values, and remarks on the places that stay."""
    told = [str(step.to) for step in request.flow if _text(step)]
    return placed(request, {to: await values(contacts, application, to) for to in told})


def placed(request: Request, told: Mapping[str, Mapping[str, str]]) -> tuple[Request, tuple[str, ...]]:
    """The same, with what is `told` of recipients, by number and label."""
    if not any(map(_text, request.flow)):
        return request, ()
    steps, remarks = list[Step](), list[str]()
    for step in request.flow:
        text = _text(step)
        made = placeholders.merged(text, told.get(str(step.to), {})) if text else ""
        steps.append(_with_text(step, made) if text else step)
        remarks += [f"{place} stays, since {step.to!s} has no value for it" for place in placeholders.unmet(made)]
    return replace(request, flow=steps), tuple(remarks)


def _text(step: Step) -> str:
    """A step's text, if it has a placeholder; empty otherwise."""
    match step:
        case SmsStep():
            text = step.message.body
        case ViberStep():
            text = step.message.text or ""
        case _:
            text = ""
    return text if placeholders.MARK in text else ""


def _with_text(step: Step, text: str) -> Step:
    if isinstance(step, SmsStep):
        return replace(step, message=replace(step.message, body=text))
    assert isinstance(step, ViberStep)
    return replace(step, message=replace(step.message, text=text))
