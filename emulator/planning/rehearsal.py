"""What requests come to under a scenario, found out without a server, a store or time. Pure.

The planner, machine and posts are those of a server; each flow is run to its end at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from emulator.accounts import balance
from emulator.accounts.balance import BalanceError
from emulator.accounts.prices import Prices
from emulator.callbacks import posts
from emulator.callbacks.posts import Renderings
from emulator.choices.table import TAKEN, Choices
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.planning.memory import Memory
from emulator.planning.planner import NO_STEPS, Planner, RuledRequest
from emulator.planning.selection import Selection
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Scenario
from emulator.store.records import Post

NO_BALANCE: Final = 400
Rejected = Callable[[Request], Mapping[int, str]]
"""Why channels do not take some steps of a request, by the steps' indices."""


class Rehearsed(Struct, frozen=True):
    """What one request came to. `answer` is the HTTP status, None if the connection is closed. `accepted` is the flow
    before it starts and `flow` at its end, both None if the request is refused; `entries` is its journal, and `posts`
    are its callbacks, each with its time.
    """

    asked: RuledRequest
    answer: int | None
    accepted: Flow | None = None
    flow: Flow | None = None
    entries: tuple[Entry, ...] = ()
    posts: tuple[Post, ...] = ()

    @property
    def held(self) -> int:
        """For how many milliseconds the flow's start is held back."""
        flow = self.accepted
        return 0 if flow is None or flow.due_at is None else flow.due_at - flow.created_at

    @property
    def code(self) -> Json | None:
        """The code that is sent, and the rule that has it, None for a drawn one; None of a request that sends none."""
        if self.flow is None or self.flow.verification is None:
            return None
        rule = self.asked.ruling.code
        return {"rule": rule.name if rule else None, "code": self.flow.verification.code}


def all_taken(_: Request) -> Mapping[int, str]:
    """No step is rejected."""
    return NO_STEPS


class _Unworded(dict[str, "_Unworded"]):
    """Renderings of all kinds that leave each body empty."""

    def __missing__(self, _: str) -> _Unworded:
        return self

    def callbacks(self, flow: Flow) -> list[bytes]:
        return [b""] * machine.told_at_once(flow)

    def asked(self, *_: object) -> bytes:
        return b""

    def reply(self, *_: object) -> bytes:
        return b""


class Rehearsal:
    """Plays requests one after another, as a server with this scenario and seed would. `renderings` word the callbacks,
    whose bodies are empty without; `rejected` says why channels do not take some steps; the scenario's choices stand
    over `choices`.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # as a server has them
        self,
        scenario: Scenario,
        seed: str = "",
        prices: Prices | None = None,
        renderings: Renderings | None = None,
        rejected: Rejected = all_taken,
        choices: Choices = TAKEN,
    ) -> None:
        self._rejected = rejected
        self._renderings = _Unworded() if renderings is None else renderings
        self._scenario = scenario
        self._memory = memory = Memory()
        selection = Selection(memory.states, scenario)
        self._planner = Planner(seed, selection, memory.count, memory.states, prices or Prices(), choices)

    def repeat(  # as `play` has them
        self, times: int, request: Request, application: str = "app", now: int = 0, kind: Endpoint = "failover"
    ) -> None:
        """Take it that an application has made the same request so many times before."""
        if self._scenario.balance is None and not self._scenario.counts_recipients:
            self._memory.skip(application, times)
        else:
            for _ in range(times):
                self.play(request, application, now, kind)

    def left(self, application: str) -> float | None:
        """How much an application has left of its scenario's balance; None if the scenario has none."""
        full = self._scenario.balance
        return None if full is None else balance.left(full, self._memory.state(application).spent)

    def play(self, request: Request, application: str = "app", now: int = 0, kind: Endpoint = "failover") -> Rehearsed:
        """What a request comes to if it is sent to a service at `now`, in milliseconds."""
        asked = self._planner.rule_on(application, request, now, kind=kind)
        spoilt = asked.spoilt.fault if asked.spoilt else None
        if spoilt and spoilt.refuses:
            return Rehearsed(asked, spoilt.status)
        try:
            planned, effects = self._planner.flow(asked, now, self._rejected(request))
        except BalanceError:
            return Rehearsed(asked, NO_BALANCE)
        self._memory.take(effects)
        change = posts.change(machine.run_out(planned), self._renderings)
        answer = None if spoilt and spoilt.close else (spoilt and spoilt.status) or 200
        return Rehearsed(asked, answer, planned, change.flow, change.entries, change.posts)
