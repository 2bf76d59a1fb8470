"""The state machine of a flow: what one event makes of it. Pure: no I/O, no time, no randomness, no framework.

The theory. A flow runs its steps one at a time, by `order`. A step starts with its plan: the reports that its channel
will give. Reports and the end of the step's ttl wait, sorted, in the flow's *agenda*; the agenda's head is the
flow's only timer. A flow whose first step is held back is Queued, and has its start there; any other is InProgress
from the beginning. Each of them is an event, and so is a report from outside or a cancellation. An event either fits,
and then changes one message, or it does not, and then only leaves a journal entry that says why.

A message that ends asks `verdict` what becomes of the flow; it is the only place where channels follow one another:

    ended in            listed, another step left    listed, last step          not listed
    a success           next step                    Succeeded                  Succeeded
    a failure           next step                    Failed "2"                 Failed "3"
    a failure, caused   next step                    Failed, the cause's code   Failed, the cause's code

A cause is lack of balance ("1"), which some statuses mean by themselves, or a server error ("0"). The agenda outlives
the flow's end: a late report is still an event, and may still change a message that ended well (a read receipt), but
never the outcome.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, NOT_PAID, RING_OUT_MS, Channel, Kind, default_cause
from emulator.channels.text import count
from emulator.choices.table import TAKEN, Choices
from emulator.flow import replying, talk
from emulator.flow.chosen import completes, moves_on, status_of_start, tells_of_queued
from emulator.flow.content import sent
from emulator.flow.kinds import SINGLE
from emulator.flow.objections import held, message_of, objection, passes_on
from emulator.flow.reply import REPLY
from emulator.flow.request import SmsStep, Step, Strategy, ViberStep, VoiceStep, sequence, ttl_ms
from emulator.flow.state import (
    IN_CALLS,
    SAID,
    START,
    TTL,
    Begun,
    Cancelled,
    Event,
    Flow,
    FlowStatus,
    Message,
    Parts,
    Plan,
    PlannedReport,
    Report,
    Reported,
    StatusCode,
    Transition,
    TtlExpired,
)
from emulator.flow.verification import EXPIRY
from emulator.flow.verifying import expired, timed
from emulator.journal import kinds
from emulator.journal.entry import Details, Entry
from emulator.seed import callback_id

CAUSES: Final = {"balance": StatusCode.NO_BALANCE, "server": StatusCode.SERVER_ERROR}
THE_END: Final = 1 << 53
"""A time in milliseconds by which every flow has ended."""
REACHED: Final = ("InProgress", "Delivered", "DELIVERED", "SEEN")
"""The statuses in which a message reaches its recipient."""
_TIME: Final = attrgetter("at")


def accept(flow: Flow) -> Transition:
    """Start the first step of a planned flow, at the flow's time of creation, unless its agenda has the start."""
    return Transition(timed(flow)) if flow.agenda else handle(flow, Begun(), flow.created_at)


def run_out(flow: Flow) -> Transition:
    """Run a planned flow from its first step to its end, each event at its own time, as if nobody intervened."""
    accepted = accept(flow)
    return accepted.then(due(accepted.flow, THE_END))


def due(flow: Flow, now: int) -> Transition:
    """Handle all agenda items that are due by `now`, each at its own time."""
    done = Transition(flow)
    while done.flow.agenda and done.flow.agenda[0].at <= now:
        head, *rest = done.flow.agenda
        done = done.then(_due(replace(done.flow, agenda=tuple(rest)), head))
    return done


def _due(flow: Flow, item: Report) -> Transition:
    """Handle an item that was due, at its own time."""
    if item.status == EXPIRY:
        return expired(flow, item.at)
    if item.status == SAID:
        return handle(flow, Reported(Report(item.at, item.step, "Completed")), item.at)
    if item.status in IN_CALLS:
        return talk.happened(flow, item)
    if item.status == REPLY:
        return replying.due(flow, item)
    event = Begun() if item.status == START else TtlExpired(item.step) if item.status == TTL else Reported(item)
    return handle(flow, event, item.at)


def handle(flow: Flow, event: Event, now: int) -> Transition:
    """Apply one event at time `now`. One that does not fit changes nothing: its only entry, `ignored`, says why."""
    match event:
        case Begun():
            begun = _started(Transition(flow), now)
            return _announced(flow, begun) if flow.choices is TAKEN or tells_of_queued(flow) else begun
        case Reported(report):
            return _reported(flow, report, now)
        case TtlExpired(step):
            if passes_on(flow, step):
                return _passed_on(flow, step, now)
            ttl = CHANNELS[flow.request.flow[step].channel].ttl
            assert ttl is not None
            why = "The message was not delivered within its ttl."
            return _reported(flow, Report(now, step, ttl.status, ttl.detailed, why), now)
        case Cancelled(why):
            return _cancelled(flow, why, now)
        case _:
            return talk.handle(flow, event, now)


def verdict(
    step: Step, status: str, cause: str, *, has_next: bool, choices: Choices = TAKEN
) -> tuple[FlowStatus, StatusCode | None]:
    """What becomes of a flow whose live step ended in `status`; InProgress means that the next step starts."""
    listed = status in step.failover_on_statuses if choices is TAKEN else moves_on(step, status, choices)
    if listed and has_next:
        return FlowStatus.IN_PROGRESS, None
    if CHANNELS[step.channel].statuses[status] is Kind.SUCCESS:
        return FlowStatus.SUCCEEDED, None
    code = StatusCode.NO_NEXT_STEP if listed else StatusCode.NOT_TRIGGERED
    return FlowStatus.FAILED, CAUSES.get(cause or default_cause(status), code)


def _reported(flow: Flow, report: Report, now: int) -> Transition:
    why = objection(flow, report)
    step, reason = flow.request.flow[report.step], report.detailed or UNSET
    channel, agenda = step.channel, flow.agenda
    if why is not None:
        ignored = kinds.Ignored(report.step + 1, channel, report.status, reason, why)
        return Transition(flow, (_entry(flow, now, ignored),))
    before = message_of(flow, report.step)
    assert before is not None
    parts = _failing(flow, report)
    if parts:
        report, reason = Report(report.at, report.step, parts[0][1]), UNSET
    after = replace(_updated(flow, before, report, now), parts=parts) if parts else _updated(flow, before, report, now)
    messages = tuple([after if each.step == after.step else each for each in flow.messages])
    status = flow.status if flow.status.final else FlowStatus.IN_PROGRESS
    if after.live and isinstance(step, ViberStep) and step.ttl_since_delivery and held(step, report.status):
        bound = Report(now + ttl_ms(step), report.step, TTL)
        agenda = tuple(sorted((*_without_ttl(flow, report.step), bound), key=_TIME))
    if before.reached_at is None and after.reached_at is not None and (plan := flow.plans[report.step]).replies:
        coming = [Report(now + each.after, report.step, REPLY, str(at)) for at, each in enumerate(plan.replies)]
        agenda = tuple(sorted((*agenda, *coming), key=_TIME))
    changed = replace(flow, messages=messages, agenda=agenda, status=status, updated_at=now)
    told = kinds.Status(report.step + 1, channel, report.status, reason, parts=dict(parts) or UNSET)
    done = Transition(changed, (_entry(flow, now, told),))
    if channel is Channel.VOICE:
        done = talk.reported(done, after, now)
    if before.live and not after.live:
        done = _step_ended(done, after, report.cause, now)
    return _announced(flow, done)


def _failing(flow: Flow, report: Report) -> Parts:
    """The parts that have a message fail although it is reported as Delivered, which it is when all of them are."""
    step, planned = flow.request.flow[report.step], flow.plans[report.step].parts
    if not planned or not isinstance(step, SmsStep) or report.status != "Delivered":
        return ()
    return tuple([part for part in planned if part[0] <= count(sent(flow, step))])


def _updated(flow: Flow, message: Message, report: Report, now: int) -> Message:
    step = flow.request.flow[message.step]
    traits = CHANNELS[step.channel]
    expired = held(step, message.status) and traits.ttl is not None and report.status == traits.ttl.status
    return replace(
        message,
        status=report.status,
        detailed=report.detailed,
        description=report.description or (NOT_PAID if report.cause == "balance" and traits.reasons else ""),
        updated_at=now,
        live=message.live and (not traits.final(report.status) or held(step, report.status)),
        reached_at=now if report.status in REACHED and message.reached_at is None else message.reached_at,
        expired_on_delivery_at=now if expired else message.expired_on_delivery_at,
    )


def _step_ended(done: Transition, message: Message, cause: str, now: int) -> Transition:
    flow = done.flow
    has_next = len(flow.messages) < len(flow.request.flow)
    step = flow.request.flow[message.step]
    status, code = verdict(step, message.status, cause, has_next=has_next, choices=flow.choices)
    flow = replace(flow, status=status, status_code=code, agenda=_without_ttl(flow, message.step))
    if not status.final:
        return _started(replace(done, flow=flow), now)
    completed = _entry(flow, now, kinds.Completed(status, code))
    return replace(done, flow=flow, entries=(*done.entries, completed))


def _without_ttl(flow: Flow, step: int) -> tuple[Report, ...]:
    return tuple([item for item in flow.agenda if item.step != step or item.status != TTL])


def _passed_on(flow: Flow, step: int, now: int) -> Transition:
    """The message of a step stays delivered, and the next step starts all the same."""
    messages = tuple([replace(each, live=False) if each.step == step else each for each in flow.messages])
    return _announced(flow, _started(Transition(replace(flow, messages=messages)), now, delivered=True))


def _started(done: Transition, now: int, *, delivered: bool = False) -> Transition:
    """Start the flow's next step: move its planned reports into the agenda, with what bounds it. One that says why the
    channel does not take the step stays in its plan too.
    """
    flow = done.flow if done.flow.verification is None else timed(done.flow)
    index = sequence(flow.request)[len(flow.messages)]
    step, plan = flow.request.flow[index], flow.plans[index]
    coming = [
        Report(now + each.at, index, each.status, each.detailed, each.description, each.cause) for each in plan.reports
    ]
    agenda = tuple(sorted((*flow.agenda, *coming, *_bounds(step, index, plan, now)), key=_TIME))
    message = Message(index, CHANNELS[step.channel].initial, "", "", now, now)
    late = flow.status is FlowStatus.QUEUED and now > flow.created_at
    started = kinds.Started(index + 1, step.channel, plan.rule, held=late or UNSET, delivered=delivered or UNSET)
    messages = (*flow.messages, message)
    status = FlowStatus.IN_PROGRESS if flow.choices is TAKEN else status_of_start(flow)
    plans = flow.plans
    if plan.reports and plan.rule != kinds.NOT_TAKEN:
        plans = (*plans[:index], replace(plan, reports=()), *plans[index + 1 :])
    flow = replace(flow, messages=messages, agenda=agenda, status=status, updated_at=now, plans=plans)
    return replace(done, flow=flow, entries=(*done.entries, _entry(flow, now, started)))


def _bounds(step: Step, index: int, plan: Plan, now: int) -> tuple[Report, ...]:
    """What ends a step that its plan leaves open: its ttl; of a call, which has none, the status that follows from
    its last report if nothing more comes for RING_OUT_MS.
    """
    if not isinstance(step, VoiceStep):
        return (Report(now + ttl_ms(step), index, TTL),)
    traits = CHANNELS[step.channel]
    if plan.said or any(traits.final(report.status) for report in plan.reports):
        return ()
    last = plan.reports[-1] if plan.reports else PlannedReport(0, traits.initial)
    return (Report(now + last.at + RING_OUT_MS, index, traits.unanswered[last.status]),)


def _cancelled(flow: Flow, why: str, now: int) -> Transition:
    if flow.status.final:
        return Transition(flow, (_entry(flow, now, kinds.Ignored(why=f"the flow ended as {flow.status}")),))
    messages = tuple(replace(each, live=False) for each in flow.messages)
    ended = replace(
        flow,
        status=FlowStatus.FAILED,
        status_code=StatusCode.SERVER_ERROR,
        agenda=tuple(item for item in flow.agenda if item.status == EXPIRY),
        messages=messages,
        updated_at=now,
    )
    done = Transition(ended, (_entry(flow, now, kinds.Cancelled(ended.status, ended.status_code, why)),))
    return done if flow.kind in SINGLE else _announced(flow, done)  # a message's status stays


def _announced(before: Flow, done: Transition) -> Transition:
    """Add the callbacks that are owed, if any: on completion for the flow's end only, else for the start and each
    change. The entry names the first of them. Of a flow with a verification, only how that stands is told.
    """
    callback = before.request.callback
    if callback is UNSET or before.verification is not None or (callback.bare and not before.messages):
        return done
    if (
        callback.strategy is Strategy.ON_COMPLETION
        and (before.status.final or not done.flow.status.final)
        and (before.choices is TAKEN or not completes(before, done.flow))
    ):
        return done
    more = told_at_once(done.flow) if callback.each_part else 1
    flow = replace(done.flow, told=done.flow.told + more)
    first, *others = done.entries
    noted = replace(first, data=replace(first.data, callback=callback_id(flow.id, before.told + 1, callback.bare)))
    return replace(done, flow=flow, entries=(noted, *others), callbacks=(flow,))


def told_at_once(flow: Flow) -> int:
    """How many callbacks tell the customer of one event: one, or one for each part of the Sms that the flow is on."""
    callback, step = flow.request.callback, flow.request.flow[flow.messages[-1].step if flow.messages else 0]
    each_part = callback is not UNSET and callback.each_part and isinstance(step, SmsStep)
    return count(sent(flow, step)) if each_part and isinstance(step, SmsStep) else 1


def _entry(flow: Flow, now: int, told: Details) -> Entry:
    return Entry(now, flow.application, flow.id, told)
