"""What requests come to under a scenario, found out without a server, a store or time. Pure.

The planner, machine and posts are those of a server; each flow is run to its end at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from emulator.accounts import balance
from emulator.accounts.balance import BalanceError
from emulator.accounts.prices import Prices
from emulator.callbacks import posts
from emulator.callbacks.posts import Renderings
from emulator.choices.given import over
from emulator.choices.table import TAKEN, Choices
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.request import Request
from emulator.flow.state import Answered, Flow, Transition
from emulator.journal.entry import Entry
from emulator.planning.memory import Memory
from emulator.planning.planner import NO_STEPS, Planner, RuledRequest
from emulator.planning.selection import Selection
from emulator.scenario.answers import ERRORS
from emulator.scenario.questions import ANY, Endpoint, Question
from emulator.scenario.rules import Scenario
from emulator.seed import event_id
from emulator.store.records import Post

UNANSWERED: Final = "nobody answers here, so with what is planned"
"""Why a call goes on that has asked how."""
Rejected = Callable[[Request], Mapping[int, str]]
"""Why channels do not take some steps of a request, by the steps' indices."""


class Rehearsed(Struct, frozen=True):
    """What one request came to. `answer` is the HTTP status, None if the connection is closed. `accepted` is the flow
    before it starts and `flow` at its end, both None if the request is refused; `entries` is its journal, and `posts`
    are its callbacks, each with its time. `rejected` says why channels do not take some of its steps, by their indices;
    `error` is the code of the error that refuses it, or its word, empty if it has none; `replies` are what recipients
    write back, or the URLs of what they send. `gate` is what rules on all calls compared, None if there are no such
    rules, and `waited` for how many seconds they held back the answer.
    """

    asked: RuledRequest
    answer: int | None
    accepted: Flow | None = None
    flow: Flow | None = None
    entries: tuple[Entry, ...] = ()
    posts: tuple[Post, ...] = ()
    rejected: Mapping[int, str] = NO_STEPS
    error: str = ""
    replies: tuple[str, ...] = ()
    gate: Question | None = None
    waited: float = 0.0

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


def played_out(flow: Flow) -> Transition:
    """A planned flow from its first step to its end. What its calls ask nobody answers, so they go on at once with what
    is planned.
    """
    done, asked = machine.accept(flow), 0
    while done.flow.agenda:
        now = done.flow.agenda[0].at
        done = done.then(machine.due(done.flow, now))
        for ask in done.asks[asked:]:
            if any(each.step == ask.step and each.live for each in done.flow.messages):
                answer = Answered(event_id(flow.id, ask.step, ask.number), (), UNANSWERED)
                done = done.then(machine.handle(done.flow, answer, now))
        asked = len(done.asks)
    return done


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
        self.prices = prices or Prices()
        self._renderings = _Unworded() if renderings is None else renderings
        self._scenario = scenario
        self._memory = memory = Memory()
        selection = Selection(memory.states, scenario)
        self._choices = over(choices, scenario.choices)
        self._planner = Planner(seed, selection, memory, memory.states, self.prices, choices)

    def repeat(  # as `play` has them
        self, times: int, request: Request, application: str = "app", now: int = 0, kind: Endpoint = "failover"
    ) -> None:
        """Take it that an application has made the same request so many times before."""
        if self._scenario.balance is None and not self._scenario.looks_back:
            self._memory.skip(application, times)
        else:
            for _ in range(times):
                self.play(request, application, now, kind)

    def begin(self, application: str, at: int) -> None:
        """Take it that an application's first request came at this time, in milliseconds."""
        self._memory.began(application, self._scenario.name, at)

    def left(self, application: str) -> float | None:
        """How much an application has left of its scenario's balance; None if the scenario has none."""
        full = self._scenario.balance
        return None if full is None else balance.left(full, self._memory.state(application).spent)

    def play(self, request: Request, application: str = "app", now: int = 0, kind: Endpoint = "failover") -> Rehearsed:
        """What a request comes to if it is sent to a service at `now`, in milliseconds."""
        if not self._scenario.gated:
            return self._played(request, application, now, kind)
        scenario, facts = self._planner.called(ANY, application, now)
        gate = self._planner.answer_to(scenario, facts)
        if gate and gate.fault.refuses:
            with self._memory.aside():
                held = self._planner.rule_on(application, request, now, kind=kind)
            answer = gate.fault.http_status(kind, self._choices)
            return Rehearsed(replace(held, spoilt=gate), answer, error=gate.fault.error_code, gate=facts)
        came = self._played(request, application, now, kind)
        return replace(came, gate=facts, waited=gate.seconds if gate else 0.0)

    def _played(self, request: Request, application: str, now: int, kind: Endpoint) -> Rehearsed:
        """What a request comes to that the gateway lets through."""
        asked = self._planner.rule_on(application, request, now, kind=kind)
        spoilt = asked.spoilt.fault if asked.spoilt else None
        if spoilt and spoilt.refuses:
            return Rehearsed(asked, spoilt.http_status(kind, self._choices), error=spoilt.error_code)
        rejected = self._rejected(request)
        try:
            planned, effects = self._planner.flow(asked, now, rejected)
        except BalanceError:
            return Rehearsed(asked, ERRORS["no-balance"].http_status(kind), error=ERRORS["no-balance"].error_code)
        self._memory.take(effects)
        done = played_out(planned)
        change = posts.change(done, self._renderings)
        for to, at, text in change.replied:
            self._memory.hear(application, to, at, text)
        answer = None if spoilt and spoilt.close else (spoilt and spoilt.status) or 200
        replies = tuple(each.reply.text or each.reply.media for each in done.replies)
        return Rehearsed(asked, answer, planned, change.flow, change.entries, change.posts, rejected, replies=replies)
