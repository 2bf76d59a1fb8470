"""Having other processes take note at once of what was written, where it does not suffice that they do when they next
write: they are told by NOTIFY, read the news, and say so in the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import Final

from msgspec import Struct, json

from emulator.store.contract import Unavailable
from emulator.store.postgres.presence import Presence

PATIENCE: Final = 1.0
"""How long to wait for other processes, in real seconds: one that stands still or has ended says nothing."""


class _Said(Struct, frozen=True, array_like=True):
    """That what the process `by` has written is to be known to those of these numbers; or that it `is_known` to them.
    The process counts such calls by `number`.
    """

    by: int
    number: int
    of: list[int]
    is_known: bool = False


_DECODER: Final = json.Decoder(_Said)


class Hearing:
    """What one process says in this way, by its `presence`, and hears; `fresh` has it read the news."""

    def __init__(self, presence: Presence, fresh: Callable[[], Awaitable[None]]) -> None:
        self._presence = presence
        self._fresh = fresh
        self._number = 0
        self._missing: dict[int, set[int]] = {}
        self._one_heard = asyncio.Event()
        self._answering: set[asyncio.Task[None]] = set()
        presence.heard = self._heard

    async def known(self, processes: Collection[int]) -> None:
        """Return when those of these processes that are not this one know all that was written before, or seem to be
        there no more.
        """
        own = self._presence.number
        missing = set(processes) - {own}
        if not missing:
            return
        self._number += 1
        number, self._missing[self._number] = self._number, missing
        try:
            async with asyncio.timeout(PATIENCE):
                await self._say(_Said(own, number, [*missing]))
                while missing:
                    self._one_heard.clear()
                    await self._one_heard.wait()
        except (TimeoutError, Unavailable):
            pass  # they know as soon as they write, and within a second
        finally:
            del self._missing[number]

    def close(self) -> None:
        """Say nothing any more."""
        for task in self._answering:
            task.cancel()

    async def _say(self, said: _Said) -> None:
        await self._presence.say(json.encode(said).decode())

    def _heard(self, text: str) -> None:
        said, own = _DECODER.decode(text), self._presence.number
        if not said.is_known and own in said.of:
            task = asyncio.create_task(self._answer(said), name="hearing")
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        elif said.is_known and said.by == own:
            self._missing.get(said.number, set()).difference_update(said.of)
            self._one_heard.set()

    async def _answer(self, said: _Said) -> None:
        with suppress(Unavailable):
            await self._fresh()
            await self._say(_Said(said.by, said.number, [self._presence.number], is_known=True))
