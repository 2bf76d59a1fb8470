"""What becomes of a flow's verification: it is answered, cancelled, or its time runs out. Pure.

    Pending → Verified | Failed, when no answer is left | Cancelled | Expired

Each ends it for good. The message that has the code goes its own way, whatever becomes of the verification.
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from emulator.errors import Json
from emulator.flow.request import Request, SmsStep, Step, VoiceStep
from emulator.flow.state import Flow, Report, Transition
from emulator.flow.verification import EXPIRY, Standing, Verification
from emulator.journal import kinds
from emulator.journal.entry import Entry
from emulator.seed import callback_id

PIN: Final = r"@@pin(?![A-Za-z0-9_])"
"""Where a text has the code."""


def coded(request: Request, code: str) -> Request:
    """The request with the code in its texts."""
    return replace(request, flow=[_coded(step, code) for step in request.flow])


def timed(flow: Flow) -> Flow:
    """The flow with the end of its verification's time in its agenda, if that is to come."""
    found = flow.verification
    if found is None or not found.timed or found.status is not Standing.PENDING:
        return flow
    if any(item.status == EXPIRY for item in flow.agenda):
        return flow
    end = Report(found.expires_at, 0, EXPIRY)
    return replace(flow, agenda=tuple(sorted((*flow.agenda, end), key=attrgetter("at"))))


def answered(flow: Flow, answer: str, now: int) -> Transition:
    """Compare an answer with the code of a verification that is Pending."""
    before, terms = _pending(flow), flow.request.verification
    assert terms is not UNSET
    tried = before.tried + 1
    if answer == before.code:
        return _ended(flow, replace(before, status=Standing.VERIFIED, tried=tried), now, answer)
    if tried > terms.max_retries:
        return _ended(flow, replace(before, status=Standing.FAILED, tried=tried), now, answer)
    after = replace(flow, verification=replace(before, tried=tried))
    return Transition(after, (_entry(after, now, kinds.Verification(Standing.PENDING, tried, answer)),))


def cancelled(flow: Flow, now: int) -> Transition:
    """Cancel a verification that is Pending."""
    return _ended(flow, replace(_pending(flow), status=Standing.CANCELLED), now)


def expired(flow: Flow, now: int) -> Transition:
    """End a verification that is Pending, since its time is over."""
    return _ended(flow, replace(_pending(flow), status=Standing.EXPIRED), now)


def _pending(flow: Flow) -> Verification:
    assert flow.verification is not None
    assert flow.verification.status is Standing.PENDING
    return flow.verification


def _ended(flow: Flow, after: Verification, now: int, answer: str = "") -> Transition:
    """The end of a verification, of which the customer is told."""
    agenda = tuple(item for item in flow.agenda if item.status != EXPIRY)
    ended = replace(flow, verification=replace(after, updated_at=now), agenda=agenda, updated_at=now)
    told = kinds.Verification(after.status, after.tried, answer or UNSET)
    if (callback := flow.request.callback) is UNSET:
        return Transition(ended, (_entry(ended, now, told),))
    ended = replace(ended, told=flow.told + 1)
    entry = _entry(ended, now, replace(told, callback=callback_id(ended.id, ended.told, callback.bare)))
    return Transition(ended, (entry,), (ended,))


def _entry(flow: Flow, now: int, told: kinds.Verification) -> Entry:
    return Entry(now, flow.application, flow.id, told)


def _coded(step: Step, code: str) -> Step:
    if isinstance(step, SmsStep):
        return replace(step, message=replace(step.message, body=re.sub(PIN, code, step.message.body)))
    assert isinstance(step, VoiceStep)

    def said(verb: Json) -> Json:
        return verb | {"message": verb["message"] | {"text": re.sub(PIN, code, verb["message"]["text"])}}

    plans = [replace(plan, verbs=list(map(said, plan.verbs))) for plan in step.dial_plans]
    return replace(step, dial_plans=plans)
