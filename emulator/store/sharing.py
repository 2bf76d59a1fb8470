"""How several processes share one store, so that together they are as one.

A store that one process has for itself, `Alone`, answers all of this from memory at no cost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, TypeVar

from emulator.clock.clock import Clocks

if TYPE_CHECKING:
    from emulator.store.contract import Done
    from emulator.store.counters import Counters
    from emulator.store.records import Change

T = TypeVar("T")


class Call(Protocol):
    """A call that waits for its turn at a clock. Its `patience` is in real seconds."""

    patience: float

    def unheard(self, *, called: bool) -> None:
        """It has waited for so long for somebody who waits for callbacks and hears nothing; whether that is a `called`
        one too. What this raises, the call raises.
        """


class Driving(Protocol):
    """How processes drive a clock one after the other."""

    shared: bool
    """Whether other processes may write to this store. If none may, whoever is in a hurry can do without the rest."""

    def driving(self, clock: str, call: Call | None = None) -> AbstractAsyncContextManager[None]:
        """Be the only process that moves a clock, or carries on what is due while it stands, until the block ends. The
        clock is known then as whoever did so before has left it. A `call` is told, maybe again and again, when it has
        waited its patience for another process, while callbacks that were under way before are not answered.
        """

    def unheard(self, clock: str) -> AbstractAsyncContextManager[None]:
        """Until the block ends, others know that this process drives the clock for a call that waits for callbacks, and
        hears nothing.
        """


class Sharing(Driving, Protocol):
    """What a process does so that it agrees with others."""

    first: bool
    """Whether no other process used the store when it was opened."""

    async def agree(self, settings: Mapping[str, str], *, anew: bool = False) -> bool:
        """Tell how this process is set, in words by name; answer whether that is new to all who share the store. Raises
        StoreError if another process is there that is set otherwise; with `anew`, all are as this one from now on.
        """

    def follow(self, clocks: Clocks) -> None:
        """From now on, have these clocks follow those that other processes save or drop."""

    async def fresh(self) -> None:
        """Take note of all that other processes have written so far."""

    async def turn(self, act: Callable[[], Awaitable[T]]) -> T:
        """The result of an act that looks at what the store has in memory and then writes. Up to the end of the step in
        which it asks for its first write, nobody else writes, what this process has in memory is what was written last,
        and what the act asks for in that step is one transaction. The act may be done again if that fails, and awaits
        nothing but the store before.
        """

    def add_planned(self, plan: Callable[[], tuple[Change, str] | None], done: Done) -> None:
        """Write the new flow that `plan` answers, with the name of its clock, as `add_soon` does; nothing if it answers
        None. It is asked in a turn, maybe several times, and awaits nothing.
        """

    async def quiet(self, clock: str) -> bool:
        """Wait until no other process has claimed a callback on a clock; answer whether that took waiting."""

    async def left(self, now: Callable[[str], int]) -> set[str]:
        """Take over what processes had begun that have ended since; answer the clocks on which something is due that
        nobody carries on. `now` answers the time on a clock.
        """


class Counting(Protocol):
    """What counts."""

    @property
    def counters(self) -> Counters:
        """See `contract.Applications`."""

    async def turn(self, act: Callable[[], Awaitable[T]]) -> T:
        """See `Sharing`."""


def differences(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """In what another process is set otherwise than this one, in words; empty if in nothing that both know. Pure."""
    both = [name for name in here if name in there and there[name] != here[name]]
    return "; ".join(f"{name}: there {there[name]}, here {here[name]}" for name in both)


async def counted(store: Counting, application: str, name: str) -> int:
    """Count one more of a name in a turn of its own, and answer the number."""

    async def act() -> int:
        return store.counters.count(application, [name])[0]

    return await store.turn(act)


class Alone:
    """What a process does that has the store for itself."""

    shared = False
    first = True

    async def agree(self, settings: Mapping[str, str], *, anew: bool = False) -> bool:  # noqa: ARG002
        """Nobody else is there."""
        return True

    def follow(self, clocks: Clocks) -> None:
        """Nobody else moves them."""

    async def fresh(self) -> None:
        """There is nothing else."""

    async def turn(self, act: Callable[[], Awaitable[T]]) -> T:
        """It is always this process's turn."""
        return await act()

    def driving(self, clock: str, call: Call | None = None) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        """Nobody else does."""
        return nullcontext()

    def unheard(self, clock: str) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        """Nobody else is there to know."""
        return nullcontext()

    async def quiet(self, clock: str) -> bool:  # noqa: ARG002
        """Nobody else has claimed any."""
        return False

    async def left(self, now: Callable[[str], int]) -> set[str]:  # noqa: ARG002
        """There is no other process."""
        return set()
