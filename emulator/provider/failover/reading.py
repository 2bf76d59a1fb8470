"""Reads the bodies of POST /failover, of its transactional twin and of their tracking search: a valid request, or all
that is wrong with it. Pure.

A body is read in three steps: strict JSON; forgiveness for what real clients send (empty members count as absent, other
spellings become the documented ones, texts the numbers they stand for); then the schema. Only what the schema accepts
is turned into typed values. Free-form bodies written as documented take a shorter way, through `quick`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from msgspec import Struct, convert

from emulator.channels.table import CHANNELS, Channel, Traits
from emulator.channels.text import MOST_PARTS, SURE, count
from emulator.errors import Json, plural
from emulator.flow.content import outgoing
from emulator.flow.request import Request, Strategy
from emulator.flow.state import FlowStatus
from emulator.provider.failover import quick
from emulator.provider.reading import leniency
from emulator.provider.reading.filters import Filter, filters
from emulator.provider.reading.forgiving import forgiving
from emulator.provider.reading.leniency import Read, Remark
from emulator.validation import schema
from emulator.validation.shape import Path, Shape, shape_of
from emulator.validation.strict import Invalid, Malformed, Reader, reread
from emulator.validation.wording import noted, shown, worded

__all__ = [
    "FORMS",
    "FREE_FORM",
    "TRANSACTIONAL",
    "Filter",
    "Form",
    "Invalid",
    "Malformed",
    "Read",
    "failover",
    "full",
    "read",
    "search",
]

TRACKING: Final = "FailoverTracking"
_TRAITS: Final[dict[str, Traits]] = {channel.value: traits for channel, traits in CHANNELS.items()}
_SPELLINGS: Final = {
    channel: {status.lower(): status for status in traits.statuses} for channel, traits in _TRAITS.items()
}
_DIAL_PLANS: Final = ("dialPlan", "dialplan", "dialPlans")
_WRITTEN: Final = {"dialPlan": _DIAL_PLANS}
_NEEDED: Final = frozenset(("message", "to", *_DIAL_PLANS))
"""The objects that a step needs, under all their names."""
_TEMPLATE: Final = ("templateId", "templateLang", "templateParams", "deliveryScope", "seq")
"""The members of a Viber step that sends a template."""
_STEP: Final = r"^flow\[([0-9]+)\]"
FEW: Final = 50
"""At most so many wrong steps of a request are reported, if it has more steps than that."""
_NUMBERS: Final = frozenset(("to", "phone", "viber"))
"""The members that are numbers of recipients, under `to` too."""
_TERMS: Final = {term.lower(): term for term in (*Channel, *FlowStatus, "failover", "transactional")}


class Form(Struct, frozen=True):
    """What is asked of a body: what the provider calls it, the schemas of the whole, of a step and of a Viber step, and
    what reads its JSON.
    """

    entity: str
    whole: str
    step: str
    viber: str
    reader: Reader

    def of(self, channel: str) -> str:
        """The schema of a step of this channel."""
        return self.viber if channel == Channel.VIBER else f"{channel.lower()}-step"


@cache
def shape_of_step(form: Form, channel: str) -> Shape:
    """What is known of a step of this channel: its own members, and those that a step of any channel may have."""
    own, any_step = shape_of(form.of(channel)), shape_of(form.step)
    of_any = {key: any_step.members[key] for key in schema.rules(form.step, "properties")}
    return Shape(own.types, {**of_any, **own.members}, None)


FREE_FORM: Final = Form("FailoverRequest", "failover", "step", "viber-step", forgiving(_NEEDED))
"""POST /failover."""
TRANSACTIONAL: Final = Form(
    "TransactionalFailoverRequest",
    "transactional",
    "transactional-step",
    "viber-template-step",
    forgiving(_NEEDED | {"templateParams"}),
)
"""POST /failover/transactional."""
FORMS: Final = {"failover": FREE_FORM, "transactional": TRANSACTIONAL}
"""The forms by the kinds of their flows."""


def failover(body: bytes, max_steps: int | None = None) -> Request:
    """The request of a POST /failover body. Raises Malformed or Invalid; more than `max_steps` steps are invalid."""
    return read(body, max_steps).request


def read(body: bytes, max_steps: int | None = None, form: Form = FREE_FORM) -> Read:
    """The request of a body of this form, with remarks on it. Raises Malformed or Invalid."""
    found = quick.read(body) if form is FREE_FORM else None
    if found is not None and (max_steps is None or len(found.flow) <= max_steps):
        return Read(found)
    return full(body, max_steps, form)


def full(body: bytes, max_steps: int | None = None, form: Form = FREE_FORM) -> Read:
    """The same without the quick reader: of a body that may be written in any way. Raises Malformed or Invalid."""
    value = form.reader.read(body)
    if not isinstance(value, dict):
        raise Malformed(f"The body must be an object with a flow; found {shown(value)}")
    steps = value.get("flow")
    if isinstance(steps, list):
        for step in steps:
            _respell(step, form)
    remarks: list[Remark] = []
    for part, shape, at in _parts(value, form):
        remarks += leniency.lenient(part, shape, _NUMBERS, at)
    told = _too_long(steps, max_steps) if isinstance(steps, list) else {}
    if told or not schema.valid(form.whole, value):
        for path, why in _wrong(value, reread(body), form).items():
            noted(told, path, why)
        raise Invalid(form.entity, told)
    for part, shape, _ in _parts(value, form):
        leniency.known_only(part, shape)
    _complete(value, form)
    request = convert(value, Request, strict=False)  # since JSON Schema calls 7.0 an integer too
    return Read(request, leniency.told(remarks, reread(body), _WRITTEN) if remarks else ())


def _too_long(steps: list[Any], max_steps: int | None) -> dict[str, str]:
    """What the schema does not know, by path: too many steps, and texts that take more parts than an Sms may have."""
    told = {}
    if max_steps is not None and len(steps) > max_steps:
        told["flow"] = f"must have at most {max_steps} elements; it has {len(steps)}"
    for index, step in enumerate(steps):
        message = step.get("message") if isinstance(step, dict) and step.get("type") == Channel.SMS else None
        body = message.get("body") if isinstance(message, dict) else None
        if isinstance(message, dict) and isinstance(body, str) and len(body) > SURE:
            links = "urlShortener" in step or "urlShortener" in message
            parts = count(outgoing(body, "" if links else None, message.get("transcode") is True))
            if parts > MOST_PARTS:
                told[f"flow[{index}].message.body"] = f"must fit into {MOST_PARTS} parts of an Sms; it takes {parts}"
    return told


def _wrong(value: Json, written: Json, form: Form) -> dict[str, str]:
    """What is wrong with a request, in words, by path. Of a request with many steps, only the first wrong ones are
    reported, and how many there are beside them, since listing the errors of a step takes a while.
    """
    steps = value.get("flow")
    if not isinstance(steps, list) or len(steps) <= FEW:
        return worded(schema.violations(form.whole, value), written, _WRITTEN)
    wrong = [index for index, step in enumerate(steps) if not schema.valid(form.step, step)] or [0]
    few, few_written = ({**each, "flow": [each["flow"][index] for index in wrong[:FEW]]} for each in (value, written))
    told = worded(schema.violations(form.whole, few), few_written, _WRITTEN)
    told = {re.sub(_STEP, lambda found: f"flow[{wrong[int(found[1])]}]", path): why for path, why in told.items()}
    if len(wrong) > FEW:
        noted(told, "flow", f"has {plural(len(wrong) - FEW, 'more wrong step')}, not listed here")
    return told


def _parts(value: Json, form: Form) -> list[tuple[Json, Shape, Path]]:
    """The parts of a request that leniency looks at, each with its shape and path: what stands beside the flow, and the
    steps, each by the shape of its channel.
    """
    found: list[tuple[Json, Shape, Path]] = [
        ({key: member for key, member in value.items() if key != "flow"}, shape_of(form.whole), ())
    ]
    steps = value.get("flow")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        kind = step.get("type") if isinstance(step, dict) else None
        if isinstance(kind, str) and kind in _TRAITS:
            found.append((step, shape_of_step(form, kind), ("flow", index)))
    return found


def _respell(step: object, form: Form) -> None:
    """Turns a step's other spellings into the documented ones; leaves a step of no known channel as it is."""
    kind = step.get("type") if isinstance(step, dict) else None
    if not isinstance(step, dict) or not isinstance(kind, str) or kind not in _TRAITS:
        return
    statuses = step.get("failoverOnStatuses")
    if isinstance(statuses, str):
        statuses = statuses.split(",")
    if isinstance(statuses, list):
        step["failoverOnStatuses"] = [_spelled(each, _SPELLINGS[kind]) for each in statuses if not _blank(each)]
    if kind == Channel.VOICE:
        _respell_call(step)
    elif kind == Channel.VIBER and form is TRANSACTIONAL and step.get("message") == {}:
        del step["message"]  # an empty one of a client that sends all members of all steps


def _blank(value: object) -> bool:
    """Whether an element counts as absent: null, or a text of nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


def _respell_call(step: Json) -> None:
    """The first dial plan that has something in it, under its documented name and without its array of one; and `to`
    without blank members, which count as empty.
    """
    found = [step.pop(spelling) for spelling in _DIAL_PLANS if spelling in step]
    if found:
        only = next(filter(_has_something, found), found[0])
        step["dialPlan"] = only[0] if isinstance(only, list) and len(only) == 1 else only
    to = step.get("to")
    if isinstance(to, dict):
        step["to"] = {key: value for key, value in to.items() if not isinstance(value, str) or value.strip()}


def _has_something(plan: object) -> bool:
    """Whether a dial plan, or an array of one, has a member that counts."""
    return any(map(_has_something, plan)) if isinstance(plan, list) else bool(plan)


def _spelled(found: Any, spellings: Mapping[str, object]) -> Any:
    """What a text in any case stands for; anything else, and an unknown text, as it is."""
    return spellings.get(found.strip().lower(), found) if isinstance(found, str) else found


def _complete(value: Json, form: Form) -> None:
    """Fills in the defaults of a valid request."""
    for position, step in enumerate(value["flow"], 1):
        traits = _TRAITS[step["type"]]
        step.setdefault("order", position)
        statuses = step.get("failoverOnStatuses") or traits.default_failover
        step["failoverOnStatuses"] = list(dict.fromkeys(statuses))
        if traits.ttl:
            ttl = step.get("ttl", traits.ttl.default)
            step["ttl"] = int(ttl) if traits.ttl.decimals == 0 else ttl
        if "dialPlan" in step:
            step["dialPlans"] = [step["dialPlan"]]
        if step["type"] == Channel.VIBER and form is TRANSACTIONAL:
            step |= {"message": {}, "template": {name: step[name] for name in _TEMPLATE if name in step}}
    if "callback" in value:
        value["callback"].setdefault("strategy", Strategy.ON_COMPLETION)


def search(body: bytes) -> tuple[list[Filter], tuple[str, ...]]:
    """The filters of a POST /failover/tracking body, and remarks; no body has none. Raises Malformed or Invalid."""
    return filters(body, "tracking-search", TRACKING, _filter)


def _filter(found: Json) -> Json:
    """A filter with its term in the documented spelling, unless that is a recipient."""
    if found.get("fieldName") != "to" and "searchTerm" in found:
        return found | {"searchTerm": _spelled(found["searchTerm"], _TERMS)}
    return found
