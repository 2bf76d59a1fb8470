"""What the recipient's phone shows of a flow."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from emulator.control import phone
from emulator.flow import machine
from emulator.flow.request import Step, ViberMessage, ViberTemplate
from emulator.flow.state import Flow
from tests.support.samples import MINUTE, NOW, SECOND, flow, plan, sms, viber, voice


def after(step: Step, *statuses: str, seconds: int = 60) -> Any:
    """The only message of a flow whose channel reports these statuses, a second apart, after so many seconds."""
    reports = [(SECOND * number, status) for number, status in enumerate(statuses, 1)]
    begun = machine.accept(flow([step], (plan(*reports),))).flow
    return only(machine.due(begun, NOW + seconds * SECOND).flow)


def only(found: Flow) -> Any:
    """The only message of a flow."""
    (message,) = phone.messages(found)
    return message


@pytest.mark.parametrize(
    ("step", "statuses", "arrived", "seen"),
    [
        (sms(), [], False, False),
        (sms(), ["Sent"], False, False),
        (sms(), ["Sent", "Delivered"], True, False),
        (sms(), ["Undelivered"], False, False),
        (viber(), [], False, False),
        (viber(), ["DELIVERED"], True, False),
        (viber(), ["SEEN"], True, True),
        (viber(), ["DELIVERED", "SEEN"], True, True),
        (viber(), ["UNDELIVERED"], False, False),
        (viber(), ["EXPIRED"], False, False),
        (voice(), ["Initiated"], False, False),
        (voice(), ["Initiated", "Ringing"], True, False),
        (voice(), ["Ringing", "InProgress"], True, True),
        (voice(), ["Ringing", "InProgress", "Completed"], True, True),
        (voice(), ["Ringing", "Busy"], True, False),
        (voice(), ["Failed"], False, False),
    ],
)
def test_a_message_is_there_once_it_was_delivered_and_a_call_once_it_rang(
    step: Step, statuses: list[str], arrived: bool, seen: bool
) -> None:
    """Seen is what was opened, or taken."""
    message = after(step, *statuses, seconds=10)
    assert (message["arrived"], message["seen"]) == (arrived, seen)
    assert message["status"] == (statuses[-1] if statuses else message["status"])


def test_a_template_that_is_not_known_is_shown_with_what_was_sent() -> None:
    """One that is known has its text too."""
    template = ViberTemplate("t1", "en", {"n": 7})
    for message in (ViberMessage(), ViberMessage("Parcel 7")):
        shown = after(replace(viber(), template=template, message=message), "DELIVERED")
        assert shown["message"] == ({"text": "Parcel 7"} if message.text else {})
        assert shown["template"] == {
            "templateId": "t1",
            "templateLang": "en",
            "templateParams": {"n": 7},
            "deliveryScope": "PRIMARY_DEVICE",
        }
    assert "template" not in after(viber(), "DELIVERED")


def test_a_viber_message_that_expired_unseen_was_there_all_the_same() -> None:
    """With expireOnDelivery it is delivered first, and expires if nobody opens it."""
    message = after(viber(expire_on_delivery=True), "DELIVERED", seconds=10 * MINUTE // SECOND)
    assert (message["status"], message["arrived"], message["seen"]) == ("EXPIRED", True, False)


def test_an_sms_comes_in_the_parts_that_it_was_sent_in() -> None:
    """Each with its own text, in the alphabet that all of it needs."""
    message = after(sms(body="é" * 150 + "€" * 10), "Delivered")
    assert ("".join(message["texts"]), len(message["texts"]), message["unicode"]) == ("é" * 150 + "€" * 10, 2, False)
    assert after(sms(body="Γειά"), "Delivered")["unicode"] is True


def test_a_step_that_has_not_started_is_not_on_the_phone() -> None:
    """Each started one is, in their order, with who sent it and why it stands as it does."""
    begun = machine.accept(flow([viber(1), sms(2)], (plan((SECOND, "UNDELIVERED")), plan()))).flow
    assert [each["channel"] for each in phone.messages(begun)] == ["Viber"]
    later = machine.due(begun, NOW + SECOND).flow
    first, second = phone.messages(later)
    assert (first["reason"]["detailedStatus"], second["from"], second["step"]) == ("Not Viber User", "Shop", 2)


def test_a_viber_message_can_be_answered_if_somebody_wants_to_know() -> None:
    """Who gave an inboundUrl."""
    assert after(viber(), "DELIVERED")["answerable"] is False
    assert after(replace(viber(), inbound_url="http://a/in"), "DELIVERED")["answerable"] is True


def test_a_call_has_what_is_said() -> None:
    """As the request put it."""
    assert [verb["type"] for verb in after(voice(), "Ringing")["verbs"]] == ["SAY"]
