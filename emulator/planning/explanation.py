"""Why a request comes to what it comes to: for each step the rules with what differed, then the timeline. Pure.

The request is rehearsed, not sent. All results are plain JSON values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET, to_builtins
from msgspec.structs import asdict

from emulator.accounts.prices import Prices, cost
from emulator.channels.table import Channel
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.faults import CallbackFaults
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.journal.kinds import Asked, Pressed, Started, Status, WentOn
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.scenario.answers import AnswerFault
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import Explained, Scenario, explain, explain_gateway

SHOWN: Final = (Started, Status, Pressed, Asked, WentOn)
"""What the timeline shows."""
ANSWERED: Final = "InProgress"
"""The status of a call that was answered."""


def explained(  # noqa: PLR0913, PLR0917  # all that it depends on
    scenario: Scenario,
    request: Request,
    rehearsal: Rehearsal,
    application: str,
    now: int = 0,
    remarks: Sequence[str] = (),
    kind: Endpoint = "failover",
    began: int | None = None,
) -> Json:
    """An explanation of one request, `sent` to a service at `now`, of an application whose first request came when
    it `began` (without it: now): the `remarks` of its reader; `gateway` with the rules that hold back all calls
    alike, down to the one that applies; `steps` with the rules down to the one that plans each, or why its channel
    does not take it (`rejected`); `answer` and `callbacks`, each with the rule that spoils it; `balance` with what
    is left before and after it, None without one; `code`, the one that it sends, if any; `queued`, how long the start
    is held back, and by which rule; `timeline` in ms after the request; `outcome`, None if it is refused.
    """
    before = rehearsal.left(application)
    came = rehearsal.play(request, application, now, kind)
    sent, first = instants.written(now), instants.written(now if began is None else began)
    begun = {"scenario": scenario.name, "purpose": scenario.purpose, "sent": sent, "began": first}
    return begun | {
        "remarks": list(remarks),
        "gateway": [] if came.gate is None else list(map(_ruled, explain_gateway(scenario, came.gate))),
        "steps": [
            {"step": index + 1, "channel": question.channel, "to": question.to}
            | ({"rejected": came.rejected[index]} if index in came.rejected else {})
            | {"rules": [] if index in came.rejected else list(map(_ruled, explain(scenario, question)))}
            for index, question in enumerate(came.asked.questions)
        ],
        "answer": _answer(came),
        "callbacks": _callbacks(scenario, came),
        "balance": None
        if before is None
        else {"in": scenario.balance_in, "before": before, "after": rehearsal.left(application)},
        "code": came.code,
        "queued": _queued(came),
        "timeline": [_moment(entry, came, now) for entry in came.entries if isinstance(entry.data, SHOWN)],
        "outcome": _outcome(came.flow, rehearsal.prices) if came.flow else None,
    }


def _answer(came: Rehearsed) -> Json:
    """What a request is answered, after how many seconds, the rule that spoils it and what it does."""
    spoilt = came.asked.spoilt
    seconds = (spoilt.seconds if spoilt else 0) + came.waited
    effects = (spoilt.fault if spoilt else AnswerFault()).effects
    told = {"status": came.answer, "rule": spoilt and spoilt.rule, "seconds": seconds}
    return told | {what: bool(done) for what, done in effects.items()}


def _queued(came: Rehearsed) -> Json:
    """For how many seconds the start is held back, and by which rule."""
    rule = came.asked.ruling.queued
    return {"rule": rule.name if rule else None, "seconds": came.held / 1000}


def _ruled(rule: Explained) -> Json:
    """A rule, with what it demands and what differed."""
    return {"rule": rule.rule, "applies": rule.matched, "match": rule.match, "differences": rule.differences}


def _callbacks(scenario: Scenario, came: Rehearsed) -> Json:
    """The rule that spoils the callbacks, with its faults by their names in a file; None and no faults without one."""
    rule = scenario.callbacks_for(came.asked.questions[came.asked.first])
    if came.flow is None or came.flow.faults is None or rule is None or rule.callbacks is None:
        return {"rule": None, "faults": []}
    given, usual = asdict(rule.callbacks), asdict(CallbackFaults())
    faults = dict.fromkeys(CallbackFaults.key(name) for name in given if given[name] != usual[name])
    return {"rule": rule.name, "faults": list(faults)}


def _moment(entry: Entry, came: Rehearsed, now: int) -> Json:
    """One line of the timeline: a step's start, a status or what happens in a call, with the times at which its
    callback is posted, if any; and who answers a call, if it is a machine.
    """
    data = to_builtins(entry.data)
    callback = data.get("callback")
    posted = [post.at - now for post in came.posts if callback and post.id.startswith(callback)]
    told = {key: data[key] for key in ("step", "channel", "rule", "status", "reason") if key in data}
    if not isinstance(entry.data, Started | Status):
        told |= {"channel": Channel.VOICE, "text": entry.data.text()}
    elif came.flow and data.get("status") == ANSWERED and came.flow.plans[data["step"] - 1].machine:
        told["answeredBy"] = "machine"
    return {"at": entry.at - now, "event": entry.kind} | told | ({"callbacks": posted} if callback else {})


def _outcome(flow: Flow, prices: Prices) -> Json:
    return {
        "status": flow.status,
        "statusCode": flow.status_code,
        "terminationChannel": flow.termination_channel,
        "totalPrice": float(sum(cost(flow, message, prices) for message in flow.messages)),
        "callbacks": 0 if flow.request.callback is UNSET else flow.told,
    }
