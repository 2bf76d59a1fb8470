"""Viber messages as answers, callbacks and trackings show them."""

from __future__ import annotations

from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.provider.rendering.elements import message_id
from emulator.provider.viber import rendering
from tests.support.samples import NOW, SECOND, flow, plan, sms, viber


def test_a_message_that_is_held_back_is_tracked_as_queued() -> None:
    """Since its sender has its id already."""
    made = replace(flow([viber()]), kind="viber")
    found = rendering.tracked(made, Prices(), made.id)
    assert found is not None
    assert (found.status.status, found.status.date) == ("QUEUED", "2026-03-02T09:15:44.44Z")


def test_the_viber_steps_of_flows_are_tracked_too() -> None:
    """By the ids that they have there; steps on other channels are not."""
    made = flow([sms(1), viber(2)], (plan((SECOND, "Undelivered")), plan((SECOND, "DELIVERED"))))
    done = machine.due(machine.accept(made).flow, NOW + 10 * SECOND).flow
    found = rendering.tracked(done, Prices(), message_id(done, 1))
    assert found is not None
    assert (found.status.status, found.originating_service, found.ttl) == ("DELIVERED", "Failover", "150")
    assert rendering.tracked(done, Prices(), message_id(done, 0)) is None
    assert rendering.tracked(done, Prices(), done.id) is None
