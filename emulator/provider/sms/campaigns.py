"""The doors for campaigns: accept one, show it and its messages, call a scheduled one off.

A campaign is kept with its first message, in whose id its own id ends; its other messages were accepted at the same
time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.accounts.tokens import ANYBODY
from emulator.clock import instants
from emulator.engine.submission import Received, Refused
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.request import Campaign, SmsStep
from emulator.flow.state import Cancelled, Flow
from emulator.http import messages
from emulator.http.log import About, say
from emulator.provider import faulty, paging
from emulator.provider.errors import about_value, invalid, not_found
from emulator.provider.incoming import json_sent, remark
from emulator.provider.service import Parts
from emulator.provider.sms import campaign, reading
from emulator.provider.sms.door import KIND, SCOPE, default_callback, not_taken, read_with_sender
from emulator.provider.sms.recipients import recipients
from emulator.provider.sms.tracking import DEFAULT_SIZE, LARGEST_SIZE, Messages
from emulator.seed import belonging
from emulator.store.contract import Store
from emulator.store.records import Change, Search

PATH: Final = "/sms/campaign"
ANALYSIS: Final = "/sms/analyze/campaign"
_KNOWN: Final = ("analyze", "campaign", "tracking")
"""What stands below /sms that is no id."""
METHODS: Final = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
NOT_SCHEDULED: Final = "400009000"
"""The code for calling off what is not scheduled any more: not documented, but the module's with the general number."""


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to these doors."""
    door = Campaigns(parts)
    return [
        Route(PATH, door.accept, methods=["POST"]),
        Route(ANALYSIS, door.analyze, methods=["POST"]),
        Route("/campaigns/{id}", door.show, methods=["GET"]),
        Route("/sms/tracking/campaign/{id}", door.messages, methods=["GET"]),
        Route("/sms/{id}", door.below, methods=METHODS),
    ]


class Campaigns:
    """Accepts and shows an application's campaigns."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store = parts.store

    async def accept(self, request: Request) -> Response:
        """Accept a campaign, or refuse it."""
        application, body = await json_sent(request, self._parts, SCOPE)
        value, remarks = await self._value(application, body)
        starts_at = _scheduled(value)
        found = await recipients(self._parts.contacts, application, value, remarks)
        now, chosen = self._parts.engine.now(application), await self._parts.faults.chosen(request.scope)
        default = default_callback(self._parts.settings, self._parts.accounts.get(application, ANYBODY))
        made = await asyncio.to_thread(campaign.messages, value, found.to, default)
        if why := self._parts.senders.wrong(made[0].request.flow[0]):
            raise not_taken(made[0].request.flow[0], why)
        asked, prices = [each.request for each in made], self._parts.funds.prices(application, chosen)
        of = Campaign("", "", await asyncio.to_thread(campaign.details, value, asked, found.in_groups, now, prices))

        def complete(flow: Flow, *, first: bool) -> Flow:
            nonlocal of
            if first:  # nothing else refuses the campaign, so its name is taken only now
                name = taken(self._store, application, value.get("campaignName", ""))
                of = replace(of, tracking_id=belonging(flow.id, "campaign"), name=name)
                return campaign.completed(flow, of, starts_at)
            return campaign.completed(flow, replace(of, details=UNSET), starts_at)

        remarks += (*found.remarks, *campaign.remarks(value, starts_at, now))
        received = [
            (Received(KIND, application, PATH, each.body, remarks + each.remarks), each.request) for each in made
        ]
        outcome = await self._parts.submissions.submit_all(received, body, now, complete, chosen)
        if isinstance(outcome, Refused):
            raise faulty.refusal(outcome, PATH, now)
        say(request.scope, About(application, words=campaign.summary(of.name, made, remarks)))
        return self._parts.faults.response(messages.good(campaign.shown(of, [], prices)), outcome[1])

    async def analyze(self, request: Request) -> Response:
        """Answer what a campaign comes to, and send nothing."""
        application, body = await json_sent(request, self._parts, SCOPE)
        value, remarks = await self._value(application, body)
        found = await recipients(self._parts.contacts, application, value, remarks)
        told = (*remarks, *found.remarks, *campaign.unknown_groups(value))
        await remark(request, self._parts, application, told)
        made = await asyncio.to_thread(campaign.messages, value, found.to, None)
        steps = [step for each in made for step in each.request.flow if isinstance(step, SmsStep)]
        return messages.good(campaign.analysis(value, steps, found.in_groups))

    async def _value(self, application: str, body: bytes) -> tuple[Json, tuple[str, ...]]:
        """The checked value of a campaign's body, with its application's settings, and remarks on it. Raises
        ApiError.
        """
        value, remarks = await asyncio.to_thread(read_with_sender, reading.campaign, body)
        if self._parts.accounts.get(application, ANYBODY).transcode:
            value.setdefault("transcode", True)
        return value, remarks

    async def show(self, request: Request) -> Response:
        """Answer a campaign as it stands."""
        application = self._parts.access.admitted(request.scope, SCOPE)
        of, flows = await self._known(application, request.path_params["id"])
        return messages.good(campaign.shown(of, [flow async for flow in flows], self._parts.prices))

    async def messages(self, request: Request) -> Response:
        """Answer a page of a campaign's messages."""
        application = self._parts.access.admitted(request.scope, SCOPE)
        wrong = dict[str, str]()
        asked = paging.paging(request.query_params, DEFAULT_SIZE, wrong, LARGEST_SIZE)
        if wrong:
            raise invalid(reading.ENTITY, wrong)
        _, flows = await self._known(application, request.path_params["id"])
        return messages.good(await Messages(asked, self._parts.prices).page(flows))

    async def below(self, request: Request) -> Response:
        """Call a scheduled campaign off: its messages are never sent, and nobody is told. No other method than DELETE
        takes an id, so any other call is a wrong method of a path that is known, or of a misspelt one.
        """
        name = request.path_params["id"]
        if name in _KNOWN or request.method != "DELETE":
            raise HTTPException(405 if name in _KNOWN else 404)
        application = self._parts.access.admitted(request.scope, SCOPE)
        _, flows = await self._known(application, name)
        waiting = [flow.id async for flow in flows if not flow.messages and not flow.status.final]
        off = [await self._parts.engine.change(flow_id, _called_off) for flow_id in waiting]
        if not any(change and change.entries for change in off):  # or another call was first
            raise about_value(NOT_SCHEDULED, "campaign", "trackingId", name, "is not scheduled any more!")
        return Response("", media_type="application/json")

    async def _known(self, application: str, name: str) -> tuple[Campaign, AsyncIterator[Flow]]:
        """A campaign and its messages. Raises ApiError 404."""
        for first in await self._store.alike(name, application):
            of = first.request.campaign
            if of and of.tracking_id == name:
                return of, self._flows(application, name, first.created_at)
        raise not_found("campaign", "trackingId", name, campaign.NOT_FOUND)

    async def _flows(self, application: str, name: str, at: int) -> AsyncIterator[Flow]:
        async for flows in self._store.every(Search(application, at, at, kinds=(KIND,))):
            for flow in flows:
                if flow.request.campaign and flow.request.campaign.tracking_id == name:
                    yield flow


def taken(store: Store, application: str, name: str) -> str:
    """The name of a new campaign, which no other of the application has from now on; one without a name gets a number.
    Raises ApiError 409 for one that is taken.
    """
    while True:
        free = name or f"Campaign {store.counters.count(application, ['campaign'])[0]}"
        if store.counters.count(application, [f"campaign {free}"]) == [1]:
            return free
        if name:
            raise about_value(campaign.NAME_TAKEN, "campaign", "campaignName", name, "exists already!")


def _scheduled(value: Json) -> int:
    """When a campaign starts, in ms; 0 if at once. Raises ApiError 400."""
    text = value.get("scheduledDate", "")
    try:
        return instants.read(text) if text else 0
    except (ValueError, OverflowError) as error:
        raise invalid(reading.CAMPAIGN, {"scheduledDate": f"must be {instants.expected(text)}"}) from error


def _called_off(flow: Flow, now: int) -> Change:
    """A message that waits for its time ends without being sent; of another one nothing changes."""
    if flow.messages or flow.status.final:
        return Change(flow)
    done = machine.handle(flow, Cancelled("the campaign was called off"), now)
    return Change(done.flow, done.entries)
