"""Calls as answers, callbacks and trackings show them."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.flow.request import DialPlan
from emulator.provider.rendering.elements import message_id
from emulator.provider.voice import rendering
from tests.provider.voice.test_reading import PAUSE, PLAY
from tests.support.samples import NOW, SECOND, flow, plan, voice


def test_a_call_that_is_held_back_is_tracked_as_queued() -> None:
    """Since its sender has its id already."""
    made = replace(flow([voice()]), kind="voice")
    (dial,) = rendering.dials(made, Prices())
    assert (dial.status.status, dial.status.date, dial.conversation_tracking_id) == (
        "Queued",
        "2026-03-02T09:15:44.44Z",
        made.id,
    )


def test_a_call_alone_is_shown_with_the_first_that_is_said_or_played() -> None:
    """Whatever comes before."""
    step = replace(voice(), dial_plans=[DialPlan([PAUSE, PLAY])])
    made = flow([step], (plan((SECOND, "InProgress")),))
    done = machine.due(machine.accept(made).flow, NOW + 10 * SECOND).flow
    alone = rendering.alone(done, Prices(), message_id(done, 0))
    assert alone is not None
    assert (alone.file_url, alone.message, alone.answered_by) == (PLAY["fileURL"], UNSET, "HUMAN")
    assert rendering.alone(done, Prices(), done.id) is None
