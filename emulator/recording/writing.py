"""Writes recorded flows as a scenario that replays them: YAML, made without a YAML library. Pure.

Each flow becomes a rule that matches its recipients and, where several flows have the same one, the number of the
request to it. The rule has the reports of the flow's steps, with their times. A flow that uses a channel twice has a
rule for each step, told apart by `order` (of two steps with one order, the first plays for both). Steps that never
started are left to the implied rule.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from msgspec.structs import replace

from emulator.channels.table import CHANNELS, default_cause
from emulator.channels.text import SINGLE
from emulator.clock import durations, instants
from emulator.errors import Json, plural
from emulator.flow.kinds import KINDS
from emulator.flow.reply import PlannedReply
from emulator.recording.bodies import of_bodies
from emulator.recording.journal import of_journal
from emulator.recording.recorded import RecordedFlow, RecordedStep, RecordingError, Told

__all__ = ["RecordingError", "from_bodies", "from_journal", "from_told", "scenario"]


def from_journal(entries: Iterable[Json]) -> str:
    """The scenario that replays the flows of journal entries, as GET /_emulator/journal shows them, oldest first. Flows
    whose request is not among them are left out. Raises RecordingError.
    """
    found = of_journal(entries)
    lacking = "no step of what was accepted has started" if found else "the journal has no accepted request"
    return scenario(found, "an emulator's journal", lacking)


def from_bodies(bodies: Iterable[Json]) -> str:
    """The scenario that replays the flows that callback bodies tell of, in the order in which they were received.
    Raises RecordingError.
    """
    return from_told(Told(body, f"body {number}") for number, body in enumerate(bodies, 1))


def from_told(told: Iterable[Told]) -> str:
    """The scenario that replays the flows of which is told, by bodies with their places. Raises RecordingError."""
    return scenario(of_bodies(told), "callback bodies", "no body has a message")


def scenario(found: list[RecordedFlow], source: str, lacking: str) -> str:
    """The whole text. Each recipient of a flow has a rule; one who gets the same channel twice, a rule for each step.
    Raises RecordingError, with what is `lacking`, if no flow has a step.
    """
    flows = [flow for flow in found if flow.steps]
    if not flows:
        raise RecordingError(f"there is nothing to record: {lacking}")
    if len(known := {flow.application for flow in flows if flow.application}) == 1:
        flows = [replace(flow, application=next(iter(known))) for flow in flows]  # some bodies do not tell it
    begun = f"{instants.written(flows[0].at)[:10]}, {plural(len(flows), 'flow')}"
    lines = [f"purpose: Recorded from {source} of {begun}.", "rules:"]
    for flow, matches in zip(flows, _matches(flows), strict=True):
        outcome = " ".join(filter(None, (flow.status, flow.status_code))) or "not ended"
        lines.append(f"  # flow {_text(flow.id)[1:-1]} of {instants.written(flow.at)}: {outcome}")
        for to in dict.fromkeys(step.to for step in flow.steps):
            steps = [step for step in flow.steps if step.to == to]
            if len({step.channel for step in steps}) == len(steps):
                rules = [(matches[to], steps)]
            else:
                rules = [(matches[to] | {"order": step.order}, [step]) for step in steps]
            for match, planned in rules:
                lines += _rule(match, planned, flow.queued if planned[0] is flow.steps[0] else 0)
                lines += [f"    code: {_text(flow.code)}"] if flow.code else []
    return "\n".join([*lines, *_expectations(flows), ""])


def _matches(flows: list[RecordedFlow]) -> list[dict[str, Json]]:
    """For each flow, by recipient, the `match` that finds its requests again. It has the application where there are
    several, and the number of the request where a recipient has several.
    """
    every = [(flow.application, to) for flow in flows for to in flow.recipients]
    totals, so_far = Counter(every), Counter[tuple[str, str]]()
    several = len({flow.application for flow in flows}) > 1
    found = []
    for flow in flows:
        shared: Json = {"application": flow.application} if several and flow.application else {}
        matches = {}
        for to in flow.recipients:
            asked = flow.application, to
            so_far[asked] += 1
            matches[to] = shared | {"to": to} | ({"request_to": so_far[asked]} if totals[asked] > 1 else {})
        found.append(matches)
    return found


def _rule(match: Json, steps: list[RecordedStep], queued: int) -> list[str]:
    """A rule that has the reports of these steps, and how long the first was `queued`; reasons and causes only where
    the status does not imply them. Raises RecordingError if a report came later than a scenario can say.
    """
    lines = [f"  - match: {_map(match)}"]
    lines += [f"    queued: {durations.written(queued)}"] if queued else []
    lines.append("    plan:")
    for step in steps:
        lines.append(f"      {step.channel}:{'' if step.reports else ' silence'}")
        own = [f"        keys: [{', '.join(map(_text, step.keys))}]"] if step.keys else []
        own += ["        answeredBy: MACHINE"] if step.machine else []
        own += [f"        parts: {_map({str(part): status for part, status in step.parts})}"] if step.parts else []
        own += ["        reply:", *map(_reply, step.replies)] if step.replies else []
        lines += [*own, "        plan:"] if own else []
        for report in step.reports:
            at = durations.written(report.at)
            if report.at > durations.LONGEST and not step.expires(report):
                raise RecordingError(
                    f"{step.channel} to {step.to}: {report.status} came {at} after its start; at most 366d"
                )
            parts = [f"at: {'ttl' if step.expires(report) else at}", f"status: {report.status}"]
            if report.description:
                detailed = {"detailedStatus": report.detailed} if report.detailed else {}
                parts.append(f"reason: {_map(detailed | {'description': report.description})}")
            elif report.detailed:
                parts.append(f"reason: {_text(report.detailed)}")
            if report.cause and report.cause != default_cause(report.status):
                parts.append(f"cause: {report.cause}")
            lines.append(f"        {'  ' if own else ''}- {{ {', '.join(parts)} }}")
    return lines


def _reply(planned: PlannedReply) -> str:
    """What the recipient answers. Raises RecordingError if that came later than a scenario can say."""
    reply, after = planned.reply, durations.written(planned.after)
    if planned.after > durations.LONGEST:
        raise RecordingError(
            f"a reply, {_text(reply.text or reply.media)}, came {after} after its message; at most 366d"
        )
    given = {"text": reply.text, "media": reply.media, "filename": reply.filename, "url": reply.url}
    return f"          - {_map({'after': after} | {name: value for name, value in given.items() if value})}"


def _expectations(flows: list[RecordedFlow]) -> list[str]:
    """What the same requests come to again. Said only if all flows have ended, are one application's, and have one
    recipient each.
    """
    ended = (
        flow.status is not None and flow.status.final and CHANNELS[flow.steps[-1].channel].final(flow.steps[-1].status)
        for flow in flows
    )
    simple = len({flow.application for flow in flows}) == 1 and all(len(flow.recipients) == 1 for flow in flows)
    if not simple or not all(ended):
        return []
    lines = ["expect:"]
    for flow in flows:
        lines.append("  - send:")
        for step in flow.steps:
            sent: Json = {"type": step.channel, "to": step.to}
            last = max((part for part, _ in step.parts), default=1)
            sent |= {"text": "." * SINGLE * last} if last > 1 else {}
            sent |= {"ttl": step.ttl} if step.ttl and not flow.code else {}
            listed = step.failover_on_statuses if KINDS[flow.kind].lists else None
            sent |= {"failoverOnStatuses": listed} if listed else {}
            sent |= {"expireOnDelivery": True} if step.expire_on_delivery else {}
            lines.append(f"      - {_map(sent)}")
        lines += [f"    endpoint: {flow.kind}"] if flow.kind != "failover" else []
        lines.append(f"    status: {flow.status}")
        lines += [f"    statusCode: {_text(flow.status_code)}"] if flow.status_code else []
        lines.append(f"    messages: [{', '.join(step.status for step in flow.steps)}]")
    return lines


def _map(members: Json) -> str:
    """A YAML map on one line."""
    return f"{{ {', '.join(f'{key}: {_text(value)}' for key, value in members.items())} }}"


def _text(value: object) -> str:
    """JSON, which is YAML too. Unprintable characters, which YAML does not allow, are escaped as YAML does."""
    written = json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in written)
