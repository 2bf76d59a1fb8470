"""Who gets a campaign: the numbers that it names, its contacts, and those of its groups, with what is known of each."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from emulator.channels.numbers import E164
from emulator.channels.placeholders import MARK
from emulator.errors import Json
from emulator.provider import merging
from emulator.provider.errors import invalid, not_found, sms_refused
from emulator.provider.sms import campaign, reading
from emulator.provider.sms.campaign import Recipient
from emulator.provider.sms.request import with_plus
from emulator.store.contacts import Contacts
from emulator.validation.hints import quoted

PAGE: Final = 2000
"""How many contacts are read at once."""
FEW: Final = 50
"""At most so many wrong numbers of a campaign are told."""


class Recipients(Struct, frozen=True):
    """Who gets a campaign, each once, at least one; how many contacts each of its groups has; remarks on numbers that
    were left out.
    """

    to: list[Recipient]
    in_groups: int
    remarks: tuple[str, ...]


async def recipients(contacts: Contacts, application: str, value: Json, remarks: tuple[str, ...]) -> Recipients:
    """The recipients of a campaign. Raises ApiError; if there are none, journal and log have the `remarks` on its body
    too.
    """
    given = [with_plus(each.strip()) for each in value.get("to", ())]
    wrong = {f"to[{index}]": value["to"][index] for index, each in enumerate(given) if not E164.fullmatch(each)}
    told = list(wrong.items())[:FEW]
    if wrong and not value.get("allowInvalid"):
        why = "must be a phone number in E.164 form; found"
        raise invalid(reading.CAMPAIGN, {place: f"{why} '{found}'" for place, found in told})
    why = "is no phone number in E.164 form, and was left out as allowInvalid asks; found"
    dropped = tuple(f"{place} {why} {quoted(found)}" for place, found in told)
    if len(wrong) > FEW:
        dropped += (f"{len(wrong) - FEW} more numbers were left out",)
    found = dict.fromkeys(each for each in given if E164.fullmatch(each))
    for contact_id in value.get("contacts", ()):
        contact = await contacts.contact(application, contact_id)
        if contact is None:
            raise not_found("contact", "id", contact_id, "404002001")
        found[contact.mobile] = None
    grouped = list[str]()
    if not set(campaign.GROUPS).isdisjoint(value.get("groups", ())):
        while page := (await contacts.contacts(application, len(grouped), PAGE)).contacts:
            grouped += [contact.mobile for contact in page]
    found |= dict.fromkeys(grouped)
    if not found:
        error = sms_refused({campaign.NO_RECIPIENTS: "No recipients are set for the sms"})
        error.note = "; ".join([*remarks, *campaign.unknown_groups(value), *dropped])
        raise error
    fallback = {label: str(text) for label, text in value.get("fallbackValues", {}).items()}
    if MARK not in value["body"]:
        return Recipients([Recipient(to, fallback) for to in found], len(grouped), dropped)
    known = [Recipient(to, fallback | await merging.values(contacts, application, to)) for to in found]
    return Recipients(known, len(grouped), dropped)
