"""Plays what a scenario expects of itself, in no time: with the emulator's own rehearsal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.errors import Json
from emulator.flow.request import Request, Step, Strategy
from emulator.planning.rehearsal import Rehearsed
from tests.support.samples import callback, sms, viber, voice

NUMBER = "+306911111111"
MEMBERS = {"failoverOnStatuses": "failover_on_statuses", "expireOnDelivery": "expire_on_delivery", "from": "sender"}


def step(told: Json, order: int) -> Step:
    """A step with these members, and sensible ones for the rest."""
    make: dict[str, Callable[..., Step]] = {Channel.SMS: sms, Channel.VIBER: viber, Channel.VOICE: voice}
    given: dict[str, Any] = {"to": NUMBER} | {MEMBERS.get(key, key): value for key, value in told.items()}
    channel, text = given.pop("type"), given.pop("text", None)
    made = make[channel](order)
    if text is not None:
        content = {"body": text} if channel == Channel.SMS else {"text": text}
        given["message"] = replace(made.message, **content)  # type: ignore[union-attr]
    if channel == Channel.VOICE:
        given.pop("ttl", None)
    return replace(made, **given)


def request(steps: list[Step]) -> Request:
    """A request with callbacks on each step."""
    return Request(steps, callback(Strategy.ON_STEP))


def result(came: Rehearsed) -> Json:
    """What became of a request: the members of an Expectation."""
    told: Json = {"answer": came.answer, "callbacks": len(came.posts)}
    if came.flow is None:
        return told
    statuses = tuple(message.status for message in came.flow.messages)
    return told | {"status": came.flow.status, "status_code": came.flow.status_code, "messages": statuses}
