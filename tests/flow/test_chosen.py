"""What a flow does by its choices: each is tried with both answers, on whole flows."""

from __future__ import annotations

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from emulator.choices.given import over
from emulator.choices.table import TAKEN
from emulator.flow import machine
from emulator.flow.chosen import completes, follows, moves_on, tells_of_queued
from emulator.flow.request import Strategy
from emulator.flow.state import Flow, Plan, StatusCode, Transition
from tests.support.samples import MINUTE, SECOND, callback, flow, plan, sms, viber, voice

EXPIRED = plan((SECOND, "EXPIRED"))


def run(*given: tuple[str, str], strategy: Strategy = Strategy.ON_STEP, plans: tuple[Plan, ...] = ()) -> Transition:
    """A flow of Viber and Sms under these choices, run to its end."""
    made = flow([viber(), sms(2)], plans or (EXPIRED, plan((SECOND, "Delivered"))), callback(strategy))
    return machine.run_out(replace(made, choices=over(TAKEN, given)))


def told(done: Transition) -> list[tuple[str, ...]]:
    """What callbacks said: the flow's status and those of its messages."""
    return [(each.status, *(message.status for message in each.messages)) for each in done.callbacks]


def test_a_flow_may_be_queued_until_its_first_report() -> None:
    """And then goes on as any other."""
    usual, other = told(run()), told(run(("first-status", "Queued")))
    assert [usual[0], other[0]] == [("InProgress", "QUEUED"), ("Queued", "QUEUED")]
    assert other[1:] == usual[1:] == [("InProgress", "EXPIRED", "Queued"), ("Succeeded", "EXPIRED", "Delivered")]


@pytest.mark.parametrize(("kind", "name"), [("failover", "queued-callback"), ("sms", "sms-queued-callback")])
def test_the_first_queued_may_be_told_or_not(kind: str, name: str) -> None:
    """Each kind of flow has its own choice."""
    made = replace(flow([sms()], (plan((SECOND, "Delivered")),), callback()), kind=kind)
    assert tells_of_queued(made)
    assert len(machine.run_out(made).callbacks) == 2
    silent = replace(made, choices=over(TAKEN, ((name, "not-posted"),)))
    assert not tells_of_queued(silent)
    done = machine.run_out(silent)
    assert [each.messages[0].status for each in done.callbacks] == ["Delivered"]
    assert [entry.kind for entry in done.entries] == ["started", "status", "completed"]
    assert done.entries[0].data.callback is UNSET  # type: ignore[attr-defined]


def test_on_completion_posts_once_or_at_each_message() -> None:
    """The end of the flow is told once in both."""
    usual = run(strategy=Strategy.ON_COMPLETION)
    assert told(usual) == [("Succeeded", "EXPIRED", "Delivered")]
    each = run(("completion-callback", "each-message"), strategy=Strategy.ON_COMPLETION)
    assert told(each) == [("InProgress", "EXPIRED", "Queued"), ("Succeeded", "EXPIRED", "Delivered")]


def test_on_completion_may_tell_of_a_message_that_is_seen_later() -> None:
    """A cancelled or ignored change of an ended flow is none."""
    seen = (plan((SECOND, "DELIVERED"), (MINUTE, "SEEN")), plan())
    assert told(run(strategy=Strategy.ON_COMPLETION, plans=seen)) == [("Succeeded", "DELIVERED")]
    again = run(("seen-after-completion", "posted"), strategy=Strategy.ON_COMPLETION, plans=seen)
    assert told(again) == [("Succeeded", "DELIVERED"), ("Succeeded", "SEEN")]
    assert not completes(again.flow, again.flow)


def test_a_delivered_message_may_be_seen_or_not() -> None:
    """By the choice about it alone."""
    seen = (plan((SECOND, "DELIVERED"), (MINUTE, "SEEN")), plan())
    assert told(run(plans=seen))[-1] == ("Succeeded", "SEEN")
    assert told(run(("seen-after-delivered", "ignored"), plans=seen))[-1] == ("Succeeded", "DELIVERED")


def test_a_message_may_be_delivered_after_its_ttl() -> None:
    """The flow's outcome stays; one that failed otherwise is not delivered by anybody."""
    late = (Plan((replace(EXPIRED.reports[0], detailed="TTL Expired"), *plan((MINUTE, "DELIVERED")).reports), "test"),)
    plans = (*late, plan((SECOND, "Undelivered")))
    assert run(plans=plans).flow.messages[0].status == "EXPIRED"
    done = run(("delivered-after-expired", "shown"), plans=plans).flow
    assert [message.status for message in done.messages] == ["DELIVERED", "Undelivered"]
    assert (done.status, done.status_code) == ("Failed", StatusCode.NO_NEXT_STEP)
    gone = run(("delivered-after-expired", "shown"), plans=(plan((SECOND, "FAILED"), (MINUTE, "DELIVERED")), plan()))
    assert gone.flow.messages[0].status == "FAILED"
    assert not follows(gone.flow, viber().channel, gone.flow.messages[0], "DELIVERED")


def call(status: str, *given: tuple[str, str], on: list[str] | None = None) -> Flow:
    """A flow of a call that ends so, and an Sms, at its end."""
    made = flow([voice(on=on), sms(2)], (plan((SECOND, status)), plan((SECOND, "Delivered"))))
    return machine.run_out(replace(made, choices=over(TAKEN, given))).flow


def test_a_completed_call_whose_completion_is_listed() -> None:
    """Moves on, or has succeeded."""
    listed = ["Completed", "Busy"]
    assert len(call("Completed", on=listed).messages) == 2
    done = call("Completed", ("completed-listed", "succeeds"), on=listed)
    assert (len(done.messages), done.status) == (1, "Succeeded")


@pytest.mark.parametrize("status", ["Failed", "Unsent", "Terminated"])
def test_a_failed_call_with_the_default_list(status: str) -> None:
    """Ends the flow, or moves on; a list of one's own is obeyed in any case, and Unknown is in none."""
    choice = ("voice-failure-unlisted", "next-step")
    assert len(call(status).messages) == 1
    assert len(call(status, choice).messages) == 2
    assert len(call(status, choice, on=["NoAnswer"]).messages) == 1
    assert not moves_on(voice(), "Unknown", over(TAKEN, (choice,)))
