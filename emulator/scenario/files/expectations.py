"""Reading what a scenario expects of itself: requests, and what they come to."""

from __future__ import annotations

from typing import Any, Final, Literal, cast

from emulator.channels.table import CHANNELS, Channel
from emulator.clock import instants
from emulator.clock.delays import Fixed, Uniform
from emulator.errors import Json
from emulator.flow.kinds import KINDS
from emulator.flow.state import FlowStatus, StatusCode
from emulator.scenario.answers import ERRORS
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.files.delays import delay
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Expectation
from emulator.validation.hints import nearest

EXPECT: Final = (
    "send",
    "endpoint",
    "to",
    "ttl",
    "at",
    "answer",
    "error",
    "queued",
    "status",
    "statusCode",
    "messages",
    "callbacks",
    "keys",
    "answeredBy",
    "reply",
)
STEP: Final = (
    "type",
    "to",
    "from",
    "ttl",
    "text",
    "label",
    "senderInfoTrackingId",
    "video",
    "failoverOnStatuses",
    "expireOnDelivery",
    "dialPlan",
    "machineDetection",
)
_INSTANT: Final = "a time such as 2026-03-02T23:30Z"


def expectation(cursor: Cursor) -> Expectation:
    """A request, and what it is expected to come to."""
    members = cursor.fields(EXPECT, needed=("send",))
    common = {key: _step_member(key, members[key]) for key in ("to", "ttl") if key in members}
    steps = members["send"].items("channels") if "send" in members else []
    code = members.get("statusCode")
    return Expectation(
        send=tuple(common | _step(each) for each in steps),
        answer=members["answer"].whole(200, 599) if "answer" in members else None,
        status=_status(members["status"]) if "status" in members else None,
        status_code=code.name(tuple(StatusCode)) if code is not None and code.value is not None else None,
        messages=tuple(_texts(members["messages"])) if "messages" in members else None,
        callbacks=_posted(members["callbacks"]) if "callbacks" in members else None,
        error=_error(members["error"]) if "error" in members else None,
        queued=_held(members["queued"]) if "queued" in members else None,
        keys=_several(members["keys"]) if "keys" in members else None,
        answered_by=cast(Literal["human", "machine"], members["answeredBy"].name(("human", "machine")) or "human")
        if "answeredBy" in members
        else None,
        reply=_several(members["reply"]) if "reply" in members else None,
        at=_instant(members["at"]) if "at" in members else None,
        endpoint=_endpoint(members["endpoint"]) if "endpoint" in members else "failover",
    )


def _endpoint(cursor: Cursor) -> Endpoint:
    """Where a request goes that is expected to come to something."""
    return cast(Endpoint, cursor.name(tuple(KINDS)) or "failover")


def _status(cursor: Cursor) -> str:
    """The status of a flow; one of a message stands elsewhere."""
    if any(cursor.value in traits.statuses and cursor.value not in tuple(FlowStatus) for traits in CHANNELS.values()):
        cursor.wrong(f"{cursor.value} is the status of a message; did you mean messages: [{cursor.value}]?")
        return ""
    return cursor.name(tuple(FlowStatus))


def _posted(cursor: Cursor) -> int | tuple[str, ...]:
    """How many callbacks come, or what each tells."""
    if isinstance(cursor.value, list):
        return tuple(_texts(cursor))
    if not isinstance(cursor.value, int) or isinstance(cursor.value, bool):
        cursor.expected("the number of callbacks, or a list of the statuses that they tell, such as [Queued, Sent]")
        return 0
    return cursor.whole(0)


def _error(cursor: Cursor) -> str:
    """The code of an error, or the one of an error that has this name."""
    known = [*ERRORS, *{each.error: None for each in ERRORS.values() if each.error}]
    text = cursor.text("the code of an error, or its name, such as no-balance")
    if text in ERRORS and not ERRORS[text].error_code:
        cursor.wrong(f"{text} has no code, since its body is no JSON; say answer: {ERRORS[text].status}")
    elif text not in known and nearest(text, known):
        cursor.unknown("there is no error", known)
    return ERRORS[text].error_code if text in ERRORS else text


def _held(cursor: Cursor) -> tuple[int, int]:
    """For how long the start is held back: a time, or from one to another."""
    match delay(cursor):
        case Fixed(ms=ms):
            return ms, ms
        case Uniform(low=low, high=high):
            return low, high
    cursor.expected("a time such as 5s, or from one to another, such as 10s..2m")
    return 0, 0


def _several(cursor: Cursor) -> tuple[str, ...]:
    """A text, or a list of some, or of none."""
    return tuple(_texts(cursor)) if isinstance(cursor.value, list) else (cursor.text(),)


def _instant(cursor: Cursor) -> int:
    """A time in milliseconds."""
    try:
        return instants.read(cursor.text(_INSTANT))
    except (ValueError, OverflowError):
        cursor.expected(_INSTANT)
        return 0


def _step(cursor: Cursor) -> Json:
    """A step to send: the name of a channel, or a map with it under `type` and members as the API has them."""
    if not isinstance(cursor.value, dict):
        return {"type": cursor.name(tuple(Channel))}
    members = cursor.fields(STEP, needed=("type",))
    return {key: _step_member(key, member) for key, member in members.items()}


def _step_member(key: str, cursor: Cursor) -> Any:
    match key:
        case "type":
            return cursor.name(tuple(Channel))
        case "ttl":
            return cursor.number(0, above=True, unit=" of minutes")
        case "expireOnDelivery":
            return cursor.flag()
        case "dialPlan" | "machineDetection":
            if not isinstance(cursor.value, dict):
                cursor.expected("a map, as the API has it")
            return cursor.value
        case "failoverOnStatuses":
            return _texts(cursor)
        case _:
            return cursor.text()


def _texts(cursor: Cursor) -> list[str]:
    """A list of texts, which may be empty."""
    return [] if cursor.value == [] else [each.text() for each in cursor.items("texts")]
