"""Recorded flows written as a scenario that replays them: YAML, made without a YAML library. Pure.

Each flow becomes a rule, found again by its recipients and, where several flows have one, by the number of the request
to it. A rule has the reports of the flow's steps, with their times; a flow that uses a channel twice has a rule for
each step, told apart by its order (of two steps with one order, the first plays for both). Steps that never started are
left to the implied rule.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from emulator.channels.table import CHANNELS, Channel
from emulator.clock import durations, instants
from emulator.errors import Json
from emulator.flow.state import Report
from emulator.recording.bodies import of_bodies
from emulator.recording.journal import of_journal
from emulator.recording.recorded import RecordedFlow, RecordedStep, RecordingError
from emulator.scenario import defaults

__all__ = ["RecordingError", "from_bodies", "from_journal"]


def from_journal(entries: Iterable[Json]) -> str:
    """The scenario that replays the flows of journal entries, as GET /_emulator/journal shows them, oldest first. Flows
    whose request is not among them are left out. Raises RecordingError.
    """
    return _scenario(of_journal(entries), "an emulator's journal", "the journal has no accepted request")


def from_bodies(bodies: Iterable[Json]) -> str:
    """The scenario that replays the flows that callback bodies tell of, in the order in which they were received.
    Raises RecordingError.
    """
    return _scenario(of_bodies(bodies), "callback bodies", "no body has a message")


def _scenario(found: list[RecordedFlow], source: str, lacking: str) -> str:
    flows = [flow for flow in found if flow.steps]
    if not flows:
        raise RecordingError(f"there is nothing to record: {lacking}")
    count = f"{len(flows)} flow{'s' if len(flows) > 1 else ''}"
    lines = [f"purpose: Recorded from {source} of {instants.written(flows[0].at)[:10]}, {count}.", "rules:"]
    for flow, common in zip(flows, _matches(flows), strict=True):
        lines += [_comment(flow), *_rules(flow, common)]
    return "\n".join([*lines, *_expectations(flows), ""])


def _comment(flow: RecordedFlow) -> str:
    outcome = " ".join(filter(None, (flow.status, flow.status_code))) or "not ended"
    return f"  # flow {_text(flow.id)[1:-1]} of {instants.written(flow.at)}: {outcome}"


# --- which requests ---------------------------------------------------------------------------------------------


def _matches(flows: list[RecordedFlow]) -> list[dict[str, Json]]:
    """For each flow, by recipient, what a request must be to be the same again."""
    every = [(flow.application, to) for flow in flows for to in flow.recipients]
    totals, so_far = Counter(every), Counter[tuple[str, str]]()
    several = len({flow.application for flow in flows}) > 1
    found = []
    for flow in flows:
        so_far.update((flow.application, to) for to in flow.recipients)
        numbers = {to: so_far[flow.application, to] for to in flow.recipients if totals[flow.application, to] > 1}
        shared: Json = {"application": flow.application} if several and flow.application else {}
        found.append({to: shared | {"to": to} | _numbered(numbers, to) for to in flow.recipients})
    return found


def _numbered(numbers: dict[str, int], to: str) -> Json:
    return {"request_to": numbers[to]} if to in numbers else {}


def _rules(flow: RecordedFlow, matches: dict[str, Json]) -> list[str]:
    """A rule for each recipient; for each step where one recipient has the same channel twice."""
    lines = []
    for to in dict.fromkeys(step.to for step in flow.steps):
        steps = [step for step in flow.steps if step.to == to]
        if len({step.channel for step in steps}) == len(steps):
            lines += _rule(matches[to], steps)
        else:
            lines += [line for step in steps for line in _rule(matches[to] | {"order": step.order}, [step])]
    return lines


def _rule(match: Json, steps: list[RecordedStep]) -> list[str]:
    return [f"  - match: {_map(match)}", "    plan:", *(line for step in steps for line in _outcome(step))]


# --- what the channels report -----------------------------------------------------------------------------------


def _outcome(step: RecordedStep) -> list[str]:
    if not step.reports:
        return [f"      {step.channel}: silence"]
    return [f"      {step.channel}:", *(_line(step, report) for report in step.reports)]


def _line(step: RecordedStep, report: Report) -> str:
    parts = [f"at: {_time(step, report)}", f"status: {report.status}"]
    reason = _reason(step.channel, report)
    if reason:
        parts.append(f"reason: {reason}")
    if report.cause and report.cause != defaults.cause(report.status):
        parts.append(f"cause: {report.cause}")
    return f"        - {{ {', '.join(parts)} }}"


def _time(step: RecordedStep, report: Report) -> str:
    if _expires(step, report):
        return "ttl"
    if report.at > durations.LONGEST:
        late = durations.written(report.at)
        raise RecordingError(f"{step.channel} to {step.to}: {report.status} came {late} after its start; at most 366d")
    return durations.written(report.at)


def _expires(step: RecordedStep, report: Report) -> bool:
    """Whether this is what the end of the step's ttl does."""
    traits = CHANNELS[step.channel]
    detailed = report.detailed or traits.reasons.get(report.status, ("", ""))[0]
    expired = traits.ttl is not None and (report.status, detailed) == (traits.ttl.status, traits.ttl.detailed)
    return expired and report.at == round(step.ttl * 60_000)


def _reason(channel: Channel, report: Report) -> str:
    """The texts that are not the usual ones of this status; a call's reports have none."""
    if channel is Channel.VOICE:
        return ""
    given = (report.detailed, report.description)
    common = CHANNELS[channel].reasons[report.status]
    detailed, description = (
        text if text.strip() and text != other else "" for text, other in zip(given, common, strict=True)
    )
    if description:
        return _map(({"detailedStatus": detailed} if detailed else {}) | {"description": description})
    return _text(detailed) if detailed else ""


# --- what comes of it -------------------------------------------------------------------------------------------


def _expectations(flows: list[RecordedFlow]) -> list[str]:
    """What the same requests come to again: told if all have ended, are one application's, and have one recipient."""
    one = len({flow.application for flow in flows}) == 1
    if not one or not all(_ended(flow) and len(flow.recipients) == 1 for flow in flows):
        return []
    return ["expect:", *(line for flow in flows for line in _expectation(flow))]


def _ended(flow: RecordedFlow) -> bool:
    last = flow.steps[-1]
    return flow.status is not None and flow.status.final and CHANNELS[last.channel].final(last.status)


def _expectation(flow: RecordedFlow) -> list[str]:
    code = [f"    statusCode: {_text(flow.status_code)}"] if flow.status_code else []
    statuses = ", ".join(step.status for step in flow.steps)
    sent = (f"      - {_map(_sent(step))}" for step in flow.steps)
    return ["  - send:", *sent, f"    status: {flow.status}", *code, f"    messages: [{statuses}]"]


def _sent(step: RecordedStep) -> Json:
    told: Json = {"type": step.channel, "to": step.to}
    told |= {"ttl": step.ttl} if step.ttl else {}
    told |= {"failoverOnStatuses": step.failover_on_statuses} if step.failover_on_statuses else {}
    return told | ({"expireOnDelivery": True} if step.expire_on_delivery else {})


# --- YAML -------------------------------------------------------------------------------------------------------


def _map(members: Json) -> str:
    """A map on one line."""
    return f"{{ {', '.join(f'{key}: {_text(value)}' for key, value in members.items())} }}"


def _text(value: object) -> str:
    """JSON, which is YAML, but for signs that YAML does not let stand; those are escaped its way."""
    told = json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in told)
