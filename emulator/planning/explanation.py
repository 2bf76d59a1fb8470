"""Why a request will come to what it comes to: each rule with what differed, then the timeline. Pure.

Nothing is run: the request goes through the emulator's own rehearsal. All results are plain JSON values.
"""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import asdict

from emulator.accounts.prices import Prices, cost
from emulator.errors import Json
from emulator.flow.faults import CallbackFaults
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.scenario.questions import Question
from emulator.scenario.rules import Explained, Scenario, explain


def explained(scenario: Scenario, request: Request, rehearsal: Rehearsal, application: str) -> Json:
    """Everything about one request: `steps` with their rules, the `answer` and the `callbacks` with the rule that
    spoils them, the `timeline` (milliseconds after the request) and the `outcome`, which is None if the request is
    refused.
    """
    came = rehearsal.play(request, application)
    return {
        "scenario": scenario.name,
        "purpose": scenario.purpose,
        "steps": [_step(scenario, index, question) for index, question in enumerate(came.asked.questions, 1)],
        "answer": _answer(came),
        "callbacks": _callbacks(scenario, came),
        "timeline": [_moment(entry, came) for entry in came.entries if entry.kind in ("started", "status")],
        "outcome": _outcome(came.flow) if came.flow else None,
    }


def _step(scenario: Scenario, number: int, question: Question) -> Json:
    rules = [_rule(each) for each in explain(scenario, question)]
    return {"step": number, "channel": question.channel, "to": question.to, "rules": rules}


def _rule(told: Explained) -> Json:
    return {"rule": told.rule, "applies": told.matched, "match": told.match, "differences": list(told.differences)}


def _answer(came: Rehearsed) -> Json:
    spoilt = came.asked.spoilt
    return {
        "status": came.answer,
        "rule": spoilt.rule if spoilt else None,
        "seconds": spoilt.seconds if spoilt else 0,
        "truncated": bool(spoilt and spoilt.fault.truncate),
    }


def _callbacks(scenario: Scenario, came: Rehearsed) -> Json:
    """The rule that spoils the callbacks, and its faults by their names in a scenario; no rule if there are none."""
    rule = scenario.callbacks_for(came.asked.questions[came.asked.first])
    if came.flow is None or came.flow.faults is None or rule is None:
        return {"rule": None, "faults": []}
    given, usual = asdict(came.flow.faults), asdict(CallbackFaults())
    faults = dict.fromkeys(name.partition("_")[0] for name in given if given[name] != usual[name])
    return {"rule": rule.name, "faults": list(faults)}


def _moment(entry: Entry, came: Rehearsed) -> Json:
    data, callback = entry.data, entry.data.get("callback")
    posted = [post.at for post in came.posts if callback and post.id.startswith(callback)]
    told = {key: data[key] for key in ("step", "channel", "rule", "status", "reason") if key in data}
    return {"at": entry.at, "event": entry.kind} | told | ({"callbacks": posted} if callback else {})


def _outcome(flow: Flow) -> Json:
    return {
        "status": flow.status,
        "statusCode": flow.status_code,
        "terminationChannel": flow.termination_channel,
        "totalPrice": round(sum(cost(flow, message, Prices()) for message in flow.messages), 4),
        "callbacks": 0 if flow.request.callback is UNSET else flow.told,
    }
