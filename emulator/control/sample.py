"""A made-up request, for who wants to send something and has nothing to say."""

from __future__ import annotations

import asyncio
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import Channel
from emulator.control import bodies
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem

Count = Annotated[int, Meta(ge=0, le=10**18)]


class SampleQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of a request: the `channels` of its steps (between commas; any without), the number `to` that all go to,
    the `callback` URL; equal `seed`s give equal requests.
    """

    channels: str = ""
    to: str = ""
    callback: str = ""
    seed: Count = 0


async def sample(request: Request) -> Response:
    """Answer a valid body of POST /failover, its texts made up."""
    wanted = bodies.query(request, SampleQuery)
    channels = tuple(each.strip() for each in wanted.channels.split(",") if each.strip())
    if wrong := [each for each in channels if each not in tuple(Channel)]:
        raise Problem(400, f"channels must be among {', '.join(Channel)}; {wrong[0]} is not")
    return messages.good(await asyncio.to_thread(_made, wanted, channels))


def _made(wanted: SampleQuery, channels: tuple[str, ...]) -> Json:
    from faker import Faker  # takes a quarter of a second

    from emulator.fakes import FailoverProvider

    fake = Faker()
    fake.add_provider(FailoverProvider)
    fake.seed_instance(wanted.seed)
    body: Json = fake.failover_flow(channels, wanted.callback)
    for step in body["flow"]:
        step["to"] = wanted.to or step["to"]
    return body
