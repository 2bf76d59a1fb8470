"""What an application has on its account, under a scenario with a balance and without."""

from __future__ import annotations

import pytest

from emulator.accounts.balance import GIVEN
from emulator.emulation import Emulation
from emulator.flow import machine
from emulator.flow.request import Request
from emulator.scenario import files
from emulator.store.records import TopUp
from tests.support.samples import NOW, sms
from tests.support.submitting import submitted

pytestmark = pytest.mark.anyio
POOR = files.load_text("{purpose: Poor., balance: 0.1, rules: []}", "poor")
COUNTED = files.load_text("{purpose: Counted., balance: {messages: 3}, rules: []}", "counted")


async def test_without_a_balance_each_message_is_charged_its_price(emulation: Emulation) -> None:
    """From the given amount, which is the only top-up."""
    funds = emulation.funds
    await submitted(emulation, Request([sms(), sms()]))
    assert await funds.left("app", NOW) == GIVEN - 0.035
    assert [each.after for each in await funds.top_ups("app", NOW)] == [GIVEN]


async def test_a_scenario_s_balance_takes_its_place(emulation: Emulation) -> None:
    """What it counts is what is shown; what was sent before it costs nothing of it."""
    funds = emulation.funds
    await submitted(emulation, Request([sms()]))
    await emulation.steering.choose("app", POOR)
    assert await funds.left("app", NOW) == 0.1
    await emulation.steering.choose("app", COUNTED)
    await submitted(emulation, Request([sms()]))
    assert await funds.left("app", NOW) == 2


async def test_a_balance_that_is_set_is_a_top_up_until_a_scenario_is_chosen(emulation: Emulation) -> None:
    """With what was left before it."""
    funds = emulation.funds
    await emulation.steering.choose("app", POOR)
    now = emulation.engine.now("app")
    await funds.set("app", 5, now)
    opening, change = await funds.top_ups("app", now)
    assert (opening, change) == (TopUp(now, 0, 0.1), TopUp(now, 0.1, 5))
    await emulation.steering.choose("", POOR)
    assert await funds.top_ups("app", now) == [opening]


async def test_without_a_balance_money_runs_out_once_it_was_set(emulation: Emulation) -> None:
    """What it had is told with it; other applications have no limit, and neither has it under a chosen scenario."""
    funds, steering = emulation.funds, emulation.steering
    now = emulation.engine.now("app")
    await submitted(emulation, Request([sms()]))
    assert (steering.balance("app"), await funds.left("", now)) == (None, GIVEN)
    await funds.set("app", 0.04, now)
    assert (await funds.top_ups("app", now))[1] == TopUp(now, GIVEN - 0.035, 0.04)
    paid, unpaid = await submitted(emulation, Request([sms()])), await submitted(emulation, Request([sms()]))
    ended = [machine.due(flow, machine.THE_END).flow for flow in (paid, unpaid)]
    assert [flow.messages[0].status for flow in ended] == ["Delivered", "Failed"]
    assert (await funds.left("app", now), steering.balance("other")) == (0.005, None)
    await steering.choose("app", emulation.selection.chosen("app"))
    assert steering.balance("app") is None
