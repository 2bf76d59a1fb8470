"""The pace of new requests: when they wait, and when they go on."""

from __future__ import annotations

import pytest

from emulator.callbacks import pace
from emulator.callbacks.pace import BEHIND, LATE, Pace

pytestmark = pytest.mark.anyio
LATER = LATE + 0.1
BUSY = BEHIND * 2


async def test_requests_wait_only_while_callbacks_are_late_and_the_loop_is_behind() -> None:
    """Late callbacks alone are a slow receiver's; a loop that is behind harms nobody yet."""
    made = Pace()
    for late, behind, shut in (
        (LATE, BUSY, False),
        (LATER, BEHIND, False),
        (LATER, BUSY, True),
        (LATER, 0.0, True),
        (LATE, BUSY, False),
        (LATER, 0.0, False),
    ):
        made.told(late, behind)
        assert made.shut is shut
    await made.passed()


@pytest.mark.parametrize("name", ["SILENCE", "LONGEST"])
async def test_no_request_waits_for_long(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Neither if no receiver answers any more, nor if callbacks stay late."""
    monkeypatch.setattr(pace, name, 0.0)
    made = Pace()
    made.told(LATER, BUSY)
    await made.passed()
    made.open()
