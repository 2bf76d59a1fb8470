"""The doors for upkeep: tokens, balances, and being as new."""

from __future__ import annotations

import asyncio
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.accounts.tokens import seconds_left
from emulator.clock import instants
from emulator.clock.clocks import DEFAULT_CLOCK
from emulator.control import bodies
from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.store.records import Grant


class Whose(Struct, frozen=True, forbid_unknown_fields=True):
    """A query: one `application`, or all of them without it."""

    application: str | None = None


class BalanceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A balance: what an `application` has left now."""

    application: Annotated[str, Meta(min_length=1)]
    balance: Annotated[float, Meta(ge=0, le=1e12)]


class ResetBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What to reset: one `application`, or everything without it."""

    application: str | None = None


async def applications(request: Request) -> Response:
    """Answer the applications that sent flows or have a clock of their own, and the scenarios of those flows."""
    emulation: Emulation = request.app.state.emulation
    found, scenarios = await asyncio.gather(emulation.store.applications(), emulation.store.scenarios())
    own = set(emulation.clocks.names()) - {DEFAULT_CLOCK}
    flows = {each.application: each.flows for each in found}
    names = sorted(flows.keys() | own)
    told = [{"application": each, "flows": flows.get(each, 0), "ownClock": each in own} for each in names]
    return messages.good({"applications": told, "scenarios": scenarios})


async def sink(_: Request) -> Response:
    """Take any callback and answer 200: a webhook receiver for who has none yet."""
    return messages.good({})


async def tokens(request: Request) -> Response:
    """Answer the tokens that are known."""
    emulation: Emulation = request.app.state.emulation
    wanted = bodies.query(request, Whose).application
    found = [grant for grant in emulation.tokens.all() if wanted in (None, grant.application)]
    return messages.good({"tokens": [_token(grant, emulation) for grant in found]})


async def revoke(request: Request) -> Response:
    """Make a token worthless now."""
    emulation: Emulation = request.app.state.emulation
    grant = emulation.tokens.revoke(request.path_params["id"])
    if grant is None:
        raise Problem(404, f"there is no token {request.path_params['id']}")
    await emulation.store.revoke(grant.token)
    await emulation.engine.note("token revoked", grant.application, {"token": grant.token})
    return messages.good(_token(grant, emulation))


async def balance(request: Request) -> Response:
    """Answer what an application has left of its scenario's balance."""
    emulation: Emulation = request.app.state.emulation
    return messages.good(_balance(emulation, bodies.query(request, Whose).application or ""))


async def set_balance(request: Request) -> Response:
    """Have an application's account have so much left."""
    emulation: Emulation = request.app.state.emulation
    wanted = await bodies.decoded(request, BalanceBody)
    scenario = emulation.selection.chosen(wanted.application)
    if scenario.balance is None:
        raise Problem(409, f"the scenario {scenario.name} has no balance, so prices consume nothing")
    emulation.balances.put(wanted.application, scenario.balance, wanted.balance)
    await emulation.engine.note("balance", wanted.application, {"balance": wanted.balance})
    return messages.good(_balance(emulation, wanted.application))


async def reset(request: Request) -> Response:
    """Forget everything of an application, or of all."""
    emulation: Emulation = request.app.state.emulation
    wanted = await bodies.decoded(request, ResetBody)
    await emulation.reset(wanted.application or None)
    return messages.good({"application": wanted.application or None, "reset": True})


def _token(grant: Grant, emulation: Emulation) -> Json:
    return {
        "token": grant.token,
        "application": grant.application,
        "scopes": list(grant.scopes),
        "expires": instants.written(grant.expires_at),
        "secondsLeft": seconds_left(grant, emulation.engine.now(grant.application)),
    }


def _balance(emulation: Emulation, application: str) -> Json:
    scenario = emulation.selection.chosen(application)
    left = None if scenario.balance is None else emulation.balances.left(application, scenario.balance)
    return {"application": application or None, "scenario": scenario.name, "balance": left}
