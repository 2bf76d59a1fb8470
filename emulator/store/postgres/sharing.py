"""How the processes that share a database agree: see `store.sharing`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Final

from msgspec import Struct, json

from emulator.clock.clock import Clocks
from emulator.store.contract import StoreError
from emulator.store.postgres import outbox
from emulator.store.postgres.clocks import PostgresClocks
from emulator.store.postgres.hearing import Hearing
from emulator.store.postgres.opening import TAKING
from emulator.store.postgres.texts import clean
from emulator.store.postgres.transaction import Transaction
from emulator.store.sharing import Call, differences

AGAIN: Final = 0.005
"""How long to wait between two looks whether others are done with a clock's callbacks, in real seconds."""
_DUE: Final = """
WITH RECURSIVE c(clock) AS (
  (SELECT clock FROM stand WHERE due_at IS NOT NULL ORDER BY clock LIMIT 1)
  UNION ALL
  SELECT (SELECT s.clock FROM stand s WHERE s.due_at IS NOT NULL AND s.clock > c.clock ORDER BY s.clock LIMIT 1)
  FROM c WHERE c.clock IS NOT NULL
)
SELECT clock, (SELECT s.due_at FROM stand s WHERE s.clock = c.clock AND s.due_at IS NOT NULL ORDER BY s.due_at LIMIT 1)
FROM c WHERE clock IS NOT NULL"""
"""Each clock on which a flow is due some time, and when the first one is."""

_SET: Final = "SELECT value FROM fact WHERE name = 'settings'"
_AGREE: Final = "INSERT INTO fact VALUES('settings', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class Agreed(Struct, frozen=True):
    """How the processes of these numbers are set, in words by name."""

    processes: list[int]
    settings: dict[str, str]


class _Before(Struct):
    """The attempts that were under way when a call came, as far as they still are; until when it has patience."""

    until: float = 0.0
    attempts: set[tuple[int, int]] = set()


class PostgresSharing(PostgresClocks):
    """The part of the contract that is about other processes."""

    shared = True
    _claimed: set[int]
    _forsaken: set[int]
    """What this process has claimed and may not be able to settle: another one may be waiting for that."""
    _others: Hearing

    async def open(self) -> None:
        await super().open()
        self.first = self._connections.first
        if self.first:
            try:
                await self._run(self._memory.keeper.prepare)
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        self._others.close()
        await super().close()

    async def agree(self, settings: Mapping[str, str], *, anew: bool = False) -> bool:
        until = asyncio.get_running_loop().time() + TAKING
        while isinstance(found := await self._run(partial(self._agreed, dict(settings), anew)), str):
            if asyncio.get_running_loop().time() > until:  # or it may be about to end, or to read its files again
                raise StoreError(
                    f"the store {self._connections.shown} is in use by an emulator that is set otherwise, and all that"
                    f" share it must be alike. {found}. Start this one as the others are, or stop those first"
                )
            await asyncio.sleep(AGAIN)
        return found

    async def _agreed(self, settings: dict[str, str], anew: bool, transaction: Transaction) -> bool | str:  # noqa: FBT001
        """Agree with the processes that are there; answer whether that is new to them, or in what they differ."""
        row, presence = await transaction.one(_SET), self._connections.presence
        before = json.decode(row[0], type=Agreed) if row else Agreed([], {})
        there = [
            each
            for each in before.processes
            if each != presence.number and await presence.is_there(each, transaction.read)
        ]
        if not anew and there and (found := differences(before.settings, settings)):
            return found
        if not there:
            await self._memory.keeper.prepare(transaction)
        agreed = Agreed([*there, presence.number], settings)
        if agreed != before:
            await transaction.write(_AGREE, json.encode(agreed).decode())
        return settings != before.settings

    def follow(self, clocks: Clocks) -> None:
        self._memory.follower = clocks
        for name, clock in self._memory.clocks.items():
            clocks.set(name, clock)

    @asynccontextmanager
    async def driving(self, clock: str, call: Call | None = None) -> AsyncIterator[None]:
        waiting = None if call is None else partial(self._wait, clock, call, _Before())
        async with self._connections.presence.driving(clean(clock), waiting=waiting):
            await self.fresh()
            yield

    async def _wait(self, clock: str, call: Call, before: _Before) -> None:
        """Tell a call that waits for a clock which another process drives, if it has waited its patience."""
        now, presence = asyncio.get_running_loop().time(), self._connections.presence
        if before.until and (now < before.until or not before.attempts):
            return
        attempts, first = await outbox.under_way(self._read, clock), not before.until
        before.until, before.attempts = now + call.patience, attempts if first else attempts & before.attempts
        if not first and before.attempts:
            heard = await presence.drive(clean(clock), "unheard")
            if heard:
                await presence.release(clean(clock), "unheard")
            call.unheard(called=not heard)

    def unheard(self, clock: str) -> AbstractAsyncContextManager[None]:
        return self._connections.presence.driving(clean(clock), "unheard")

    async def quiet(self, clock: str) -> bool:
        waited = False
        while await outbox.others(self._read, clock, self._connections.process):
            waited = True
            await asyncio.sleep(AGAIN)
        return waited

    async def left(self, now: Callable[[str], int]) -> set[str]:
        presence = self._connections.presence
        if ended := await presence.ended():
            await self._run(lambda transaction: outbox.release(transaction, ended))
        if forsaken := self._forsaken - self._claimed:
            await self._run(lambda transaction: outbox.give_back(transaction, [*forsaken], self._connections.process))
            self._forsaken.clear()
        await self.fresh()
        due: set[str] = {name for name, at in await self._read(_DUE) if at <= now(name)}
        due |= (await outbox.overdue(self._read, now, self._claimed, self._connections.process)).keys()
        for name, clock in [*self._memory.clocks.items()]:
            if clock.held or (clock.standing and name in due):
                if not await presence.drive(name):
                    due.discard(name)  # somebody is at it
                    continue
                due.add(name)
                try:
                    await self._let_go(name)
                finally:
                    await presence.release(name)
        return due

    async def _let_go(self, name: str) -> None:
        """Have a clock run on that was held by a process which has ended."""
        await self.fresh()
        clock, follower = self._memory.clocks.get(name), self._memory.follower
        if clock is not None and clock.held and follower is not None:
            released = clock.at_rate(follower.real(), clock.rate)
            await self.save_clock(name, released)
            follower.set(name, released)
