"""Writing a plan as a file says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.clock.delays import Delay
from emulator.errors import Json
from emulator.flow.reply import Reply
from emulator.scenario.files import delays
from emulator.scenario.outcomes import HAPPY, SILENCE, WAYS, Choice, Line, Outcome, Said, Sequence


def written_plan(plan: Mapping[Channel, Outcome]) -> Json:
    """A plan as a file says it, in its shortest form: `plans.plan` makes the same of it. A file can't count a share of
    a ttl from the line before.
    """
    return {channel.value: _written(made, channel) for channel, made in plan.items()}


def _written(made: Outcome, channel: Channel) -> Any:
    match made:
        case Choice(options=options):
            of = [{"weight": weight, "plan": _written(each, channel)} for weight, each in options]
            return {"choose": {"per": "recipient", "of": of} if made.per_recipient else of}
        case Sequence(outcomes=outcomes):
            return {"sequence": [_written(each, channel) for each in outcomes]}
    replies = [_written_reply(after, reply) for after, reply in made.replies]
    given = {
        "parts": dict(made.parts),
        "reply": replies[0] if len(replies) == 1 else replies,
        "keys": list(made.keys),
        "answeredBy": "MACHINE" if made.machine else "",
        "after": "" if made.answered is None else delays.written(made.answered),
    }
    if own := {name: member for name, member in given.items() if member}:
        way = _written(replace(made, parts=(), replies=(), keys=(), machine=False, answered=None), channel)
        return own | ({} if way == "happy" else {"plan": way})
    words = {"happy": HAPPY[channel], "silence": SILENCE} | WAYS[channel]
    word = next((word for word, way in words.items() if way == made), "")
    return word or [_written_line(line) for line in made.lines]


def _written_reply(after: Delay, reply: Reply) -> Json:
    given = {"text": reply.text, "media": reply.media, "filename": reply.filename, "url": reply.url}
    return {"after": delays.written(after)} | {name: value for name, value in given.items() if value}


def _written_line(line: Line) -> Json:
    assert not isinstance(line.time, Said)  # which no file can say
    written = {"at" if line.since_start else "after": delays.written(line.time), "status": line.status}
    if line.reason.description:
        reason = {"detailedStatus": line.reason.detailed_status, "description": line.reason.description}
        written["reason"] = {name: text for name, text in reason.items() if text}
    elif line.reason.detailed_status:
        written["reason"] = line.reason.detailed_status
    return written | ({"cause": line.cause} if line.cause else {})
