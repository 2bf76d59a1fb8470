"""What an application has spent follows what its flows come to, whatever somebody does to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pytest

from emulator.accounts.balance import charge
from emulator.accounts.prices import ONE_EACH, Charging
from emulator.channels.table import Reason
from emulator.emulation import Emulation
from emulator.engine.goal import Goal
from emulator.engine.interventions import Interventions
from emulator.flow.request import Request, Step
from emulator.flow.state import Flow
from emulator.scenario import files
from emulator.scenario.rules import Scenario
from emulator.settings import Settings
from emulator.store.records import Search
from tests.support.running import SMS, emulator
from tests.support.samples import MINUTE, sms, viber
from tests.support.submitting import submitted

pytestmark = pytest.mark.anyio
RULES = """
rules:
  - { match: { to: "+306900000001" }, queued: 10m }
  - { match: { to: "+306900000002" }, plan: { Sms: Failed } }
  - plan: { Viber: UNDELIVERED }
"""
PLAIN = files.load_text(f"purpose: As ever.{RULES}", "plain")
RICH = files.load_text(f"purpose: Rich.\nbalance: 20{RULES}", "rich")
COUNTED = files.load_text(f"purpose: Counted.\nbalance: {{messages: 20}}{RULES}", "counted")
POOR = files.load_text(f"purpose: Poor.\nbalance: 0{RULES}", "poor")
TO_BOTH: list[Step] = [viber(1), sms(2)]
Act = Callable[[Interventions, Flow], Awaitable[object]]
ACTS: dict[str, tuple[list[Step], Act]] = {
    "cancelled while queued": ([sms(to="+306900000001")], lambda hands, flow: hands.cancel(flow.id, "")),
    "cancelled in progress": (TO_BOTH, lambda hands, flow: hands.cancel(flow.id, "")),
    "reported as failed": ([sms()], lambda hands, flow: hands.report(flow.id, None, "Failed", Reason(), "")),
    "delivered although it would fail": (
        [sms(to="+306900000002")],
        lambda hands, flow: hands.report(flow.id, None, "Delivered", Reason(), ""),
    ),
    "delivered by the first step": (
        TO_BOTH,
        lambda hands, flow: hands.report(flow.id, None, "DELIVERED", Reason(), ""),
    ),
}


async def left(emulation: Emulation) -> float:
    """What the application has."""
    return await emulation.funds.left("app", emulation.engine.now("app"))


async def come_to(emulation: Emulation, prices: Charging) -> Decimal:
    """What all flows come to."""
    flows = (await emulation.store.search(Search("app"))).flows
    return sum([Decimal(repr(charge(flow, prices))) for flow in flows], Decimal(0))


@pytest.mark.parametrize("does", ACTS)
@pytest.mark.parametrize("asked_before", [True, False])
@pytest.mark.parametrize("scenario", [PLAIN, RICH, COUNTED, POOR], ids=lambda each: each.name)
async def test_what_is_spent_is_what_the_flows_come_to(
    emulation: Emulation, scenario: Scenario, *, asked_before: bool, does: str
) -> None:
    """Whatever becomes of them, whether somebody asked for the balance before or not; and it stays so to their end."""
    await emulation.steering.choose("app", scenario)
    full = await left(emulation) if asked_before else 1000.0 if scenario.balance is None else scenario.balance
    steps, act = ACTS[does]
    untouched, sent = await submitted(emulation, Request(steps)), await submitted(emulation, Request(steps))
    before = await left(emulation) if asked_before else None
    await act(Interventions(emulation.engine, emulation.store, emulation.renderings), sent)
    prices: Charging = ONE_EACH if scenario is COUNTED else emulation.prices
    after = await left(emulation)
    assert Decimal(repr(after)) == max(Decimal(repr(full)) - await come_to(emulation, prices), Decimal(0))
    assert before is None or scenario is POOR or scenario is COUNTED or after != before
    async with emulation.engine.driving("app") as driver:
        await driver.advance(Goal(by=60 * MINUTE))
    ended = await emulation.store.flow(untouched.id)
    assert ended is not None
    assert ended.status.final
    assert await left(emulation) == after


async def test_a_balance_is_not_settled_with_what_another_paid(emulation: Emulation) -> None:
    """One that was chosen or set after the flow was accepted stays as it is."""
    hands = Interventions(emulation.engine, emulation.store, emulation.renderings)
    await emulation.steering.choose("app", RICH)
    sent = [await submitted(emulation, Request([sms(to="+306900000001")])) for _ in range(2)]
    await emulation.steering.choose("app", RICH)
    await hands.cancel(sent[0].id, "")
    assert await left(emulation) == 20
    await submitted(emulation, Request([sms()]))
    await emulation.funds.set("app", 5.0, emulation.engine.now("app"))
    await hands.cancel(sent[1].id, "")
    assert await left(emulation) == 5


@pytest.mark.parametrize("scenario", [PLAIN, RICH], ids=lambda each: each.name)
async def test_a_restart_keeps_what_is_settled(tmp_path: Path, scenario: Scenario) -> None:
    """And settles what was accepted before it."""
    settings = Settings(rate=0.0, store=str(tmp_path / "store.db"))
    first = await Emulation.start(settings)
    await first.steering.choose("app", scenario, f"purpose: Again.\nbalance: 20{RULES}" if scenario is RICH else RULES)
    full = await left(first)
    sent = [await submitted(first, Request([sms(to="+306900000001")])) for _ in range(2)]
    assert await left(first) == full - 0.07
    await Interventions(first.engine, first.store, first.renderings).cancel(sent[0].id, "")
    await first.stop()
    again = await Emulation.start(settings)
    assert await left(again) == full - 0.035
    await Interventions(again.engine, again.store, again.renderings).cancel(sent[1].id, "")
    assert await left(again) == full
    await again.stop()


def test_a_campaign_that_is_called_off_leaves_the_money_to_what_comes_next() -> None:
    """The balance shows it, and so does what can be sent."""
    with emulator("--rate", "0") as server:
        server.call("PUT", "/_emulator/balance", b'{"application": "app", "balance": 0.05}')
        campaign = {"body": "x", "to": [SMS["to"]], "from": "Shop", "scheduledDate": "2099-01-01T00:00:00Z"}
        made = server.api("POST", "/sms/campaign", campaign).json()
        assert server.api("GET", "/accounts/me/balance").json()["balance"] == 0.015
        assert server.api("DELETE", f"/sms/{made['trackingId']}").status == 200
        assert server.api("GET", "/accounts/me/balance").json()["balance"] == 0.05
        sent = server.send(SMS)
        server.advance(application="app", flow=sent)
        assert server.call("GET", f"/_emulator/flows/{sent}").json()["status"] == "Succeeded"
