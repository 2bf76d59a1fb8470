"""What all services render alike."""

from __future__ import annotations

import pytest
from msgspec import json

from emulator.accounts.prices import Prices
from emulator.flow.reply import Replied, Reply
from emulator.provider.rendering.elements import message_id
from emulator.provider.rendering.shown import shown
from emulator.provider.rendering.wording import Wording
from tests.support.samples import NOW, flow, sms, viber, voice


def test_flows_are_shown_at_the_prices_given() -> None:
    """As the whole flow."""
    made = flow([viber()])
    assert Wording(Prices()).shown(made) == shown(made, Prices())


def test_a_reply_names_the_message_that_it_answers() -> None:
    """Sender and recipient change places."""
    told = json.decode(Wording(Prices()).reply(flow([viber()]), Replied("r", 0, NOW, "", Reply("Thanks"))))
    assert (told["referenceTrackingId"], told["from"]) == (message_id(flow([viber()]), 0), viber().to)
    assert (told["message"], told["direction"]) == ("Thanks", "Inbound")


def test_a_picture_or_file_is_named_beside_the_text() -> None:
    """As the documentation's payload has them; a text has neither."""
    sent = Reply("", "https://cdn.example/p.png", "p.png")
    told = json.decode(Wording(Prices()).reply(flow([viber()]), Replied("r", 0, NOW, "", sent)))
    assert list(told) == [
        *("from", "to", "message", "sentDate", "referenceTrackingId"),
        *("direction", "media", "filename", "label"),
    ]
    assert (told["message"], told["media"], told["filename"]) == ("", "https://cdn.example/p.png", "p.png")


def test_an_answer_to_an_sms_is_what_the_number_gets() -> None:
    """With seconds, and its parts."""
    told = json.decode(Wording(Prices()).reply(flow([sms()]), Replied("r1", 0, NOW, "", Reply("x" * 200))))
    assert told == {
        "from": sms().to,
        "to": "Shop",
        "messageId": "r1",
        "message": "x" * 200,
        "parts": 2,
        "receivedDate": "2026-03-02T09:15:44Z",
        "direction": "Inbound",
        "originatingService": "Sms",
        "price": 0.0,
    }
    with pytest.raises(ValueError, match="nobody answers a call"):
        Wording(Prices()).reply(flow([voice()]), Replied("r1", 0, NOW, "", Reply("x")))
