"""The state machine, row by row and as properties."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, json
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, RING_OUT_MS, Channel, Kind
from emulator.flow import machine
from emulator.flow.request import Step, Strategy, sequence, ttl_ms
from emulator.flow.state import (
    START,
    TTL,
    Cancelled,
    Flow,
    FlowStatus,
    Plan,
    PlannedReport,
    Report,
    Reported,
    StatusCode,
    Transition,
    TtlExpired,
)
from emulator.journal.kinds import NOT_TAKEN, Completed, Ignored, Started
from emulator.journal.kinds import Cancelled as Stopped
from emulator.seed import ONCE, callback_id
from tests.support.samples import MINUTE, NOW, SECOND, callback, flow, plan, sms, viber, voice

LATER = 48 * 60 * MINUTE


def played(start: Flow, until: int = LATER) -> Transition:
    """Accept a flow and let everything happen until so long after its creation."""
    accepted = machine.accept(start)
    done = machine.due(accepted.flow, NOW + until)
    return accepted.then(done)


def statuses(done: Flow) -> list[str]:
    """The messages' statuses, in the order in which their steps ran."""
    return [message.status for message in done.messages]


def test_an_accepted_flow_is_in_progress_with_its_first_step_started() -> None:
    """Nothing has been reported yet, so nothing but the initial status shows; under OnStep the customer is told."""
    accepted = machine.accept(flow([viber(1), sms(2)], callback=callback()))
    assert accepted.flow.status is FlowStatus.IN_PROGRESS
    assert statuses(accepted.flow) == ["QUEUED"]
    assert accepted.callbacks == (accepted.flow,)


@pytest.mark.parametrize(("rule", "left"), [("happy", 0), (NOT_TAKEN, 1)])
def test_the_planned_reports_of_a_step_move_to_the_agenda_when_it_starts(rule: str, left: int) -> None:
    """So that a flow does not have them twice. Why a channel does not take a step can still be told afterwards."""
    planned = Plan((PlannedReport(1000, "Failed", "", "It was not taken."),), rule)
    begun = machine.accept(flow([sms(), sms()], (planned, planned))).flow
    assert [report.status for report in begun.agenda] == ["Failed", TTL]
    assert [len(plan.reports) for plan in begun.plans] == [left, 1]


def test_a_flow_that_is_held_back_is_queued_until_its_start() -> None:
    """Then it is as any other is from the beginning; what is planned counts from there."""
    held = replace(flow([sms()], (plan((SECOND, "Delivered")),), callback()), agenda=(Report(NOW + MINUTE, 0, START),))
    accepted = machine.accept(held)
    assert (accepted.flow.status, accepted.flow.messages, accepted.callbacks) == (FlowStatus.QUEUED, (), ())
    begun = machine.due(accepted.flow, NOW + MINUTE)
    assert (begun.flow.status, statuses(begun.flow), len(begun.callbacks)) == ("InProgress", ["Queued"], 1)
    assert begun.entries[0].data.text() == "Sms as step 1 (rule test), after it was queued, callback"
    assert machine.due(begun.flow, NOW + LATER).flow.updated_at == NOW + MINUTE + SECOND


MATRIX = [
    ("Completed", None, None, "Succeeded"),
    *(
        row
        for first in ("Busy", "NoAnswer", "Failed", "Unsent", "Terminated")
        for row in (
            (first, "DELIVERED", None, "Succeeded"),
            (first, "UNDELIVERED", "Delivered", "Succeeded"),
            (first, "UNDELIVERED", "Undelivered", "Failed"),
            (first, "UNDELIVERED", "Failed", "Failed"),
        )
    ),
]


@pytest.mark.parametrize(("call", "chat", "text", "outcome"), MATRIX)
def test_the_documented_outcome_matrix_holds(call: str, chat: str | None, text: str | None, outcome: str) -> None:
    """Voice, then Viber, then Sms: each row of the provider's table."""
    steps: list[Step] = [voice(1, on=["Busy", "NoAnswer", "Failed", "Unsent", "Terminated"]), viber(2), sms(3)]
    plans = [plan((SECOND, status)) for status in (call, chat, text) if status]
    unused = [plan() for _ in range(len(plans), 3)]
    done = played(flow(steps, tuple(plans + unused))).flow
    assert statuses(done) == [status for status in (call, chat, text) if status]
    assert done.status == outcome


@pytest.mark.parametrize(
    ("listed", "status", "cause", "has_next", "expected"),
    [
        (["Failed"], "Failed", "", True, (FlowStatus.IN_PROGRESS, None)),
        (["Failed"], "Failed", "", False, (FlowStatus.FAILED, StatusCode.NO_NEXT_STEP)),
        (["Failed"], "Undelivered", "", True, (FlowStatus.FAILED, StatusCode.NOT_TRIGGERED)),
        (["Failed"], "Undelivered", "", False, (FlowStatus.FAILED, StatusCode.NOT_TRIGGERED)),
        (["Failed"], "Failed", "balance", True, (FlowStatus.IN_PROGRESS, None)),
        (["Failed"], "Failed", "balance", False, (FlowStatus.FAILED, StatusCode.NO_BALANCE)),
        ([], "Failed", "server", True, (FlowStatus.FAILED, StatusCode.SERVER_ERROR)),
        ([], "Delivered", "", True, (FlowStatus.SUCCEEDED, None)),
        (["Delivered"], "Delivered", "", True, (FlowStatus.IN_PROGRESS, None)),
        (["Delivered"], "Delivered", "", False, (FlowStatus.SUCCEEDED, None)),
    ],
)
def test_the_verdict_on_an_ended_step(
    listed: list[str], status: str, cause: str, has_next: bool, expected: tuple[FlowStatus, StatusCode | None]
) -> None:
    """The table at the head of the machine, cell by cell."""
    assert machine.verdict(sms(on=listed), status, cause, has_next=has_next) == expected


def test_a_completed_call_that_is_listed_runs_the_next_step_and_its_result_counts() -> None:
    """A success may trigger failover too."""
    start = flow([voice(1, on=["Completed"]), sms(2)], (plan((SECOND, "Completed")), plan((SECOND, "Failed"))))
    done = played(start).flow
    assert (statuses(done), done.status, done.status_code) == (["Completed", "Failed"], "Failed", "2")


def test_a_viber_ttl_ends_in_expired() -> None:
    """Silence until the ttl, which is in minutes."""
    accepted = machine.accept(flow([viber(ttl=2.5)])).flow
    assert accepted.due_at == NOW + 150 * SECOND
    message = played(flow([viber(ttl=2.5)])).flow.messages[0]
    assert (message.status, message.detailed, message.updated_at) == ("EXPIRED", "TTL Expired", NOW + 150 * SECOND)


def test_an_sms_ttl_ends_in_undelivered_with_the_detail_expired() -> None:
    """An Sms has no status Expired."""
    message = played(flow([sms(ttl=1440)])).flow.messages[0]
    assert (message.status, message.detailed, message.updated_at) == ("Undelivered", "Expired", NOW + 1440 * MINUTE)


def test_a_report_at_the_very_end_of_the_ttl_still_counts() -> None:
    """At one time, the plan comes before the ttl."""
    done = played(flow([viber(ttl=1)], (plan((MINUTE, "DELIVERED")),))).flow
    assert statuses(done) == ["DELIVERED"]


@pytest.mark.parametrize(
    ("reports", "ends"),
    [
        ((), "NoAnswer"),
        (((SECOND, "Ringing"),), "NoAnswer"),
        (((SECOND, "Ringing"), (2 * SECOND, "InProgress")), "Completed"),
    ],
)
def test_a_call_that_nobody_ends_is_ended(reports: tuple[tuple[int, str], ...], ends: str) -> None:
    """Voice has no ttl; a call left ringing is not answered, one left talking completes."""
    done = played(flow([voice()], (plan(*reports),))).flow
    last = reports[-1][0] if reports else 0
    assert (statuses(done), done.messages[0].updated_at) == ([ends], NOW + last + RING_OUT_MS)


def test_delivered_waits_for_seen_when_it_may_expire() -> None:
    """With expireOnDelivery a delivery is no success yet."""
    start = flow([viber(expire_on_delivery=True), sms(2)], (plan((SECOND, "DELIVERED")), plan()))
    done = played(start, until=2 * SECOND).flow
    assert (statuses(done), done.status) == (["DELIVERED"], "InProgress")


def test_delivered_and_seen_in_time_succeeds_although_it_may_expire() -> None:
    """The read receipt is what counts."""
    start = flow([viber(expire_on_delivery=True)], (plan((SECOND, "DELIVERED"), (2 * SECOND, "SEEN")),))
    done = played(start).flow
    assert (statuses(done), done.status, done.messages[0].expired_on_delivery_at) == (["SEEN"], "Succeeded", None)


def test_delivered_but_unseen_expires_and_the_next_step_runs() -> None:
    """The time of the change shows in expiredOnDeliveryAt."""
    steps: list[Step] = [viber(expire_on_delivery=True), sms(2)]
    start = flow(steps, (plan((SECOND, "DELIVERED")), plan((SECOND, "Delivered"))))
    done = played(start).flow
    assert (statuses(done), done.status) == (["EXPIRED", "Delivered"], "Succeeded")
    assert done.messages[0].expired_on_delivery_at == NOW + 150 * SECOND


def test_a_viber_message_that_was_never_delivered_expires_without_that_time() -> None:
    """ExpiredOnDeliveryAt is only for delivered messages."""
    done = played(flow([viber(expire_on_delivery=True)])).flow
    assert done.messages[0].expired_on_delivery_at is None


def test_seen_after_delivered_changes_the_message_but_not_the_flow() -> None:
    """A read receipt may come after the end; OnStep is told, the outcome stays."""
    start = flow([viber()], (plan((SECOND, "DELIVERED"), (MINUTE, "SEEN")),), callback())
    done = played(start)
    assert (statuses(done.flow), done.flow.status) == (["SEEN"], "Succeeded")
    assert [[m.status for m in told.messages] for told in done.callbacks] == [["QUEUED"], ["DELIVERED"], ["SEEN"]]


def test_delivered_after_expired_is_ignored_with_a_reason() -> None:
    """The next step has gone out; the first message keeps its status."""
    steps: list[Step] = [viber(ttl=1), sms(2)]
    start = flow(steps, (plan((2 * MINUTE, "DELIVERED")), plan((SECOND, "Delivered"))))
    done = played(start)
    assert statuses(done.flow) == ["EXPIRED", "Delivered"]
    ignored = [entry.data.why for entry in done.entries if isinstance(entry.data, Ignored)]
    assert ignored == ["the message ended as EXPIRED"]


def test_a_report_out_of_order_is_ignored_with_a_reason() -> None:
    """Progress only goes forward."""
    done = played(flow([voice()], (plan((SECOND, "Ringing"), (2 * SECOND, "Initiated")),)), until=MINUTE)
    assert statuses(done.flow) == ["Ringing"]
    assert done.entries[-1].data.text() == "Voice Initiated, since Initiated comes before Ringing"


@pytest.mark.parametrize(
    ("report", "why"),
    [
        (Report(NOW, 1, "Sent"), "the Sms step has not started"),
        (Report(NOW, 0, "Ringing"), "Viber has no status Ringing"),
        (Report(NOW, 0, "QUEUED"), "the message is QUEUED already"),
    ],
)
def test_a_report_that_does_not_fit_says_why(report: Report, why: str) -> None:
    """The flow stays as it is."""
    accepted = machine.accept(flow([viber(), sms(2)])).flow
    done = machine.handle(accepted, Reported(report), NOW)
    assert done.flow == accepted
    (ignored,) = done.entries
    assert isinstance(ignored.data, Ignored)
    assert ignored.data.why == why


def test_running_a_flow_out_gives_what_accepting_it_and_a_long_time_give() -> None:
    """Each event at its own time, its callbacks and entries in order, from the start of the first step on."""
    steps: list[Step] = [viber(1, ttl=1440), sms(2, ttl=1440)]
    start = flow(steps, (plan(), plan((MINUTE, "Delivered"))), callback())
    assert machine.run_out(start) == played(start)
    assert machine.run_out(start).flow.updated_at == NOW + 1441 * MINUTE


def test_on_step_tells_each_change_and_the_last_carries_the_outcome() -> None:
    """The start of the first step too; the end of one step and the start of the next are one change."""
    steps: list[Step] = [viber(1), sms(2)]
    plans = (plan((SECOND, "UNDELIVERED")), plan((SECOND, "Sent"), (2 * SECOND, "Delivered")))
    told = played(flow(steps, plans, callback())).callbacks
    assert [[m.status for m in each.messages] for each in told] == [
        ["QUEUED"],
        ["UNDELIVERED", "Queued"],
        ["UNDELIVERED", "Sent"],
        ["UNDELIVERED", "Delivered"],
    ]
    assert [each.status for each in told] == ["InProgress", "InProgress", "InProgress", "Succeeded"]


def test_on_completion_tells_once() -> None:
    """One callback, when the flow is final."""
    plans = (plan((SECOND, "DELIVERED"), (MINUTE, "SEEN")),)
    told = played(flow([viber()], plans, callback(Strategy.ON_COMPLETION))).callbacks
    assert [each.status for each in told] == ["Succeeded"]


@pytest.mark.parametrize("kind", ["failover", "transactional", "otp"])
def test_cancelling_ends_a_live_flow_for_good(kind: str) -> None:
    """Nothing is left to happen, and the customer is told."""
    accepted = machine.accept(replace(flow([viber(), sms(2)], callback=callback()), kind=kind)).flow
    done = machine.handle(accepted, Cancelled("asked to"), NOW + SECOND)
    assert (done.flow.status, done.flow.status_code, done.flow.due_at) == ("Failed", "0", None)
    assert len(done.callbacks) == 1
    assert machine.handle(done.flow, Cancelled("again"), NOW).flow == done.flow


@pytest.mark.parametrize("kind", ["sms", "viber", "voice"])
@pytest.mark.parametrize("strategy", [Strategy.ON_CHANGE, Strategy.ON_COMPLETION])
def test_the_customer_is_not_told_that_a_single_message_was_cancelled(kind: str, strategy: Strategy) -> None:
    """Its callbacks tell its status, and that stays."""
    accepted = machine.accept(replace(flow([sms()], callback=callback(strategy)), kind=kind)).flow
    done = machine.handle(accepted, Cancelled("asked to"), NOW + SECOND)
    assert (done.flow.status, done.flow.messages[0].status) == ("Failed", "Queued")
    assert (done.callbacks, done.flow.told) == ((), accepted.told)
    (entry,) = done.entries
    assert (entry.kind, getattr(entry.data, "callback", None)) == ("cancelled", UNSET)


def test_a_finished_step_leaves_no_timer_behind() -> None:
    """A delivered Sms must not keep its flow waiting for the ttl."""
    assert played(flow([sms()], (plan((SECOND, "Delivered")),)), until=SECOND).flow.due_at is None


# --- properties -------------------------------------------------------------------------------------------------

ALL = [status for traits in CHANNELS.values() for status in traits.statuses]


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    """One to four steps of any channel, with any failover lists and orders."""
    made: list[Step] = []
    for _ in range(draw(st.integers(1, 4))):
        channel = draw(st.sampled_from(list(Channel)))
        on = draw(st.lists(st.sampled_from(CHANNELS[channel].legal_failover), unique=True))
        order = draw(st.integers(0, 3))
        made.append(_step(channel, order, on, expire=draw(st.booleans())))
    return made


def _step(channel: Channel, order: int, on: list[str], *, expire: bool) -> Step:
    match channel:
        case Channel.SMS:
            return sms(order, on, ttl=1)
        case Channel.VIBER:
            return viber(order, on, ttl=1, expire_on_delivery=expire)
        case Channel.VOICE:
            return voice(order, on)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """A flow with any plans, late, repeated and out-of-order reports among them."""
    chosen = draw(steps())
    plans = tuple(draw(_plan(step)) for step in chosen)
    told = draw(st.sampled_from([callback(Strategy.ON_STEP), callback(Strategy.ON_COMPLETION)]))
    return flow(chosen, plans, told)


@st.composite
def _plan(draw: st.DrawFn, step: Step) -> Plan:
    times = st.integers(0, 3 * MINUTE)
    reports = draw(st.lists(st.tuples(times, st.sampled_from(list(CHANNELS[step.channel].statuses))), max_size=5))
    return plan(*sorted(reports), cause=draw(st.sampled_from(["", "", "balance", "server"])))


@st.composite
def events(draw: st.DrawFn) -> list[tuple[int, Any]]:
    """Events from outside at growing times: any report for any step, ttl ends, seldom a cancellation."""
    times = sorted(draw(st.lists(st.integers(0, 5 * MINUTE), max_size=6)))
    report = st.builds(lambda step, status: Reported(Report(0, step, status)), st.integers(0, 3), st.sampled_from(ALL))
    ttl = st.builds(TtlExpired, st.integers(0, 3))
    return [(time, draw(st.one_of(report, report, ttl, st.just(Cancelled("asked"))))) for time in times]


def history(start: Flow, happening: list[tuple[int, Any]]) -> list[Transition]:
    """Every transition of a flow to which these events happen in between, until nothing is left to happen."""
    seen = [machine.accept(start)]
    for after, event in happening:
        seen += one_by_one(seen[-1].flow, NOW + after)
        index = event.report.step if isinstance(event, Reported) else getattr(event, "step", 0)
        ttl_of_voice = (
            isinstance(event, TtlExpired) and index < len(start.plans) and not ttl_ms(start.request.flow[index])
        )
        if index < len(start.plans) and not ttl_of_voice:
            seen.append(machine.handle(seen[-1].flow, event, NOW + after))
    return seen + one_by_one(seen[-1].flow, NOW + LATER)


def one_by_one(current: Flow, until: int) -> list[Transition]:
    """The transitions that are due by `until`, each time of the agenda by itself."""
    seen: list[Transition] = []
    while current.due_at is not None and current.due_at <= until:
        seen.append(machine.due(current, current.due_at))
        current = seen[-1].flow
    return seen


@given(flows(), events())
def test_every_flow_ends_and_its_outcome_never_changes(start: Flow, happening: list[tuple[int, Any]]) -> None:
    """Whatever happens: it becomes final, stays what it became, and nothing is left to do."""
    outcomes = [(done.flow.status, done.flow.status_code) for done in history(start, happening)]
    final = [outcome for outcome in outcomes if outcome[0].final]
    assert final
    assert final == outcomes[-len(final) :]
    assert len(set(final)) == 1
    assert history(start, happening)[-1].flow.due_at is None


@given(flows(), events())
def test_at_most_one_step_is_live(start: Flow, happening: list[tuple[int, Any]]) -> None:
    """And it is the last one started."""
    for done in history(start, happening):
        live = [message for message in done.flow.messages if message.live]
        assert live in ([], [done.flow.messages[-1]])


@given(flows(), events())
def test_a_later_step_starts_only_if_the_earlier_ended_in_its_list(
    start: Flow, happening: list[tuple[int, Any]]
) -> None:
    """Failover happens on the listed statuses and on no other; steps run in sequence."""
    for done in history(start, happening):
        started = [message.step for message in done.flow.messages]
        assert started == sequence(start.request)[: len(started)]
        for earlier in done.flow.messages[:-1]:
            listed = done.flow.step(earlier).failover_on_statuses
            assert (
                earlier.status in listed
                or CHANNELS[done.flow.step(earlier).channel].statuses[earlier.status] is Kind.SUCCESS
            )


@given(flows(), events())
def test_the_customer_is_told_each_change_or_once(start: Flow, happening: list[tuple[int, Any]]) -> None:
    """OnStep: a callback for the start and every change, and no other. OnCompletion: exactly one, and it is final."""
    seen = history(start, happening)
    told = [each for done in seen for each in done.callbacks]
    assert start.request.callback
    if start.request.callback.strategy is Strategy.ON_COMPLETION:
        assert [each.status.final for each in told] == [True]
    else:
        changes = [e for done in seen for e in done.entries if e.kind in ("status", "cancelled")]
        assert len(told) == 1 + len(changes)
        assert [each.told for each in told] == list(range(1, len(told) + 1))


@pytest.mark.parametrize("strategy", [Strategy.ON_CHANGE, Strategy.ON_COMPLETION])
def test_each_part_is_told_by_itself_if_that_is_asked_for(strategy: Strategy) -> None:
    """All parts at once; the entry names the first of their callbacks."""
    asked = replace(callback(strategy), each_part=True)
    start = flow([sms(body="x" * 400)], (plan((SECOND, "Sent"), (2 * SECOND, "Delivered")),), asked)
    done = machine.run_out(start)
    told = [3] if strategy is Strategy.ON_COMPLETION else [3, 6, 9]
    assert [each.told for each in done.callbacks] == told
    assert [machine.told_at_once(each) for each in done.callbacks] == [3] * len(told)
    named = [entry.data.callback for entry in done.entries if getattr(entry.data, "callback", UNSET)]  # type: ignore[attr-defined]
    assert named == [callback_id(start.id, number - 2) for number in told]


@given(flows(), events())
def test_there_is_exactly_one_completion(start: Flow, happening: list[tuple[int, Any]]) -> None:
    """In the journal, whatever came after it."""
    entries = [entry for done in history(start, happening) for entry in done.entries]
    assert len([entry for entry in entries if isinstance(entry.data, Completed | Stopped)]) == 1


@given(flows(), events())
def test_a_flow_survives_being_stored(start: Flow, happening: list[tuple[int, Any]]) -> None:
    """Decoding what was encoded gives the same flow, at every moment of its life."""
    for done in history(start, happening):
        assert json.decode(json.encode(done.flow), type=Flow) == done.flow


@given(flows(), events())
def test_the_same_events_give_the_same_journal(start: Flow, happening: list[tuple[int, Any]]) -> None:
    """Byte for byte."""
    first, second = (json.encode([done.entries for done in history(start, happening)]) for _ in range(2))
    assert first == second


@given(flows())
def test_it_does_not_matter_whether_the_time_passes_at_once_or_in_steps(start: Flow) -> None:
    """A day handled in one go equals a day handled event by event."""
    accepted = machine.accept(start).flow
    at_once = machine.due(accepted, NOW + LATER)
    in_steps = one_by_one(accepted, NOW + LATER)
    assert at_once.flow == in_steps[-1].flow
    assert at_once.entries == tuple(itertools.chain.from_iterable(done.entries for done in in_steps))


def test_the_ttl_may_count_anew_from_the_delivery() -> None:
    """Then the next step starts so long after it, unless the message is seen before."""
    waits = replace(viber(ttl=1, expire_on_delivery=True), ttl_since_delivery=True)
    planned = (plan((30 * SECOND, "DELIVERED")), plan((SECOND, "Delivered")))
    done = played(flow([waits, sms(2)], planned, callback()))
    first, second = done.flow.messages
    assert (first.status, first.reached_at, first.live) == ("DELIVERED", NOW + 30 * SECOND, False)
    assert (first.expired_on_delivery_at, second.started_at) == (None, NOW + 90 * SECOND)
    _, started = [(entry.at, entry.data) for entry in done.entries if isinstance(entry.data, Started)]
    assert (started[0], started[1].delivered, bool(started[1].callback)) == (NOW + 90 * SECOND, True, True)
    assert [statuses(each) for each in done.callbacks] == [
        ["QUEUED"],
        ["DELIVERED"],
        ["DELIVERED", "Queued"],
        ["DELIVERED", "Delivered"],
    ]
    late = machine.handle(done.flow, Reported(Report(NOW + LATER, 0, "SEEN")), NOW + LATER).flow
    assert (statuses(late), late.status) == (["SEEN", "Delivered"], FlowStatus.SUCCEEDED)
    seen = played(flow([waits, sms(2)], (plan((30 * SECOND, "DELIVERED"), (70 * SECOND, "SEEN")), plan()))).flow
    assert (statuses(seen), seen.status) == (["SEEN"], FlowStatus.SUCCEEDED)


def test_a_bare_callback_tells_no_start_and_has_an_id_of_its_own() -> None:
    """The start of the next step it tells, as any change."""
    told = replace(callback(), bare=True)
    done = played(flow([viber(ttl=1), sms(2)], (plan(), plan((SECOND, "Sent"), (2 * SECOND, "Delivered"))), told))
    assert [statuses(each) for each in done.callbacks] == [
        ["EXPIRED", "Queued"],
        ["EXPIRED", "Sent"],
        ["EXPIRED", "Delivered"],
    ]
    named = [getattr(entry.data, "callback") for entry in done.entries if getattr(entry.data, "callback", UNSET)]  # noqa: B009
    assert named == [callback_id("flow-1", number) + ONCE for number in (1, 2, 3)]
