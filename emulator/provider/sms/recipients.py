"""Who gets a campaign: the numbers that it names, its contacts, and those of its groups, with what is known of each."""

from __future__ import annotations

from typing import Final

from emulator.channels.numbers import E164
from emulator.channels.placeholders import MARK
from emulator.errors import Json
from emulator.provider import merging
from emulator.provider.errors import invalid, not_found, sms_refused
from emulator.provider.sms import campaign, reading
from emulator.provider.sms.campaign import Recipient
from emulator.provider.sms.request import with_plus
from emulator.store.contacts import Contacts

PAGE: Final = 2000
"""How many contacts are read at once."""
FEW: Final = 50
"""At most so many wrong numbers of a campaign are told."""


async def recipients(contacts: Contacts, application: str, value: Json) -> tuple[list[Recipient], int]:
    """The recipients of a campaign, at least one, each once; and how many contacts each of its groups has. Raises
    ApiError.
    """
    given = [with_plus(each.strip()) for each in value.get("to", ())]
    wrong = {
        f"to[{index}]": f"must be a phone number in E.164 form; found '{value['to'][index]}'"
        for index, each in enumerate(given)
        if not E164.fullmatch(each)
    }
    if wrong and not value.get("allowInvalid"):
        raise invalid(reading.CAMPAIGN, dict(list(wrong.items())[:FEW]))
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
        error.note = "; ".join(campaign.unknown_groups(value))
        raise error
    fallback = {label: str(text) for label, text in value.get("fallbackValues", {}).items()}
    if MARK not in value["body"]:
        return [Recipient(to, fallback) for to in found], len(grouped)
    known = [Recipient(to, fallback | await merging.values(contacts, application, to)) for to in found]
    return known, len(grouped)
