"""Finds what a call names, and refuses a name of nothing: an empty answer to it would look like a right one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import UNSET, UnsetType

from emulator.clock.clock import EVERYBODY
from emulator.engine.library import Library
from emulator.flow.state import Flow
from emulator.provider.errors import Problem
from emulator.provider.rendering.elements import message_id
from emulator.store.contract import Store
from emulator.store.records import Filter, Search
from emulator.validation.hints import hint, quoted

SHORTEST: Final = 6
"""How many characters of a flow's id name it, if no other flow's id begins so."""
_START: Final = re.compile(f"[0-9a-f-]{{{SHORTEST},35}}")


async def flow(store: Store, flow_id: str, application: str | None = None) -> Flow:
    """The flow of this id, or the only one whose id begins so, with at least SHORTEST characters; and of this
    application if one is given. Raises Problem 404, or 400 if it is another's or several begin so.
    """
    found = await store.flow(flow_id)
    if found is None and _START.fullmatch(flow_id):
        begun = await store.search(Search(conditions=(Filter("id", "starts_with", flow_id),)))
        if begun.total > 1:
            raise Problem(400, f"{begun.total} flows have ids that begin with {flow_id}, such as {begun.flows[0].id}")
        found = begun.flows[0] if begun.flows else None
    if found is None:
        raise await unknown(store, flow_id)
    if application not in (None, "", found.application):
        raise Problem(400, f"the flow {flow_id} is of the application {found.application}, not of {application}")
    return found


async def unknown(store: Store, flow_id: str) -> Problem:
    """The refusal of an id that no flow has: a campaign's, or a message's of a flow, is told as such."""
    found = await store.search(Search(conditions=(Filter("id", "ends_with", flow_id[24:] or flow_id),)))
    what = ""
    for each in found.flows:
        campaign = each.request.campaign
        if campaign and campaign.tracking_id == flow_id:
            what = (
                f"; it is the campaign {quoted(campaign.name)}, whose messages are flows, the first of them {each.id}"
            )
        elif flow_id in [message_id(each, message.step) for message in each.messages]:
            what = f"; it is a message of the flow {each.id}"
    return Problem(404, f"there is no flow {flow_id}{what}")


async def scenario(store: Store, library: Library, name: str) -> None:
    """Raises Problem 400 if no flow began under a scenario of this name, none can, and none is in force."""
    used = await store.scenarios()
    chosen = [state.scenario for state in store.states().values() if state.scenario]
    known = dict.fromkeys([*used, *chosen, *await library.names()])
    if name not in known:
        raise Problem(400, f"there is no scenario {quoted(name)}{hint(name, known)}")


async def doubt(store: Store, application: str | None, clocks: Iterable[str] = ()) -> str | UnsetType:
    """A note if nothing is known of an application, nor has it one of the `clocks` of its own. That is no mistake by
    itself, since applications need no registration and are asked about before their first flow.
    """
    steered = {*clocks, *store.states()}
    if not application or application in steered:
        return UNSET
    flows = [each.application for each in await store.applications()]
    known = steered.union(flows, [grant.application for grant in store.grants()]) - {EVERYBODY}
    if application in known:
        return UNSET
    return f"nothing is known yet of an application {quoted(application)}{hint(application, known)}"
