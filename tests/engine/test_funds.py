"""What an application has on its account, under a scenario with a balance and without."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from emulator.accounts.balance import GIVEN
from emulator.emulation import Emulation
from emulator.flow.request import Request
from emulator.scenario import files
from emulator.settings import Settings
from emulator.store.records import TopUp
from tests.support.samples import NOW, sms
from tests.support.submitting import submitted

pytestmark = pytest.mark.anyio
POOR = files.load_text("{purpose: Poor., balance: 0.1, rules: []}", "poor")
COUNTED = files.load_text("{purpose: Counted., balance: {messages: 3}, rules: []}", "counted")


@pytest.fixture
async def emulation() -> AsyncIterator[Emulation]:
    """An emulation whose time stands still."""
    started = await Emulation.start(Settings(rate=0.0))
    yield started
    await started.stop()


async def test_without_a_balance_each_message_is_charged_its_price(emulation: Emulation) -> None:
    """From the given amount, which is the only top-up."""
    funds = emulation.parts().funds
    await submitted(emulation, Request([sms(), sms()]))
    assert await funds.left("app", NOW) == GIVEN - 0.035
    assert [each.after for each in await funds.top_ups("app", NOW)] == [GIVEN]


async def test_a_scenario_s_balance_takes_its_place(emulation: Emulation) -> None:
    """What it counts is what is shown; what was sent before it costs nothing of it."""
    funds = emulation.parts().funds
    await submitted(emulation, Request([sms()]))
    await emulation.steering.choose("app", POOR)
    assert await funds.left("app", NOW) == 0.1
    await emulation.steering.choose("app", COUNTED)
    await submitted(emulation, Request([sms()]))
    assert await funds.left("app", NOW) == 2


async def test_a_balance_that_is_set_is_a_top_up_until_a_scenario_is_chosen(emulation: Emulation) -> None:
    """With what was left before it."""
    funds = emulation.parts().funds
    await emulation.steering.choose("app", POOR)
    await emulation.steering.set_balance("app", 5)
    now = emulation.engine.now("app")
    opening, change = await funds.top_ups("app", now)
    assert (opening, change) == (TopUp(now, 0, 0.1), TopUp(now, 0.1, 5))
    await emulation.steering.choose("", POOR)
    assert await funds.top_ups("app", now) == [opening]
