"""The door to made-up requests, for users who want to send something and have no body at hand."""

from __future__ import annotations

import asyncio
from typing import Final

from msgspec import UNSET, Struct, UnsetType, field
from starlette.requests import Request
from starlette.responses import Response

from emulator.channels.table import Channel
from emulator.control import bodies
from emulator.errors import Json
from emulator.flow.kinds import KINDS, Name
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.validation.hints import meant, quoted


class SampleQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of a made-up request to this `endpoint`: the `channels` of the steps of a flow (with commas between them;
    without it, random ones), the number `to` that it goes to, the `callback` URL; equal `seed`s give equal requests.
    """

    endpoint: Name = "failover"
    channels: str = ""
    to: str = ""
    callback: str = ""
    seed: bodies.Number = 0


class Sample(Struct, rename="camel"):
    """A body of a call that sends a `flow`, or one message, with the members that it has there."""

    flow: list[Json] | UnsetType = UNSET
    body: str | Json | UnsetType = UNSET
    to: str | Json | UnsetType = UNSET
    sender: str | UnsetType = field(name="from", default=UNSET)
    flash: bool | UnsetType = UNSET
    label: str | UnsetType = UNSET
    ttl: int | UnsetType = UNSET
    transcode: bool | UnsetType = UNSET
    callback: Json | UnsetType = UNSET
    sender_info_tracking_id: str | UnsetType = UNSET
    callback_url: str | UnsetType = UNSET
    inbound_url: str | UnsetType = UNSET
    dial_plan: Json | UnsetType = UNSET
    hangup_delay: int | UnsetType = UNSET
    max_duration: int | UnsetType = UNSET
    method: str | UnsetType = UNSET
    kind: str | UnsetType = field(name="type", default=UNSET)
    recipient: str | UnsetType = UNSET
    template: str | UnsetType = UNSET
    originator: str | UnsetType = UNSET
    digits: int | UnsetType = UNSET
    lifetime_in_seconds: int | UnsetType = UNSET
    max_retries: int | UnsetType = UNSET


FLOWS: Final = tuple(name for name, kind in KINDS.items() if not kind.single)
"""The endpoints whose requests have several steps."""


async def sample(request: Request) -> Response:
    """Answer a valid body of the endpoint's call, with made-up texts."""
    query = bodies.query(request, SampleQuery)
    channels = tuple(each.strip() for each in query.channels.split(",") if each.strip())
    if wrong := [each for each in channels if each not in tuple(Channel)]:
        raise Problem(400, f"there is no channel {quoted(wrong[0])}{meant(wrong[0], tuple(Channel))}")
    if channels and query.endpoint not in FLOWS:
        raise Problem(400, f"a single message has no channels to choose; they are for {' and '.join(FLOWS)}")
    if Channel.VOICE in channels and query.endpoint == "otp":
        raise Problem(400, "a one-time password goes over Viber and Sms only")
    if query.callback and query.endpoint == "2step":
        raise Problem(400, "a code names no callback; --two-step-callback says where its changes are told")
    return messages.good(await asyncio.to_thread(_body, query, channels))


def _body(query: SampleQuery, channels: tuple[str, ...]) -> Json:
    from faker import Faker  # the import takes a quarter of a second

    from emulator.fakes import FailoverProvider

    fake, to = Faker(), {"to": query.to} if query.to else {}
    fake.add_provider(FailoverProvider)
    fake.seed_instance(query.seed)
    made: Json
    match query.endpoint:
        case "sms":
            made = fake.sms_message(query.callback) | to
        case "viber":
            made = fake.viber_message(query.callback) | to
        case "voice":
            made = fake.voice_call(query.callback) | ({"to": {"phone": query.to}} if query.to else {})
        case "2step":
            made = fake.two_step_code() | ({"recipient": query.to} if query.to else {})
        case "transactional":
            made = fake.transactional_flow(channels, query.callback)
        case "otp":
            made = fake.otp_flow(channels, query.callback)
        case _:
            made = fake.failover_flow(channels, query.callback)
    if query.endpoint in FLOWS:
        made["flow"] = [step | to for step in made["flow"]]
    return made
