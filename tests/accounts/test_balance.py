"""Balances: what a flow costs, and what becomes of one that the balance does not cover."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.accounts.balance import BalanceError, charge, left, pay
from emulator.accounts.prices import Prices, ViberPrice
from emulator.channels.table import NOT_PAID
from emulator.flow import machine
from emulator.flow.request import Request, Step
from emulator.flow.state import Flow
from emulator.planning.rehearsal import Rehearsal
from emulator.provider.rendering.shown import shown
from emulator.scenario.rules import Scenario
from tests.support.playing import step
from tests.support.running import SMS, emulator
from tests.support.samples import flow, plan, sms, viber, voice

PRICES = Prices(sms={"*": 0.05}, viber={"*": ViberPrice(0.01, 0.02)}, voice={"*": 0.6})
DELIVERED = plan((1000, "Delivered"))
TALK = plan((1000, "Ringing"), (2000, "InProgress"), (62_000, "Completed"))


def paid(start: Flow, balance: float) -> tuple[Flow, float]:
    """The flow with the plans that are paid for, and what is left."""
    made, spent = pay(start, balance, PRICES, refuse=False)
    return made, left(balance, spent)


def test_prices_consume_the_balance_of_each_application() -> None:
    """Not that of others; a reset gives it back."""
    with emulator("--rate", "0", "--scenario", "balance-runs-out") as server:
        told = server.call("GET", "/_emulator/balance?application=other").json()["balance"]
        server.send(SMS)
        after = [
            server.call("GET", f"/_emulator/balance?application={each}").json()["balance"] for each in ("app", "other")
        ]
        assert (after[0] < told, after[1]) == (True, told)
        server.call("DELETE", "/_emulator/scenario?application=app")
        assert server.call("GET", "/_emulator/balance?application=app").json()["balance"] == told


def test_what_is_left_is_never_less_than_nothing() -> None:
    """To four decimals, since prices have no more."""
    assert (left(0.12, 0.05), left(0.1, 0.3), left(0.3, 0.1 + 0.1)) == (0.07, 0.0, 0.1)


def test_a_message_that_is_not_covered_is_not_sent() -> None:
    """An Sms fails; nothing is charged for it."""
    made, left = paid(flow([sms()], (DELIVERED,)), 0.04)
    assert [(each.status, each.cause) for each in made.plans[0].reports] == [("Failed", "balance")]
    assert left == 0.04


def test_only_the_steps_that_run_cost_anything() -> None:
    """A Viber message that is delivered leaves the money of the Sms behind it alone."""
    steps: list[Step] = [viber(1), sms(2)]
    made, left = paid(flow(steps, (plan((1000, "DELIVERED")), plan((1000, "Delivered")))), 0.01)
    assert (made.plans[0].reports[0].status, left) == ("DELIVERED", 0.0)


def test_the_second_step_may_be_the_one_that_is_not_covered() -> None:
    """Viber expires and is paid, the Sms is not."""
    made, left = paid(flow([viber(1), sms(2)], (plan(), plan((1000, "Delivered")))), 0.05)
    assert made.plans[1].reports[0].status == "Failed"
    assert left == 0.04


@pytest.mark.parametrize(("balance", "status", "at"), [(0.6, "Completed", 62_000), (0.3, "Terminated", 32_000)])
def test_a_call_is_cut_off_when_the_money_is_used_up(balance: float, status: str, at: int) -> None:
    """A minute costs 0.6: half of it lasts half a minute."""
    made, left = paid(flow([voice()], (TALK,)), balance)
    assert (made.plans[0].reports[-1].status, made.plans[0].reports[-1].at, left) == (status, at, 0.0)


def test_a_call_without_money_is_not_made() -> None:
    """Not even one that nobody answers."""
    made, _ = paid(flow([voice()], (plan((1000, "Ringing"), (9000, "NoAnswer")),)), 0.0)
    assert made.plans[0].reports[0].status == "Unsent"


def test_a_request_that_is_not_covered_is_refused_and_costs_nothing() -> None:
    """If the scenario says so."""
    with pytest.raises(BalanceError, match=r"more than the 0\.04 that are left"):
        pay(flow([sms()], (DELIVERED,)), 0.04, PRICES, refuse=True)
    assert pay(flow([sms()], (DELIVERED,)), 0.05, PRICES, refuse=True)[1] == 0.05


@given(st.floats(0, 2), st.lists(st.sampled_from(["Sms", "Viber", "Voice"]), min_size=1, max_size=3))
def test_no_flow_costs_more_than_there_is(balance: float, channels: list[str]) -> None:
    """Whatever the balance; what is charged is what tracking shows."""
    steps = [step({"type": channel}, order) for order, channel in enumerate(channels, 1)]
    rehearsal = Rehearsal(Scenario("money", "", balance=balance), prices=PRICES)
    flows = [rehearsal.play(Request(steps)).flow for _ in range(20)]
    assert sum(shown(each, PRICES).total_price for each in flows if each) <= balance + 0.001


def test_a_flow_that_is_not_covered_ends_with_status_code_1() -> None:
    """Over HTTP: accepted, then failed; or refused with the documented error."""
    with emulator("--rate", "0", "--scenario", "balance-runs-out") as server:
        first, second = server.send(SMS), server.send(SMS)
        server.advance(until="idle")
        tracked = [server.api("GET", f"/failover/tracking/{each}").json() for each in (first, second)]
        assert [(each["status"], each["statusCode"]) for each in tracked] == [("Succeeded", None), ("Failed", "1")]
        assert tracked[1]["messages"][0]["status"]["reason"]["description"] == NOT_PAID
    with emulator("--rate", "0", "--scenario", "balance-runs-out-refused") as server:
        server.send(SMS)
        refused = server.api("POST", "/failover", {"flow": [SMS]})
        assert (refused.status, refused.json()["code"]) == (400, "400001009")
        assert refused.json()["developerMessage"].startswith("Insufficient Balance")


def test_a_flow_is_charged_what_it_comes_to_whenever_it_is_looked_at() -> None:
    """Before it starts, while it runs, and when it is over."""
    start = flow([viber(1), sms(2)], (plan((1000, "EXPIRED")), DELIVERED))
    running = machine.accept(start).flow
    over = machine.run_out(start).flow
    assert [charge(each, PRICES) for each in (start, running, over)] == [0.06] * 3
