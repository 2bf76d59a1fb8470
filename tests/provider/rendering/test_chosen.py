"""How flows are worded under other choices."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET, UnsetType, json, to_builtins
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.choices.given import over
from emulator.choices.table import TAKEN
from emulator.flow import machine
from emulator.flow.request import ViberTemplate
from emulator.flow.state import Flow
from emulator.provider.failover.rendering import created, created_transactional
from emulator.provider.rendering.chosen import echoed, worded
from emulator.provider.rendering.shown import shown
from tests.support.samples import SECOND, flow, plan, sms, viber, voice


def made(*given: tuple[str, str], end: str = "Delivered") -> Flow:
    """A flow whose Viber message expired, and whose Sms ended so, or is on its way."""
    plans = (plan((SECOND, "EXPIRED")), plan((1500, end)))
    begun = replace(flow([viber(), sms(2)], plans), choices=over(TAKEN, given))
    return (
        machine.run_out(begun).flow if end else machine.due(machine.accept(begun).flow, begun.created_at + SECOND).flow
    )


def said(*given: tuple[str, str], end: str = "Delivered") -> Any:
    """What callbacks say of it."""
    whole = made(*given, end=end)
    return to_builtins(worded(whole, shown(whole, Prices())))


def test_a_flow_under_the_usual_choices_is_worded_as_it_is() -> None:
    """Nothing is copied."""
    usual = made()
    whole = shown(usual, Prices())
    assert worded(usual, whole) is whole
    assert echoed(usual) is usual.request


@pytest.mark.parametrize(
    ("name", "answer", "path", "usual", "other"),
    [
        ("sms-text-key", "message", ("messages", 1), "body", "message"),
        ("viber-body-keys", "imageURL", ("messages", 0, "body"), "text", "text"),
        ("expire-on-delivery-place", "status", ("messages", 0), "expireOnDelivery", None),
        ("status-code-without-failure", "left-out", (), "statusCode", None),
    ],
)
def test_members_have_the_chosen_names_and_places(
    name: str, answer: str, path: tuple[Any, ...], usual: str, other: str | None
) -> None:
    """In the order of the others."""
    before, after = said(), said((name, answer))
    for key in path:
        before, after = before[key], after[key]
    assert usual in before
    assert (other or "nothing") in after or other is None
    assert usual == other or usual not in after


def test_values_are_as_chosen() -> None:
    """Of a flow that has succeeded."""
    assert said(("originating-service", "failover"))["originatingService"] == "failover"
    assert said(("status-code-without-failure", "empty"))["statusCode"] == ""
    assert said(("status-code-without-failure", "empty"), end="Failed")["statusCode"] == "2"
    assert [said(given, end="")["terminationChannel"] for given in (("termination-channel", "at-once"),)] == ["Sms"]
    assert said(end="")["terminationChannel"] is None
    assert [each[1]["latency"] for each in (said()["messages"], said(("latency", "milliseconds"))["messages"])] == [
        2,
        1500,
    ]
    assert said(("expire-on-delivery-place", "status"))["messages"][0]["status"]["expireOnDelivery"] is False


def test_prices_are_as_chosen() -> None:
    """A sum, or the last; an expired message is charged, or not."""
    assert [said()["totalPrice"], said(("total-price", "last-message"))["totalPrice"]] == [0.045, 0.035]
    free = said(("unsuccessful-messages", "free"))
    assert (free["messages"][0]["price"], free["totalPrice"]) == (0.0, 0.035)


def test_statuses_are_spelled_as_chosen_in_answers_too() -> None:
    """Those of Viber are in capitals anyway."""
    given = ("statuses-spelling", "upper-case")
    assert said(given)["messages"][1]["failoverOnStatuses"] == ["UNDELIVERED", "FAILED"]
    assert b'"failoverOnStatuses":["UNDELIVERED","FAILED"]' in created(made(given))
    assert b'"failoverOnStatuses":["Undelivered","Failed"]' in created(made())


def test_statuses_and_dial_plans_have_the_chosen_shape() -> None:
    """In what is answered at once too."""
    assert said(("statuses-shape", "text"))["messages"][1]["failoverOnStatuses"] == "Undelivered,Failed"
    call = replace(
        flow([voice()], (plan((SECOND, "Completed")),)), choices=over(TAKEN, (("dial-plan-shape", "object"),))
    )
    (step,) = to_builtins(echoed(call))["flow"]
    assert ("dialPlans" in step, list(step["dialPlan"])) == (False, ["verbs"])


@pytest.mark.parametrize("seq", [UNSET, "7"])
def test_a_seq_that_the_request_has_is_always_echoed(seq: str | UnsetType) -> None:
    """Another one is made, or left out."""
    step = replace(viber(), template=ViberTemplate("9a1e", "en", seq=seq))
    begun = replace(flow([step], (plan((SECOND, "DELIVERED")),)), choices=over(TAKEN, (("absent-seq", "left-out"),)))
    ended = machine.run_out(begun).flow
    told = to_builtins(worded(ended, shown(ended, Prices())))
    (echo,) = json.decode(created_transactional(begun))["flow"]
    assert told["messages"][0].get("seq", UNSET) == echo.get("seq", UNSET) == seq
