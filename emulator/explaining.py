"""Why a request will come to what it comes to: each rule with what differed, then the timeline. Pure.

Nothing is run: the request goes through the emulator's own rehearsal. All results are plain JSON values.
"""

from __future__ import annotations

from msgspec import UNSET

from emulator import views
from emulator.model import Entry, Flow, Json, Request
from emulator.prices import Prices
from emulator.rehearsal import Rehearsal, Rehearsed
from emulator.scenario import Explained, Question, Scenario, explain


def explained(scenario: Scenario, request: Request, rehearsal: Rehearsal, application: str) -> Json:
    """Everything about one request: `steps` with their rules, the `answer`, the `timeline` (milliseconds after the
    request) and the `outcome`, which is None if the request is refused.
    """
    came = rehearsal.play(request, application)
    spoilt = came.asked.spoilt
    return {
        "scenario": scenario.name,
        "purpose": scenario.purpose,
        "steps": [_step(scenario, index, question) for index, question in enumerate(came.asked.questions, 1)],
        "answer": {"status": came.answer, "rule": spoilt.rule if spoilt else None},
        "timeline": [_moment(entry, came) for entry in came.entries if entry.kind in ("started", "status")],
        "outcome": _outcome(came.flow) if came.flow else None,
    }


def _step(scenario: Scenario, number: int, question: Question) -> Json:
    rules = [_rule(each) for each in explain(scenario, question)]
    return {"step": number, "channel": question.channel, "to": question.to, "rules": rules}


def _rule(told: Explained) -> Json:
    return {"rule": told.rule, "applies": told.matched, "match": told.match, "differences": list(told.differences)}


def _moment(entry: Entry, came: Rehearsed) -> Json:
    data, callback = entry.data, entry.data.get("callback")
    posted = [post.at for post in came.posts if callback and post.id.startswith(callback)]
    told = {key: data[key] for key in ("step", "channel", "rule", "status", "reason") if key in data}
    return {"at": entry.at, "event": entry.kind} | told | ({"callbacks": posted} if callback else {})


def _outcome(flow: Flow) -> Json:
    shown = views.shown(flow, Prices())
    told = {key: shown[key] for key in ("status", "statusCode", "terminationChannel", "totalPrice")}
    return told | {"callbacks": 0 if flow.request.callback is UNSET else flow.told}
