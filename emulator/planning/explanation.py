"""Why a request comes to what it comes to: for each step the rules with what differed, then the timeline. Pure.

The request is rehearsed, not sent. All results are plain JSON values.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, to_builtins
from msgspec.structs import asdict

from emulator.accounts.prices import Prices, cost
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.faults import CallbackFaults
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.journal.kinds import Started, Status
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.scenario.answers import AnswerFault
from emulator.scenario.questions import Endpoint, Question
from emulator.scenario.rules import Scenario, explain


def explained(  # noqa: PLR0913, PLR0917  # all that it depends on
    scenario: Scenario,
    request: Request,
    rehearsal: Rehearsal,
    application: str,
    now: int = 0,
    remarks: Sequence[str] = (),
    kind: Endpoint = "failover",
) -> Json:
    """An explanation of one request, `sent` to a service at `now`: the `remarks` of its reader; `steps` with the rules
    down to the one that plans each; `answer` and `callbacks`, each with the rule that spoils it; `balance` with what is
    left before and after it, None without one; `code`, the one that it sends, if any; `queued`, for how long the start
    is held back, and by which rule; `timeline` in milliseconds after the request; `outcome`, None if it is refused.
    """
    before = rehearsal.left(application)
    came = rehearsal.play(request, application, now, kind)
    spoilt, queued = came.asked.spoilt, came.asked.ruling.queued
    begun = {"scenario": scenario.name, "purpose": scenario.purpose, "sent": instants.written(now)}
    return begun | {
        "remarks": list(remarks),
        "steps": [
            {"step": number, "channel": question.channel, "to": question.to, "rules": _rules(scenario, question)}
            for number, question in enumerate(came.asked.questions, 1)
        ],
        "answer": {"status": came.answer, "rule": spoilt and spoilt.rule, "seconds": spoilt.seconds if spoilt else 0}
        | {what: bool(done) for what, done in (spoilt.fault if spoilt else AnswerFault()).does.items()},
        "callbacks": _callbacks(scenario, came),
        "balance": None
        if before is None
        else {"in": scenario.balance_in, "before": before, "after": rehearsal.left(application)},
        "code": came.code,
        "queued": {"rule": queued.name if queued else None, "seconds": came.held / 1000},
        "timeline": [_moment(entry, came, now) for entry in came.entries if isinstance(entry.data, Started | Status)],
        "outcome": _outcome(came.flow) if came.flow else None,
    }


def _rules(scenario: Scenario, question: Question) -> list[Json]:
    """The rules down to the one that plans a step, with what each demands and what differed."""
    return [
        {"rule": each.rule, "applies": each.matched, "match": each.match, "differences": each.differences}
        for each in explain(scenario, question)
    ]


def _callbacks(scenario: Scenario, came: Rehearsed) -> Json:
    """The rule that spoils the callbacks, with its faults by their names in a file; None and no faults without one."""
    rule = scenario.callbacks_for(came.asked.questions[came.asked.first])
    if came.flow is None or came.flow.faults is None or rule is None or rule.callbacks is None:
        return {"rule": None, "faults": []}
    given, usual = asdict(rule.callbacks), asdict(CallbackFaults())
    faults = dict.fromkeys(name.partition("_")[0] for name in given if given[name] != usual[name])
    return {"rule": rule.name, "faults": list(faults)}


def _moment(entry: Entry, came: Rehearsed, now: int) -> Json:
    """One line of the timeline: a step's start or a status, with the times at which its callback is posted, if any."""
    data = to_builtins(entry.data)
    callback = data.get("callback")
    posted = [post.at - now for post in came.posts if callback and post.id.startswith(callback)]
    told = {key: data[key] for key in ("step", "channel", "rule", "status", "reason") if key in data}
    return {"at": entry.at - now, "event": entry.kind} | told | ({"callbacks": posted} if callback else {})


def _outcome(flow: Flow) -> Json:
    return {
        "status": flow.status,
        "statusCode": flow.status_code,
        "terminationChannel": flow.termination_channel,
        "totalPrice": float(sum(cost(flow, message, Prices()) for message in flow.messages)),
        "callbacks": 0 if flow.request.callback is UNSET else flow.told,
    }
