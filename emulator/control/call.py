"""One call of the emulator's own API: where it is, what it takes and gives, who answers it.

A call that takes nothing refuses whatever it is given, since that would do nothing: a misspelt or misplaced condition
would be answered as if it had been met.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import bodies
from emulator.engine.turns import Busy
from emulator.provider.errors import Problem

Endpoint = Callable[[Request], Awaitable[Response]]


class Call(Struct, frozen=True):
    """One call. `takes` is the type of its body, or of the query of a GET or DELETE, if it has one; `gives` is the type
    of its answer, or of the data of each event; `kind` is the answer's media type. With `yaml`, the body may also be
    YAML, and the query has the application then.
    """

    method: str
    path: str
    endpoint: Endpoint
    takes: type | None = None
    gives: type = dict
    kind: str = "application/json"
    yaml: bool = False

    async def answer(self, request: Request) -> Response:
        """Answer a request. Raises Problem."""
        if self.takes is None:
            await bodies.nothing(request)
        try:
            return await self.endpoint(request)
        except Busy as error:
            raise Problem(409, str(error)) from error
