"""The door to made-up requests, for users who want to send something and have no body at hand."""

from __future__ import annotations

import asyncio
from typing import Literal

from msgspec import UNSET, Struct, UnsetType, field
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import Channel
from emulator.control import bodies
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.validation.hints import meant, quoted


class SampleQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of a made-up request to this `endpoint`, failover or sms: the `channels` of its steps (with commas
    between them; without it, random ones; an sms has none), the number `to` that it goes to, the `callback` URL; equal
    `seed`s give equal requests.
    """

    endpoint: Literal["failover", "sms"] = "failover"
    channels: str = ""
    to: str = ""
    callback: str = ""
    seed: bodies.Number = 0


class Sample(Struct):
    """A body of POST /failover, with its `flow`, or one of POST /sms, with the members of a message."""

    flow: list[Json] | UnsetType = UNSET
    body: str | UnsetType = UNSET
    to: str | UnsetType = UNSET
    sender: str | UnsetType = field(name="from", default=UNSET)
    flash: bool | UnsetType = UNSET
    label: str | UnsetType = UNSET
    ttl: int | UnsetType = UNSET
    transcode: bool | UnsetType = UNSET
    callback: Json | UnsetType = UNSET


async def sample(request: Request) -> Response:
    """Answer a valid body of POST /failover or POST /sms with made-up texts."""
    query = bodies.query(request, SampleQuery)
    channels = tuple(each.strip() for each in query.channels.split(",") if each.strip())
    if wrong := [each for each in channels if each not in tuple(Channel)]:
        raise Problem(400, f"there is no channel {quoted(wrong[0])}{meant(wrong[0], tuple(Channel))}")
    if channels and query.endpoint == "sms":
        raise Problem(400, "a single Sms has no channels to choose; they are for the endpoint failover")
    return messages.good(await asyncio.to_thread(_body, query, channels))


def _body(query: SampleQuery, channels: tuple[str, ...]) -> Json:
    from faker import Faker  # the import takes a quarter of a second

    from emulator.fakes import FailoverProvider

    fake = Faker()
    fake.add_provider(FailoverProvider)
    fake.seed_instance(query.seed)
    if query.endpoint == "sms":
        made: Json = fake.sms_message(query.callback)
        return made | ({"to": query.to} if query.to else {})
    body: Json = fake.failover_flow(channels, query.callback)
    for step in body["flow"]:
        step["to"] = query.to or step["to"]
    return body
