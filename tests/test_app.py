"""The application as a server calls it: a call of its own API is answered alike by the router, the first time, and past
it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Message

from emulator.app import Application
from emulator.emulation import Emulation
from emulator.settings import Settings
from emulator.store.contract import Unavailable


class Asked:
    """An application that is asked without a server."""

    def __init__(self, emulation: Emulation) -> None:
        self.emulation = emulation
        self._app = Application(emulation)
        self.sent: list[Message] = []

    async def get(self, target: str) -> tuple[int, str, Any]:
        """The status, type and JSON of an answer. Raises what the server would log; `sent` has what was sent then."""
        path, _, query = target.partition("?")
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode()}
        self.sent = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            self.sent.append(message)

        await self._app({**scope, "headers": [(b"host", b"localhost")]}, receive, send)
        return self.answer()

    def answer(self) -> tuple[int, str, Any]:
        """What was sent: the status, the type and the JSON."""
        start, *rest = self.sent
        kind = dict(start["headers"])[b"content-type"].decode()
        return start["status"], kind, json.loads(b"".join(message["body"] for message in rest))


@pytest.fixture
async def asked(anyio_backend: str) -> AsyncIterator[Asked]:  # noqa: ARG001  # it runs this fixture
    """The application of a new emulation."""
    emulation = await Emulation.start(Settings(rate=0))
    try:
        yield Asked(emulation)
    finally:
        await emulation.stop()


@pytest.mark.anyio
@pytest.mark.parametrize("target", ["/_emulator/clock", "/_emulator/journal?limit=0", "/_emulator/clock?a=b"])
async def test_a_call_is_answered_past_the_router_as_by_it(asked: Asked, target: str) -> None:
    """Whether it is good or refused; both are counted for the same endpoint."""
    first = await asked.get(target)
    assert await asked.get(target) == first
    (counts,) = [counts for (_, endpoint), counts in asked.emulation.requests.answered.items() if endpoint is not None]
    assert counts == {first[0]: 2}


@pytest.mark.anyio
async def test_a_call_that_fails_is_answered_and_raised(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the server to log. While the store is away, it is only answered."""

    async def failing(*_: object) -> Any:
        raise failure

    monkeypatch.setattr(asked.emulation.store, "journal", failing)
    for _ in range(2):
        failure: Exception = ZeroDivisionError()
        with pytest.raises(ZeroDivisionError):
            await asked.get("/_emulator/journal")
        status, kind, problem = asked.answer()
        assert (status, kind) == (500, "application/problem+json")
        assert problem["detail"] == "the emulator failed; its log says how"
        failure = Unavailable("the disk is full")
        status, kind, problem = await asked.get("/_emulator/journal")
        assert (status, kind, "the disk is full" in problem["detail"]) == (503, "application/problem+json", True)
