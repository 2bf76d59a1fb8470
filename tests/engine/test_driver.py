"""Moving time, by itself: whatever the way, the end is the same."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from emulator.clock.clock import INSTANT
from emulator.clock.clocks import EVERYBODY
from emulator.emulation import Emulation
from emulator.engine.driver import Goal
from emulator.engine.submission import Accepted, Received
from emulator.flow.request import Request
from emulator.provider.failover import rendering
from emulator.settings import Settings
from tests.support.samples import HOUR, sms, viber, voice

SCENARIO = """
purpose: Something of everything, drawn.
rules:
  - plan:
      Viber:
        choose:
          - { weight: 1, plan: [{ after: 1s..3h, status: DELIVERED }, { after: 1m, status: SEEN }] }
          - { weight: 1, plan: silence }
          - { weight: 1, plan: UNDELIVERED }
      Voice: { choose: [{ weight: 1, plan: Busy }, { weight: 1, plan: Completed }] }
      Sms: [{ after: 1s, status: Sent }, { after: 1m..2h, status: Delivered }]
"""
REQUEST = Request([viber(1, ttl=90), voice(2), sms(3, ttl=60)])

Operation = tuple[str, Any]
operations = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.integers(0, 2 * HOUR)),
        st.tuples(st.just("rate"), st.sampled_from([0.0, 1.0, 60_000.0, INSTANT])),
        st.tuples(st.just("restart"), st.none()),
        st.tuples(st.just("next"), st.none()),
    ),
    max_size=8,
)


async def carried(folder: Path, happening: list[Operation]) -> list[bytes]:
    """The final states of twelve flows, to which these things happen on the way."""
    (folder / "mixed.yaml").write_text(SCENARIO)
    options = Settings(scenario=str(folder / "mixed.yaml"), store=str(folder / "store.db"), seed="1", rate=0.0)
    emulation = await Emulation.start(options)
    received = Received("app", "/failover", b"{}")
    made = [await emulation.submissions.submit(received, REQUEST) for _ in range(12)]
    sent = [each.flow for each in made if isinstance(each, Accepted)]
    for what, value in happening:
        if what == "advance":
            await emulation.engine.driver(EVERYBODY).advance(Goal(by=value))
        elif what == "next":
            await emulation.engine.driver(EVERYBODY).advance(Goal(events=1))
        elif what == "rate":
            await emulation.engine.driver(EVERYBODY).set_rate(value)
        else:
            await emulation.stop()
            emulation = await Emulation.start(options)
    await emulation.engine.driver(EVERYBODY).set_rate(0.0)
    await emulation.engine.driver(EVERYBODY).advance(Goal())
    flows = [await emulation.store.flow(each.id) for each in sent]
    prices = emulation.prices
    await emulation.stop()
    return [json.encode(flow) + rendering.body(flow, prices) for flow in flows if flow]


def run(happening: list[Operation]) -> list[bytes]:
    """The same, on a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(carried(Path(folder), happening))


@given(operations)
@settings(max_examples=25)
def test_any_mix_of_rates_advances_and_restarts_gives_the_same_end(happening: list[Operation]) -> None:
    """As one plain run does, byte for byte."""
    plain = run([])
    assert len(plain) == 12
    assert run(happening) == plain


def test_the_plain_run_has_every_kind_of_end() -> None:
    """So that the property says something."""
    text = b"".join(run([]))
    for expected in (b'"SEEN"', b'"EXPIRED"', b'"UNDELIVERED"', b'"Completed"', b'"Busy"', b'"Delivered"'):
        assert expected in text
