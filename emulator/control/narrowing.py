"""Which flows a question is about: the members of its query, and what the store looks for."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies, known
from emulator.engine.library import Library
from emulator.flow.state import FlowStatus
from emulator.provider.errors import Problem
from emulator.store.contract import Store
from emulator.store.records import Filter, Search
from emulator.validation.hints import quoted


class Filters(Struct, frozen=True, forbid_unknown_fields=True):
    """Which flows are wanted: of this `application`, with this `status`, with a recipient that contains `to`, with a
    started step on this `channel`, begun under this `scenario`, with the text `search` in their id, recipients or
    request; `rescued` over this channel, or `any`, after another one had failed; whose `webhooks` are failing, so that
    a callback was refused or given up; created from `since` to `until` (times such as 2026-01-01T00:00Z); each is
    optional.
    """

    application: str | None = None
    status: FlowStatus | None = None
    to: str = ""
    channel: Channel | None = None
    scenario: str = ""
    search: str = ""
    rescued: Literal["Sms", "Viber", "Voice", "any"] | None = None
    webhooks: Literal["failing"] | None = None
    since: str = ""
    until: str = ""


class FlowsQuery(Filters, frozen=True, forbid_unknown_fields=True):
    """A query of flows: at most `limit` of them from `offset` on, by the time of their requests: `newest` first, or as
    `sort` says, `oldest`; narrowed by `application`, `status`, `to`, `channel`, `scenario`, `search` (a part of id,
    recipient or request), `rescued` (a channel that reached whom the first did not, or any), `webhooks` (failing),
    `since` and `until` (times such as 2026-01-01T00:00Z); each is optional.
    """

    sort: Literal["newest", "oldest"] = "newest"
    offset: bodies.Number = 0
    limit: bodies.Page = 100


async def search(query: Filters, store: Store, library: Library) -> Search:
    """The store's search for the members of a query that are given. Raises Problem 400 for an unknown scenario, for
    what no recipient contains, and for what is no time.
    """
    if any(sign.isspace() for sign in query.to):
        raise Problem(400, f"to must be part of a recipient; in a URL, + is written %2B; it is {quoted(query.to)}")
    if query.scenario:
        await known.scenario(store, library, query.scenario)
    since, until = bodies.period(query.since, query.until)
    given = [
        Filter("status", "is", query.status or ""),
        Filter("to", "contains", query.to),
        Filter("type", "is", query.channel or ""),
        Filter("scenario", "is", query.scenario),
        Filter("all", "contains", query.search),
        Filter("webhooks", "is", query.webhooks or ""),
        Filter("rescued", "is", "" if query.rescued == "any" else query.rescued or ""),
    ]
    conditions = [each for each in given if each.term]
    if query.rescued == "any":
        conditions.append(Filter("rescued", "is_not", ""))
    return Search(query.application or EVERYBODY, since, until, tuple(conditions))


async def page(query: FlowsQuery, store: Store, library: Library) -> Search:
    """The same for a page of flows."""
    found = await search(query, store, library)
    return replace(found, offset=query.offset, size=query.limit, oldest=query.sort == "oldest")
