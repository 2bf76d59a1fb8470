"""What requests would come to under two scenarios, and where that differs. Pure.

The requests are rehearsed one after another under each; a fact of what one comes to is a text for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import UNSET, Struct, json
from msgspec.structs import asdict

from emulator.accounts.prices import Prices, cost
from emulator.clock import durations, instants
from emulator.errors import Json
from emulator.flow.request import Request
from emulator.journal.kinds import Reply, Started, Status
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.scenario.answers import AnswerFault
from emulator.scenario.questions import Endpoint

NOTHING: Final = "nothing"
"""What is said where a request does not come to a fact at all."""
HELD: Final = "queued"
"""The fact that each accepted request has, and no refused one."""


class Sent(Struct, frozen=True):
    """A request with what people call it; an `application` sends it to a service at so many milliseconds."""

    name: str
    request: Request
    application: str
    at: int
    kind: Endpoint = "failover"


class Fact(Struct, frozen=True):
    """What a request comes to in one respect, in words, and the rule that decides it; empty for the implied ones."""

    comes: str = NOTHING
    rule: str = ""


def differing(sent: Iterable[Sent], one: Rehearsal, other: Rehearsal) -> Iterator[Json]:
    """Those requests that come to something else in another rehearsal than in one: `request` is its name, `at` when it
    is sent, and each of its `differences` says in `what`, with what it `comes` to under `a` and `b` and the `rule`.
    """
    for each in sent:
        a, b = (
            facts(by.play(each.request, each.application, each.at, each.kind), each.at, by.prices)
            for by in (one, other)
        )
        accepted = HELD in a and HELD in b
        found = [
            {"what": what, "a": asdict(a.get(what, Fact())), "b": asdict(b.get(what, Fact()))}
            for what in ({**a, **b} if accepted else ("answer", "outcome"))
            if a.get(what, Fact()).comes != b.get(what, Fact()).comes
        ]
        if found:
            yield {"request": each.name, "at": instants.written(each.at), "differences": found}


def facts(came: Rehearsed, now: int, prices: Prices) -> dict[str, Fact]:
    """What a request that was sent at `now` came to: its answer; if it is accepted, how long it is queued, what each of
    its steps reports and when, its outcome, its callbacks, its code if a rule has one, and the scenario's choices.
    """
    ruling, spoilt, flow = came.asked.ruling, came.asked.spoilt, came.flow
    found = {"answer": Fact(_answer(came), spoilt.rule if spoilt else "")}
    if flow is None:
        return found | {"outcome": Fact("refused")}
    found[HELD] = Fact(durations.written(came.held), ruling.queued.name if ruling.queued else "")
    for index, step in enumerate(flow.request.flow):
        here = (each for each in came.entries if getattr(each.data, "step", 0) == index + 1)
        told = ", ".join(f"{_told(each.data)} {durations.written(each.at - now)}" for each in here)
        words = f"not taken: {came.rejected[index]}" if index in came.rejected else told or "never starts"
        found[f"step {index + 1} {step.channel}"] = Fact(words, ruling.planned[index].rule)
    price = float(sum(cost(flow, message, prices) for message in flow.messages))
    ended = f"{flow.status}{f', statusCode {flow.status_code}' if flow.status_code else ''}, total price {price:.15g}"
    found["outcome"] = Fact(ended)
    found["callbacks"] = Fact(_callbacks(came, now), ruling.callbacks.name if ruling.callbacks else "")
    if ruling.code and came.code:
        found["code"] = Fact(came.code["code"], ruling.code.name)
    chosen = ", ".join(f"{name}: {answer}" for name, answer in came.asked.scenario.choices)
    return found | ({"choices": Fact(chosen)} if chosen else {})


def _answer(came: Rehearsed) -> str:
    """The HTTP answer, with all that a fault makes of it."""
    spoilt, usual = came.asked.spoilt, asdict(AnswerFault())
    given = asdict(spoilt.fault) if spoilt else {}
    words = ["the connection is closed" if came.answer is None else str(came.answer)]
    words += [f"after {spoilt.seconds:g}s"] if spoilt and spoilt.seconds else []
    own = {name: value for name, value in given.items() if value != usual[name]}
    return ", ".join([*words, *(_said(name, own[name]) for name in own if name not in ("status", "delay", "named"))])


def _said(name: str, value: object) -> str:
    """A member of a fault."""
    return f"{name} {value if isinstance(value, str) else json.encode(value).decode()}"


def _told(data: Any) -> str:
    """What happens in a step."""
    if isinstance(data, Status):
        reason = f" ({data.reason})" if data.reason else ""
        return data.status + reason + (f" {json.encode(data.parts).decode()}" if data.parts else "")
    return "starts" if isinstance(data, Started) else str(data.text())


def _callbacks(came: Rehearsed, now: int) -> str:
    """The posts in the order of their times: what each tells, and how long after the request it comes."""
    named = dict[str, str]()
    for entry in came.entries:
        if callback := getattr(entry.data, "callback", UNSET):
            named[callback] = "reply" if isinstance(entry.data, Reply) else getattr(entry.data, "status", "start")
    told = [
        f"{next((said for callback, said in named.items() if post.id.startswith(callback)), 'end')}"
        f" {durations.written(post.at - now)}"
        for post in sorted(came.posts, key=lambda post: post.at)
    ]
    faults = came.flow.faults if came.flow else None
    spoilt = {"truncate": faults.truncate, "url": faults.url} if faults else {}
    return ", ".join([*told, *(_said(name, value) for name, value in spoilt.items() if value)]) or "none"
