"""The door to metrics: reads the figures from the parts of an emulator when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from emulator.control.metrics import figures
from emulator.emulation import Emulation
from emulator.provider.elsewhere import Nothing
from emulator.provider.errors import Problem
from emulator.store.records import Search

KIND: Final = "text/plain"
EXTRA: Final = "metrics need the extra metrics: pip install '/path/to/failover-emulator[metrics]'"


class MetricsDoor:
    """Shows the metrics of one emulation."""

    def __init__(self, emulation: Emulation) -> None:
        self._store = emulation.store
        self._engine = emulation.engine
        self._answered = emulation.requests.answered
        self._receivers = emulation.courier.receivers

    async def show(self, request: Request) -> Response:
        """Answer the emulator's metrics in Prometheus' text format: requests, flows, callbacks and their lateness, how
        long the store's transactions take, the process itself. 404 if prometheus-client is not installed.
        """
        try:
            from emulator.control.metrics import exposition
        except ImportError as error:
            raise Problem(404, f"{EXTRA} ({error})") from error
        groups = await self._store.grouped(Search(size=0))
        given = figures.Figures(
            flows=figures.flows(groups),
            flow_overdue=await self._engine.overdue(),
            callback_overdue=await self._engine.lateness(),
            dropped=await self._store.dropped(),
            counts=await self._store.counts(),
            commits=self._store.commits(),
            attempts=self._receivers.outcomes,
            lateness=self._receivers.lateness,
            requests=figures.requests(self._answered, served(request.app.routes)),
        )
        return Response(exposition.written(given), media_type=exposition.CONTENT_TYPE)


def served(routes: Iterable[BaseRoute]) -> dict[Any, str]:
    """The path of each endpoint as OpenAPI documents write it, the first one of several. Those that answer nothing are
    left out.
    """
    found: dict[Any, str] = {}
    for route in routes:
        if isinstance(route, Route | Mount):
            endpoint = route.endpoint if isinstance(route, Route) else route.app
            if not isinstance(endpoint, Nothing):
                found.setdefault(endpoint, re.sub(r":\w+}", "}", route.path))
    return found
