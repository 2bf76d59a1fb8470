"""A flow as a whole."""

from __future__ import annotations

from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.flow.kinds import KINDS
from emulator.provider.rendering.shown import shown
from emulator.provider.services import services
from tests.support.samples import HOUR, NOW, SECOND, flow, plan, sms, viber


def test_a_flow_is_shown_with_its_started_messages_and_their_price() -> None:
    """A step that has not started is not there."""
    made = flow([viber(1), sms(2)], (plan((SECOND, "UNDELIVERED")), plan((SECOND, "Delivered"))))
    begun = machine.accept(made).flow
    assert [message.type for message in shown(begun, Prices()).messages] == ["Viber"]
    done = shown(machine.due(begun, NOW + HOUR).flow, Prices())
    assert [message.type for message in done.messages] == ["Viber", "Sms"]
    assert done.total_price == 0.045
    assert (done.status, done.termination_channel) == ("Succeeded", "Sms")


def test_each_service_has_a_name_as_the_origin_of_its_messages() -> None:
    """By the kind of the flow."""
    for service in services():
        found = shown(replace(flow([sms()]), kind=service.kind), Prices())
        assert found.originating_service == KINDS[service.kind].origin
