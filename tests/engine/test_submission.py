"""Submitted requests: the flow, and what the journal records."""

from __future__ import annotations

import asyncio

import pytest

from emulator.clock.clock import EVERYBODY
from emulator.emulation import Emulation
from emulator.engine.goal import Goal
from emulator.engine.submission import SOME, Received
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.journal.kinds import Stranded
from emulator.scenario import files
from emulator.settings import Settings
from tests.support import postgres
from tests.support.running import SMS, emulator
from tests.support.samples import MINUTE, sms

RULE = '{"rules": [{"plan": {"Sms": "Failed"}, "uses": 3}]}'
UNWRITABLE = 2**70
"""A time that no database takes."""


def test_a_resent_request_makes_a_second_flow_and_a_note() -> None:
    """As with the provider; the note is only in the journal."""
    with emulator("--rate", "0") as server:
        first, second = server.send(SMS), server.send(SMS)
        assert first != second
        notes = [entry["data"].get("note", "") for entry in server.journal() if entry["kind"] == "accepted"]
        assert notes[0] == ""
        assert first in notes[1]


@pytest.mark.anyio
async def test_messages_of_one_request_are_accepted_at_the_time_that_another_process_has_set(
    postgresql: postgres.Server,
) -> None:
    """All at one time, that of the first."""
    settings = Settings(rate=0.0, store=postgresql.schema())
    one, other = [await Emulation.start(settings) for _ in range(2)]
    many = [(Received("sms", "app", "/sms/campaign", b"{}"), Request([sms()])) for _ in range(SOME + 1)]
    came = other.engine.now("app")
    await one.engine.driver(EVERYBODY).advance(Goal(by=MINUTE))
    outcome = await other.submissions.submit_all(many, b"whole", came, lambda flow, **_: flow)
    assert isinstance(outcome, tuple)
    assert {flow.created_at for flow in outcome[0]} == {came + MINUTE}
    for each in (one, other):
        await each.stop()


@pytest.mark.anyio
async def test_messages_of_one_request_whose_transaction_fails_are_planned_again(postgresql: postgres.Server) -> None:
    """By another's write in it: nothing of them was counted or used, and nothing is twice."""
    emulation = await Emulation.start(Settings(rate=0.0, store=postgresql.schema()))
    await emulation.steering.override("app", RULE, files.load_rules(RULE, "rules"))
    many = [(Received("sms", "app", "/sms/campaign", b"{}"), Request([sms(to=f"+3069123456{n}")])) for n in "789"]
    begun = list[bool]()

    def complete(flow: Flow, *, first: bool) -> Flow:
        begun.append(first)
        return flow

    submitted = emulation.submissions.submit_all(many, b"whole", emulation.engine.now("app"), complete)
    bad = emulation.store.record([Entry(UNWRITABLE, "app", None, Stranded("bad"))])
    outcome, failed = await asyncio.gather(submitted, bad, return_exceptions=True)
    assert isinstance(failed, OverflowError)
    assert isinstance(outcome, tuple)
    flows, _ = outcome
    assert [flow.ordinal for flow in flows] == [1, 2, 3]
    assert begun == [True, False, False] * 2
    assert [override.uses for override in emulation.store.state("app").overrides] == [2]
    await emulation.stop()
