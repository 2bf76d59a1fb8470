"""What callbacks and trackings tell of a flow or message, as bodies that the reader of recordings takes, whatever
service and choices they are of. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, Final

from emulator.channels.table import CHANNELS, SMS, Channel
from emulator.clock import instants
from emulator.errors import Json

SECOND: Final = 1000
HALF: Final = 499
"""How far a time may be from whole seconds that it is rounded to, in ms."""
_TIMES: Final = ("updatedAt", "updatedDate", "date", "createdAt")
"""The members that say when something happened."""


def at(body: Json) -> int:
    """When what a body tells has happened, in ms; 0 if it does not say."""
    return moment(body.get("updatedAt") or (body.get("status") or {}).get("updatedDate"))


def latest(body: Any) -> int:
    """The latest time that a body tells of, in ms; 0 if it tells of none."""
    if isinstance(body, list):
        return max(map(latest, body), default=0)
    if not isinstance(body, dict):
        return 0
    return max((moment(each) if name in _TIMES else latest(each) for name, each in body.items()), default=0)


def moment(written: object) -> int:
    """A time in ms; 0 for what is none."""
    try:
        return instants.read(str(written)) if written else 0
    except (ValueError, OverflowError):
        return 0


def bodies(told: Iterable[tuple[Json, int | None]], created: int) -> list[Json]:
    """Bodies about one flow or single message in their usual spellings, each told at a time, if that is known; of a
    message that was `created` at this time, that it was created is told too.
    """
    found, singles = list[Json](), list[Json]()
    for body, came in told:
        if "messages" in body:
            messages = [_listed(each) for each in body["messages"]]
            found.append(body | {"messages": messages, "statusCode": body.get("statusCode") or None})
        elif "steps" in body:
            found.append(_of_story(body, created, came))
        elif "conversationTrackingId" in body:
            found.append(_of_message(body, Channel.VOICE, created))
        elif "messageId" in body:
            singles.append(_timed(body | {"status": _status(body)}, created))
        elif isinstance(body.get("status"), dict):
            found.append(_of_message(body, Channel.VIBER, created))
    if not singles:
        return found
    queued = {"name": SMS.initial, "updatedDate": instants.written(created)}
    return [*found, min(singles, key=itemgetter("part")) | {"status": queued}, *singles]


def _listed(message: Json) -> Json:
    """A message whose failoverOnStatuses, if there are any, are an array."""
    statuses = message.get("failoverOnStatuses")
    return message | {"failoverOnStatuses": statuses.split(",")} if isinstance(statuses, str) else message


def _status(told: Json) -> Json:
    """A status with its members as callbacks have them; trackings have `status` and `date`."""
    status: Json = told.get("status") or {}
    named = {"status": "name", "date": "updatedDate"}
    return {named.get(name, name): value for name, value in status.items()}


def _timed(told: Json, created: int) -> Json:
    """A body of a single message with the time of its status in milliseconds, which the provider cuts off: one that
    goes with its latency too, which tells of a message that has ended how many seconds, or milliseconds, it took.
    """
    after = max(0, at(told) - created)
    if latency := told.get("latency", 0):
        exact = abs(latency - after) <= abs(latency * SECOND - after)
        least, most = (latency, latency) if exact else (latency * SECOND - HALF, latency * SECOND + HALF)
        after = min(max(after, least), most)
    status = (told.get("status") or {}) | {"updatedDate": instants.written(created + after)}
    return {"part": 1} | told | {"status": status, "latency": 0}


def _flow(name: object, created: int, messages: list[Json]) -> Json:
    """The body of a flow that has not ended."""
    return {"trackingId": name, "status": "InProgress", "createdAt": instants.written(created), "messages": messages}


def _of_message(told: Json, channel: Channel, created: int) -> Json:
    """What a body tells of a single Viber message or call."""
    to = told.get("to")
    more = {"type": channel, "to": to.get("phone") if isinstance(to, dict) else to, "order": 1, "ttl": 0}
    message = told | more | {"status": _status(told), "createdAt": instants.written(created)}
    return _flow(told.get("conversationTrackingId") or told.get("trackingId"), created, [message])


def _of_story(told: Json, created: int, came: int | None) -> Json:
    """What the story of a one-time password tells, whose times are whole seconds: a step begins when the one before it
    has ended, and has its last status when its latency says, or else when it was told.
    """
    return _flow(told.get("flowId"), created, list(_of_steps(told["steps"], created, came)))


def _of_steps(steps: list[Json], began: int, came: int | None) -> Iterator[Json]:
    for number, step in enumerate(steps, 1):
        started = moment(step.get("created_at"))
        began = began if began // SECOND == started // SECOND else started
        channel = Channel(str(step["channel"]).title())
        status = CHANNELS[channel].spell(str(step["status"])) or ""
        took = step.get("latency_ms")
        ended = began + took if isinstance(took, int) else max(began, came or began)
        why = {"detailedStatus": step.get("detailed_status"), "description": step.get("error_message")}
        yield {
            "type": channel,
            "to": step["phone_number"],
            "order": number,
            "ttl": 0,
            "messageId": step["trackingId"],
            "trackingId": step["trackingId"],
            "createdAt": instants.written(began),
            "status": {
                "name": status,
                "reason": why if status != "EXPIRED" else None,
                "updatedDate": instants.written(ended),
            },
        }
        began = ended
