"""The senders of messages: those of a file, or any if there is no file. How others are refused is not known here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from emulator.channels.senders import sender_name
from emulator.flow.request import SmsStep, Step, ViberStep
from emulator.validation.hints import hint, quoted

ALWAYS: Final = "verify"
"""The sender of codes whose request names none: the provider's own."""


class Sender(Struct, frozen=True):
    """A sender: its name, which of an Sms is what it is sent from; the URL of its picture, empty without one; whether
    it may send.
    """

    name: str
    picture: str = ""
    active: bool = True


class Senders(Struct, frozen=True):
    """The senders of Viber messages by their ids (`senderInfoTrackingId`), and those of Sms by what these are sent
    from; None where there may be any.
    """

    viber: Mapping[str, Sender] | None = None
    sms: Mapping[str, Sender] | None = None

    @property
    def open(self) -> bool:
        """Whether any sender may be there."""
        return self.viber is self.sms is None

    def named(self, viber_id: str) -> str:
        """The name of a Viber sender: an invented one, if it is not known."""
        known = (self.viber or {}).get(viber_id)
        return sender_name(viber_id) if known is None else known.name

    def picture(self, viber_id: str) -> str:
        """The URL of a Viber sender's picture; empty if none is known."""
        known = (self.viber or {}).get(viber_id)
        return "" if known is None else known.picture

    def wrong(self, step: Step) -> str:
        """Why a step's sender may not send; empty if it may, or if the step is a call, which any number may begin."""
        match step:
            case SmsStep(sender=sender) if self.sms is not None and sender != ALWAYS:
                return _wrong(sender, "sender", self.sms)
            case ViberStep(sender_info_tracking_id=sender) if self.viber is not None:
                return _wrong(sender, "Viber sender", self.viber)
        return ""


def _wrong(sender: str, kind: str, known: Mapping[str, Sender]) -> str:
    """Why a sender may not send that should be one of these."""
    found = known.get(sender)
    if found is None:
        return f"{quoted(sender)} is no {kind} of this account{hint(sender, known)}"
    return "" if found.active else f"the {kind} {quoted(sender)} is not active"


ANY: Final = Senders()


def load(file: str) -> Senders:
    """The senders in a file; ANY for an empty name. A list that it does not have limits nothing. Raises ScenarioError
    with all that is wrong.
    """
    if not file:
        return ANY
    from emulator.scenario.files.declared import declared  # takes longer than a start without a file should

    given = declared(file, "senders", {"viber": "id", "sms": "from"})
    viber, sms = given.get("viber"), given.get("sms")
    return Senders(
        None
        if viber is None
        else MappingProxyType(
            {
                each["id"]: Sender(
                    each.get("name") or sender_name(each["id"]), each.get("picture", ""), each.get("active", True)
                )
                for each in viber
            }
        ),
        None
        if sms is None
        else MappingProxyType({each["from"]: Sender(each["from"], active=each.get("active", True)) for each in sms}),
    )
