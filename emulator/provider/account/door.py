"""The doors to the account of the application that calls: what is left, what came in, and the list of prices."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.accounts.prices import CURRENCY
from emulator.clock import instants
from emulator.errors import Json
from emulator.http import messages
from emulator.provider import paging
from emulator.provider.account import pricing
from emulator.provider.account.pricing import SERVICES, Asked
from emulator.provider.errors import invalid
from emulator.provider.paging import Query
from emulator.provider.service import Parts
from emulator.seed import identifier
from emulator.store.records import TopUp

SCOPE: Final = "account"
"""The scope that a token needs for these calls."""
DEFAULT_SIZE: Final = 20
SOURCE: Final = "Bank"
"""Where all money comes from: an own choice among the provider's words."""
_SERVICES: Final = {service.lower(): service for service in SERVICES}


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to these doors."""
    door = AccountDoor(parts)
    return [
        Route("/accounts/me/balance", door.balance, methods=["GET"]),
        Route("/accounts/me/transactions", door.transactions, methods=["GET"]),
        Route("/system/prices", door.prices, methods=["GET"]),
    ]


class AccountDoor:
    """Shows an application its account."""

    def __init__(self, parts: Parts) -> None:
        self._access = parts.access
        self._engine = parts.engine
        self._funds = parts.funds
        self._faults = parts.faults

    async def balance(self, request: Request) -> Response:
        """Answer how much is left."""
        application = self._access.admitted(request.scope, SCOPE)
        left = await self._funds.left(application, self._engine.now(application))
        return messages.good({"currency": dict(CURRENCY), "balance": left})

    async def transactions(self, request: Request) -> Response:
        """Answer a page of what came to the account, the latest first. Without `from` and `to` all of it is meant."""
        application = self._access.admitted(request.scope, SCOPE)
        query, wrong = request.query_params, dict[str, str]()
        start, end = paging.time(query, "from", wrong), paging.time(query, "to", wrong)
        asked = paging.paging(query, DEFAULT_SIZE, wrong)
        if wrong:
            raise invalid("Transactions", wrong)
        top_ups = await self._funds.top_ups(application, self._engine.now(application))
        found = [
            shown(application, number, top_up)
            for number, top_up in reversed(list(enumerate(top_ups, 1)))
            if (start is None or start <= top_up.at) and (end is None or top_up.at <= end)
        ]
        return messages.good(paging.page(found[asked.offset :][: asked.size], asked, len(found)))

    async def prices(self, request: Request) -> Response:
        """Answer the list of prices, narrowed by `mcc`, `mnc` and `service`."""
        application = self._access.admitted(request.scope, SCOPE)
        prices = self._funds.prices(application, await self._faults.chosen(request.scope))
        asked = _asked(request.query_params)
        return messages.good(await asyncio.to_thread(pricing.listed, prices, asked))


def shown(application: str, number: int, top_up: TopUp) -> Json:
    """An application's top-up of this number, from 1. The amount before it is shown as the balance before and after it,
    and what it came to in its action, as a live answer did.
    """
    amount = round(top_up.after - top_up.before, 8)
    at = instants.written(top_up.at)
    action = {
        "id": identifier("top-up", application, number, "action"),
        "type": "Status Changed",
        "amount": amount,
        "date": at,
        "balanceBefore": top_up.before,
        "balanceAfter": top_up.after,
        "status": "Completed",
    }
    return {
        "id": identifier("top-up", application, number),
        "source": SOURCE,
        "transactionType": "TopUp",
        "amount": amount,
        "status": "Completed",
        "balanceBefore": top_up.before,
        "balanceAfter": top_up.before,
        "date": at,
        "actions": [action],
    }


def _asked(query: Query) -> Asked:
    """What a query narrows the list of prices to. Raises ApiError 400."""
    wrong = dict[str, str]()
    mcc = paging.member(query, "mcc", _code(r"[0-9]{3}"), "a country's code of three digits, such as 202", wrong)
    mnc = paging.member(query, "mnc", _code(r"[0-9]{2,3}"), "a network's code of two or three digits", wrong)
    known = f"one of {', '.join(SERVICES)}"
    service = paging.member(query, "service", lambda text: _SERVICES[text.lower()], known, wrong)
    if wrong:
        raise invalid("Prices", wrong)
    return Asked(mcc, mnc, service)


def _code(pattern: str) -> Callable[[str], str]:
    """A reader of texts that match; it raises ValueError for others."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return read
