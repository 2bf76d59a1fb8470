"""What is steered applies at once, to those it is meant for and to nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.emulation import Emulation
from emulator.flow.request import Request
from emulator.scenario import files
from emulator.scenario.rules import Scenario
from emulator.settings import Settings
from emulator.store.records import JournalQuery
from tests.support.samples import sms
from tests.support.submitting import submitted

pytestmark = pytest.mark.anyio

TWINS = """
rules:
  - {name: a, match: {text: first}, plan: {Sms: Failed}}
  - {name: a, plan: {Sms: Undelivered}}
"""


@asynccontextmanager
async def emulation() -> AsyncIterator[Emulation]:
    """An emulation whose time stands still."""
    started = await Emulation.start(Settings(rate=0.0))
    try:
        yield started
    finally:
        await started.stop()


async def test_rules_of_one_name_are_two_overrides() -> None:
    """Each with its own match and plan; the journal tells them apart."""
    async with emulation() as started:
        await started.steering.override("app", TWINS, files.load_rules(TWINS, "overrides"))
        assert [each.rule.name for each in started.selection.overrides("app")] == ["override 1: a", "override 2: a (2)"]
        flow = await submitted(started, Request([sms(body="first"), sms(order=2)]))
        assert [plan.rule for plan in flow.plans] == ["override 1: a", "override 2: a (2)"]
        entry = (await started.store.journal(JournalQuery(kinds=("scenario",))))[-1]
        assert json.decode(entry.data)["overrides"] == ["override 1: a", "override 2: a (2)"]


async def test_a_renamed_scenario_stays_chosen_where_it_was_chosen_by_name() -> None:
    """Other choices stay as they are, also a text of the same name, and nobody who chose nothing has a choice now."""
    old, new, other = Scenario("old", "p"), Scenario("new", "p"), Scenario("other", "p")
    text = '{"name": "old", "purpose": "inline", "rules": []}'
    async with emulation() as started:
        steering, store = started.steering, started.store
        await steering.choose("named", old)
        await steering.choose("inline", files.load_text(text, "inline"), text)
        await steering.choose("elsewhere", other)
        await steering.renamed(old, new)
        names = {each: store.state(each).scenario for each in ("named", "inline", "elsewhere", EVERYBODY)}
        assert names == {"named": "new", "inline": "old", "elsewhere": "other", EVERYBODY: None}
        await steering.choose(EVERYBODY, new)
        await steering.renamed(new, old)
        assert (store.state(EVERYBODY).scenario, store.state("named").scenario) == ("old", "old")


async def test_a_reset_and_a_forgotten_choice_keep_no_parsed_text() -> None:
    """Else every application that ever chose one would cost memory for good."""
    text = '{"name": "inline", "purpose": "p", "rules": []}'
    scenario = files.load_text(text, "inline")
    async with emulation() as started:
        for forget in (started.steering.forget_choice, started.steering.reset):
            await started.steering.choose("app", scenario, text)
            assert started.selection.chosen("app") is scenario
            await forget("app")
            await started.store.steer("app", lambda state: replace(state, scenario="inline", text=text))
            assert started.selection.chosen("app") is not scenario
            assert started.selection.chosen("app") == scenario
