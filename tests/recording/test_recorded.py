"""The one form of what happened, and what both readers share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec.structs import replace

from emulator.channels.table import Channel, Reason
from emulator.flow.state import FlowStatus, PlannedReport, StatusCode
from emulator.recording.recorded import (
    RecordedFlow,
    RecordedStep,
    RecordingError,
    ms,
    read,
    report_of,
    with_cause,
)
from tests.support.samples import MINUTE, NOW, NUMBER, SECOND


def step(channel: Channel = Channel.VIBER, ttl: float = 2.5, *reports: PlannedReport) -> RecordedStep:
    """A step that was told these reports."""
    return RecordedStep(
        channel=channel,
        to=NUMBER,
        order=1,
        ttl=ttl,
        failover_on_statuses=None,
        expire_on_delivery=False,
        status=reports[-1].status if reports else "Queued",
        reports=reports,
    )


def flow(status_code: StatusCode | None, *steps: RecordedStep) -> RecordedFlow:
    """A flow of these steps that failed."""
    return RecordedFlow(
        id="f",
        application="a",
        at=NOW,
        queued=0,
        recipients=(NUMBER,),
        steps=steps,
        status=FlowStatus.FAILED,
        status_code=status_code,
    )


@pytest.mark.parametrize(
    ("channel", "ttl", "report", "expires"),
    [
        (Channel.VIBER, 2.5, PlannedReport(150 * SECOND, "EXPIRED"), True),
        (Channel.VIBER, 2.5, PlannedReport(150 * SECOND, "EXPIRED", "TTL Expired"), True),
        (Channel.VIBER, 2.5, PlannedReport(150 * SECOND, "EXPIRED", "Gone"), False),
        (Channel.VIBER, 2.5, PlannedReport(150 * SECOND - 1, "EXPIRED"), False),
        (Channel.VIBER, 2.5, PlannedReport(150 * SECOND, "FAILED"), False),
        (Channel.SMS, 2, PlannedReport(2 * MINUTE, "Undelivered", "Expired"), True),
        (Channel.SMS, 2, PlannedReport(2 * MINUTE, "Undelivered"), False),
        (Channel.VOICE, 0, PlannedReport(0, "NoAnswer"), False),
    ],
)
def test_a_report_is_the_end_of_the_ttl_by_status_detail_and_time(
    channel: Channel, ttl: float, report: PlannedReport, expires: bool
) -> None:
    """All three must be what the channel's ttl does; a call has no ttl."""
    assert step(channel, ttl).expires(report) is expires


@pytest.mark.parametrize(
    ("channel", "status", "given", "kept"),
    [
        (Channel.SMS, "Failed", ("Failed", "The message could not be processed."), ("", "")),
        (Channel.SMS, "Failed", ("Odd", "The message could not be processed."), ("Odd", "")),
        (Channel.SMS, "Failed", ("Failed", "Sorry."), ("", "Sorry.")),
        (Channel.VIBER, "SEEN", (" ", "\n"), ("", "")),
        (Channel.VOICE, "Busy", ("Odd", "Sorry."), ("", "")),
    ],
)
def test_a_report_keeps_only_texts_that_its_status_does_not_have_by_default(
    channel: Channel, status: str, given: tuple[str, str], kept: tuple[str, str]
) -> None:
    """Blank texts count as none, and a call's reports have none at all."""
    assert report_of(channel, 7, status, Reason(*given)) == PlannedReport(7, status, *kept)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 2, 9, 15, 44, 440_000, UTC), NOW),
        (datetime(2026, 3, 2, 9, 15, 44, 440_999), NOW),  # noqa: DTZ001
        (datetime(2026, 3, 2, 11, 15, 44, 440_000, timezone(timedelta(hours=2))), NOW),
        (datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC), -1),
    ],
)
def test_a_time_without_a_zone_is_in_utc(moment: datetime, expected: int) -> None:
    """Milliseconds are cut off, not rounded."""
    assert ms(moment) == expected


@pytest.mark.parametrize(("code", "cause"), [("0", "server"), ("1", "balance"), ("2", ""), ("3", ""), (None, "")])
def test_a_status_code_tells_the_cause_of_the_last_step_s_failures(code: Any, cause: str) -> None:
    """Reports of progress, and the steps before, have no cause."""
    first = step(Channel.VIBER, 1, PlannedReport(1, "FAILED"))
    last = step(Channel.SMS, 1, PlannedReport(1, "Sent"), PlannedReport(2, "Failed"))
    found = with_cause(flow(code and StatusCode(code), first, last))
    assert found.steps == (first, replace(last, reports=(last.reports[0], replace(last.reports[1], cause=cause))))


def test_a_flow_without_steps_has_nothing_to_put_a_cause_on() -> None:
    """It comes back as it was."""
    assert with_cause(flow(StatusCode.SERVER_ERROR)) == flow(StatusCode.SERVER_ERROR)


def test_a_value_of_another_kind_is_refused_where_it_stands() -> None:
    """The message begins with the place."""
    assert read([1, 2], list[int], "entry 1") == [1, 2]
    with pytest.raises(RecordingError, match=r"^entry 7: Expected `int`, got `str` - at `\$\[1\]`$"):
        read([1, "x"], list[int], "entry 7")
