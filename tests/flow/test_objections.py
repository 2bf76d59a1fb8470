"""Which reports fit a flow, and what is said of those that do not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.flow import machine
from emulator.flow.objections import held, message_of, objection, passes_on
from emulator.flow.state import Flow, Report
from tests.support.samples import NOW, SECOND, flow, plan, sms, viber


def begun(*reports: tuple[int, str], expire_on_delivery: bool = False) -> Flow:
    """A flow of Viber and Sms whose Viber message has been reported so."""
    accepted = machine.accept(flow([viber(expire_on_delivery=expire_on_delivery), sms(2)], (plan(*reports), plan())))
    return machine.due(accepted.flow, NOW + SECOND).flow


@pytest.mark.parametrize(
    ("before", "status", "why"),
    [
        ((), "DELIVERED", None),
        ((), "Sent", "Viber has no status Sent"),
        ((), "QUEUED", "the message is QUEUED already"),
        ((SECOND, "DELIVERED"), "SEEN", None),
        ((SECOND, "DELIVERED"), "EXPIRED", "the message ended as DELIVERED"),
    ],
)
def test_a_report_fits_or_it_is_said_why_not(before: tuple[int, str], status: str, why: str | None) -> None:
    """By the channel's table, and by where the message stands."""
    reported = begun(before) if before else begun()
    assert objection(reported, Report(NOW, 0, status)) == why


def test_a_step_that_has_not_started_has_nothing_to_report() -> None:
    """Nor has it a message."""
    found = begun()
    assert objection(found, Report(NOW, 1, "Sent")) == "the Sms step has not started"
    assert (message_of(found, 0), message_of(found, 1)) == (found.messages[0], None)


def test_a_delivered_message_that_the_next_step_follows_does_not_expire() -> None:
    """Only a read receipt can come until its time is over; then that step starts."""
    found = begun((SECOND, "DELIVERED"), expire_on_delivery=True)
    (first, *others), asked = found.request.flow, found.request
    assert not passes_on(found, 0)
    waits = replace(found, request=replace(asked, flow=[replace(first, ttl_since_delivery=True), *others]))
    assert (passes_on(waits, 0), passes_on(waits, 1)) == (True, False)
    assert [objection(waits, Report(NOW, 0, status)) for status in ("SEEN", "EXPIRED")] == [
        None,
        "after DELIVERED only SEEN can come",
    ]


def test_a_delivered_message_that_may_expire_is_held() -> None:
    """Only a read receipt or the end of its time can come then."""
    found = begun((SECOND, "DELIVERED"), expire_on_delivery=True)
    assert [held(found.request.flow[0], status) for status in ("DELIVERED", "QUEUED")] == [True, False]
    assert not held(viber(), "DELIVERED")
    assert [objection(found, Report(NOW, 0, status)) for status in ("SEEN", "EXPIRED", "FAILED")] == [
        None,
        None,
        "after DELIVERED only SEEN or EXPIRED can come",
    ]
