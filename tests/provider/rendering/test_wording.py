"""What all services render alike."""

from __future__ import annotations

from msgspec import json

from emulator.accounts.prices import Prices
from emulator.provider.rendering.elements import message_id
from emulator.provider.rendering.shown import shown
from emulator.provider.rendering.wording import Wording
from tests.support.samples import NOW, flow, viber


def test_flows_are_shown_at_the_prices_given() -> None:
    """As the whole flow."""
    made = flow([viber()])
    assert Wording(Prices()).shown(made) == shown(made, Prices())


def test_a_reply_names_the_message_that_it_answers() -> None:
    """Sender and recipient change places."""
    told = json.decode(Wording(Prices()).reply(flow([viber()]), viber(), 0, "Thanks", NOW))
    assert (told["referenceTrackingId"], told["from"]) == (message_id(flow([viber()]), 0), viber().to)
    assert (told["message"], told["direction"]) == ("Thanks", "Inbound")
