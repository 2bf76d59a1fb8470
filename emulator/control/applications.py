"""The door to applications: which there are, their tokens and balances, and resets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from emulator.accounts.tokens import seconds_left
from emulator.clock import instants
from emulator.clock.clock import EVERYBODY
from emulator.control import bodies, known
from emulator.emulation import Emulation
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.store.records import Grant


class BalanceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A balance: the amount (`balance`) that an `application` has left from now on, and can run out of."""

    application: Annotated[str, Meta(min_length=1)]
    balance: Annotated[float, Meta(ge=0, le=1e12)]


class ResetBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What to reset: one `application`; without it, everything. With `keep`, the scenario and the overrides that are in
    force stay, as for another run of the same.
    """

    application: Annotated[str, Meta(min_length=1)] | None = None
    keep: bool = False


class ShownApplication(Struct, rename="camel"):
    """An application, its number of flows, and whether it has a clock of its own."""

    application: str
    flows: int
    own_clock: bool


class ApplicationsList(Struct):
    """The applications, and the scenarios that flows began under."""

    applications: list[ShownApplication]
    scenarios: list[str]


class ShownToken(Struct, rename="camel"):
    """An access token: its application and scopes, when it ends, and how many seconds it has left."""

    token: str
    application: str
    scopes: tuple[str, ...]
    expires: str
    seconds_left: int


class TokensList(Struct):
    """Access tokens; `note` doubts an application of which nothing is known."""

    tokens: list[ShownToken]
    note: str | UnsetType = UNSET


class Balance(Struct):
    """What an application has left, as its account tells it (null: what everybody has at first); `limited` says
    whether it can run out: by the balance of its scenario, or by one that was set; `note` doubts an application of
    which nothing was known.
    """

    application: str | None
    scenario: str
    balance: float
    limited: bool
    note: str | UnsetType = UNSET


class WasReset(Struct):
    """What was reset: one application, or everything (null); `note` doubts one of which nothing was known."""

    application: str | None
    reset: Literal[True]
    note: str | UnsetType = UNSET


class ApplicationDoor:
    """Shows applications with their tokens and balances, and resets them."""

    def __init__(self, emulation: Emulation, forget: Callable[[str], None]) -> None:
        self._store = emulation.store
        self._clocks = emulation.clocks
        self._engine = emulation.engine
        self._selection = emulation.selection
        self._steering = emulation.steering
        self._funds = emulation.funds
        self._reset = emulation.reset
        self._forget = forget

    async def applications(self, _: Request) -> Response:
        """Answer the applications that have flows or a clock of their own, and the scenarios that flows began under."""
        counts, scenarios = await asyncio.gather(self._store.applications(), self._store.scenarios())
        own = set(self._clocks.names()) - {EVERYBODY}
        flows = {each.application: each.flows for each in counts}
        names = sorted(flows.keys() | own)
        applications = [ShownApplication(each, flows.get(each, 0), each in own) for each in names]
        return messages.good(ApplicationsList(applications, scenarios))

    async def tokens(self, request: Request) -> Response:
        """Answer the access tokens of an application, or of all, with the seconds that each has left."""
        application = bodies.query(request, bodies.Whose).application
        grants = self._store.grants(application or EVERYBODY)
        note = UNSET if grants else await known.doubt(self._store, application, self._clocks.names())
        return messages.good(TokensList([self._token(grant) for grant in grants], note))

    async def revoke(self, request: Request) -> Response:
        """Revoke an access token: from now on requests with it are refused."""
        grant = await self._steering.revoke(request.path_params["id"])
        if grant is None:
            raise Problem(404, f"there is no token {request.path_params['id']}")
        return messages.good(self._token(grant))

    async def balance(self, request: Request) -> Response:
        """Answer how much an application has left, as GET /accounts/me/balance does."""
        application = bodies.query(request, bodies.Whose).application or EVERYBODY
        note = await known.doubt(self._store, application, self._clocks.names())
        return messages.good(await self._balance(application, note))

    async def set_balance(self, request: Request) -> Response:
        """Set how much an application has left, whatever its scenario; it holds until a scenario is chosen."""
        body = await bodies.decoded(request, BalanceBody)
        note = await known.doubt(self._store, body.application, self._clocks.names())
        await self._funds.set(body.application, body.balance, self._engine.now(body.application))
        return messages.good(await self._balance(body.application, note))

    async def reset(self, request: Request) -> Response:
        """Delete everything of an application, or of all: flows, callbacks, journal, tokens, own clocks, what was
        chosen, spent and counted. Refused with 409 as an advance is.
        """
        body = await bodies.decoded(request, ResetBody)
        note = await known.doubt(self._store, body.application, self._clocks.names())
        await self._reset(body.application or EVERYBODY, keep=body.keep)
        self._forget(body.application or EVERYBODY)
        return messages.good(WasReset(body.application or None, reset=True, note=note))

    def _token(self, grant: Grant) -> ShownToken:
        left = seconds_left(grant, self._engine.now(grant.application))
        return ShownToken(grant.token, grant.application, grant.scopes, instants.written(grant.expires_at), left)

    async def _balance(self, application: str, note: str | UnsetType) -> Balance:
        left = await self._funds.left(application, self._engine.now(application))
        limited = self._steering.balance(application) is not None
        return Balance(application or None, self._selection.chosen(application).name, left, limited, note)
