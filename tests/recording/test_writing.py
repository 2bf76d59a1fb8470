"""How a recording reads."""

from __future__ import annotations

import pytest

from emulator.channels.table import Channel
from emulator.flow import machine
from emulator.flow.state import Plan, PlannedReport, Transition
from emulator.recording.writing import RecordingError, from_bodies, from_journal
from emulator.scenario import files
from emulator.scenario.rules import HAPPY_SCENARIO
from tests.support.replaying import (
    BOTH,
    A,
    B,
    Record,
    Steps,
    bodies,
    outcome,
    played,
    recorded_bodies,
    recorded_journal,
    replayed,
    run,
    statuses,
    way,
)
from tests.support.samples import HOUR, MINUTE, NOW, SECOND, callback, flow, plan, sms, viber


def test_a_recording_reads_like_a_scenario_that_people_write() -> None:
    """One rule with its flow, times with units, a reason and a cause only where they are not the usual ones."""
    opted_out = Plan((PlannedReport(1500, "UNDELIVERED", "Opted Out"),))
    failed = Plan((PlannedReport(SECOND, "Sent"), PlannedReport(90 * SECOND + 7, "Failed", cause="server")))
    done = run(flow([viber(), sms(2)], (opted_out, failed), callback()))
    assert recorded_journal([done]) == (
        "purpose: Recorded from an emulator's journal of 2026-03-02, 1 flow.\n"
        "rules:\n"
        "  # flow flow-1 of 2026-03-02T09:15:45.44Z: Failed 0\n"
        f'  - match: {{ to: "{A}" }}\n'
        "    plan:\n"
        "      Viber:\n"
        '        - { at: 1s500ms, status: UNDELIVERED, reason: "Opted Out" }\n'
        "      Sms:\n"
        "        - { at: 1s, status: Sent }\n"
        "        - { at: 1m30s7ms, status: Failed, cause: server }\n"
        "expect:\n"
        "  - send:\n"
        f'      - {{ type: "Viber", to: "{A}", ttl: 2.5, '
        f'failoverOnStatuses: ["EXPIRED", "FAILED", "UNDELIVERED"] }}\n'
        f'      - {{ type: "Sms", to: "{A}", ttl: 120, failoverOnStatuses: ["Undelivered", "Failed"] }}\n'
        "    status: Failed\n"
        '    statusCode: "0"\n'
        "    messages: [UNDELIVERED, Failed]\n"
    )


@BOTH
def test_a_viber_message_that_expires_does_so_at_the_ttl_of_the_replay(record: Record) -> None:
    """The recording says `ttl` instead of a number of minutes."""
    text = record(played(files.named("silence-until-ttl"), [viber(ttl=2.5), sms(2)]))
    assert "- { at: ttl, status: EXPIRED" in text
    (after,) = replayed(text, [viber(ttl=10), sms(2)])
    assert [at for at, _ in statuses(after)] == [10 * MINUTE, 10 * MINUTE + 120 * MINUTE]


@BOTH
def test_a_planned_expiry_is_told_as_the_ttl_too(record: Record) -> None:
    """Its reason is the default of its status, which the journal leaves out."""
    text = record(played(files.named("viber-expires-sms-delivers"), [viber(), sms(2)]))
    assert "- { at: ttl, status: EXPIRED }" in text


@BOTH
@pytest.mark.parametrize(
    "report",
    [
        PlannedReport(150 * SECOND - 1, "EXPIRED"),
        PlannedReport(150 * SECOND, "EXPIRED", "Gone"),
        PlannedReport(150 * SECOND, "FAILED"),
    ],
    ids=["too early", "another reason", "another status"],
)
def test_only_what_the_ttl_does_is_told_as_the_ttl(record: Record, report: PlannedReport) -> None:
    """Status, reason and time must all be its own."""
    text = record([run(flow([viber()], (Plan((report,)),), callback()))])
    assert "ttl," not in text
    (line,) = way(text, Channel.VIBER)
    assert (line.status, line.reason.detailed_status) == (report.status, report.detailed)


@BOTH
def test_two_flows_to_one_recipient_are_told_apart_by_their_number(record: Record) -> None:
    """The first fails, the second is delivered."""
    before = played(files.named("first-fails-then-delivers"), [sms()], [sms()], [sms(to=B)])
    text = record(before)
    made = files.load_text(text, "recorded")
    assert [str(rule.match) for rule in made.rules] == [
        f"to is {A} and request_to is 1",
        f"to is {A} and request_to is 2",
        f"to is {B}",
    ]
    assert [outcome(each)[1] for each in replayed(text, [sms()], [sms()], [sms(to=B)])] == [
        each.flow.status for each in before
    ]
    assert {each.flow.status for each in before} == {"Failed", "Succeeded"}


@BOTH
def test_several_applications_are_told_apart(record: Record) -> None:
    """Each counts its own requests."""
    flows = [flow([sms()], None, callback(), name=name, application=name) for name in ("a", "b")]
    made = files.load_text(record([run(each) for each in flows]), "recorded")
    assert [str(rule.match) for rule in made.rules] == [f"application is {name} and to is {A}" for name in ("a", "b")]
    assert made.expect == ()


@BOTH
def test_a_channel_twice_has_a_rule_for_each_step(record: Record) -> None:
    """By its order, which is the position, whatever numbers the request has."""
    steps: Steps = [sms(7), sms(3)]
    made = [plan((SECOND, "Delivered")), plan((2 * SECOND, "Failed"))]
    before = run(flow(steps, tuple(made), callback()))
    text = record([before])
    assert [str(rule.match) for rule in files.load_text(text, "recorded").rules] == [
        f"to is {A} and order is 1",
        f"to is {A} and order is 2",
    ]
    assert [outcome(each) for each in replayed(text, steps)] == [outcome(before)]


@BOTH
def test_a_step_that_was_told_nothing_yet_is_silent(record: Record) -> None:
    """The flow is still under way, so nothing is expected of it."""
    start = flow([viber(), sms(2)], (plan((SECOND, "FAILED")), plan()), callback())
    begun = machine.accept(start)
    done = machine.due(begun.flow, NOW + MINUTE)
    text = record([Transition(done.flow, begun.entries + done.entries, done.callbacks)])
    assert "Sms: silence\n" in text
    assert "expect" not in text


@BOTH
def test_a_cause_that_the_status_has_by_itself_is_not_told(record: Record) -> None:
    """UNSENT implies lack of balance."""
    assert "- { at: 1s, status: UNSENT }" in record(played(files.named("no-balance"), [viber()]))


@BOTH
def test_any_text_survives(record: Record) -> None:
    """Quotes, line ends, Greek, emoji, and signs that YAML does not allow."""
    strange = 'Ό,τι "να\'ναι": # {x}\n\\ 😀 \x7f\x85\u2028 end'
    done = run(
        flow([sms()], (Plan((PlannedReport(SECOND, "Failed", strange, strange[::-1]),)),), callback(), name=strange)
    )
    (line,) = way(record([done]), Channel.SMS)
    assert line.reason.detailed_status == strange
    assert "Ό,τι" in record([done])


def test_a_description_is_recorded_where_it_is_not_the_usual_one() -> None:
    """Only callback bodies have descriptions."""
    done = run(flow([sms()], (Plan((PlannedReport(SECOND, "Failed", description="Sorry."),)),), callback()))
    (line,) = way(recorded_bodies([done]), Channel.SMS)
    assert (line.reason.detailed_status, line.reason.description) == ("", "Sorry.")


@BOTH
def test_a_report_later_than_a_scenario_can_say_is_refused(record: Record) -> None:
    """The message has its step and its time."""
    reports = ((SECOND, "DELIVERED"), (400 * 24 * HOUR, "SEEN"))
    done = run(flow([viber()], (plan(*reports),), callback()))
    with pytest.raises(RecordingError, match=f"Viber to .{A[1:]}: SEEN came 400d after its start; at most 366d"):
        record([done])


def test_nothing_is_no_recording() -> None:
    """Said for each source in its own words."""
    with pytest.raises(RecordingError, match="nothing to record: the journal has no accepted request"):
        from_journal([])
    with pytest.raises(RecordingError, match="nothing to record: no body has a message"):
        from_bodies([])
    with pytest.raises(RecordingError, match="nothing to record: no body has a message"):
        from_bodies([bodies(played(HAPPY_SCENARIO, [sms()]))[0] | {"messages": []}])
