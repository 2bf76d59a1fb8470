"""Reads requests for one-time passwords: a valid request, or all that is wrong with it. Pure.

The service has a framework of its own, which is stricter: empty texts are not absent, names have one spelling.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from msgspec import UNSET, convert, json

from emulator.channels.numbers import country
from emulator.channels.table import SMS, VIBER
from emulator.channels.text import MOST_PARTS, count
from emulator.errors import Json
from emulator.flow.content import outgoing
from emulator.flow.request import Callback, Request, SmsMessage, SmsStep, Step, Strategy, ViberMessage, ViberStep
from emulator.provider.otp import templates
from emulator.provider.otp.request import AFTER_DELIVERY, DAY, ENTITY
from emulator.provider.otp.request import VIBER as VIBER_OTP
from emulator.provider.reading import leniency
from emulator.provider.reading.forgiving import forgiving
from emulator.provider.reading.leniency import Read
from emulator.validation import schema
from emulator.validation.shape import shape_of
from emulator.validation.strict import Invalid, Malformed, reread
from emulator.validation.wording import noted, shown, worded

__all__ = ["Invalid", "Malformed", "Read", "read", "read_stored"]

SHORT: Final = 30
"""The least ttl in seconds that POST /viber takes: one that is shorter may be meant in minutes."""
_SCHEMA: Final = "failover-otp"
_NEEDED: Final = frozenset(("message", "callback"))


def read_stored(body: bytes) -> Request:
    """The request of stored JSON: it is always encoded anew, since it keeps the steps as they came."""
    return json.decode(body, type=Request)


def read(body: bytes, max_steps: int | None = None) -> Read:
    """The request in a body. Raises Malformed or Invalid; more than `max_steps` steps are invalid."""
    value = _FORGIVING.read(body)
    if not isinstance(value, dict):
        raise Malformed(f"The body must be an object with a flow; found {shown(value)}")
    asked: Any = deepcopy(value.get("flow"))
    for step in value["flow"] if isinstance(asked, list) else ():
        _respell(step)
    remarks = [
        each
        for each in leniency.lenient(value, shape_of(_SCHEMA))
        if not any(form.fullmatch(str(each[0][-1])) for form in templates.PARAMETERS.values())
    ]
    written = reread(body)
    violations = [] if schema.valid(_SCHEMA, value) else schema.violations(_SCHEMA, value)
    told = worded(violations, written, {}) or _beyond(value, max_steps)
    if told:
        raise Invalid(ENTITY, told)
    told_of = leniency.told(remarks, written, {}) if remarks else ()
    return Read(_request(value, asked), (*told_of, *_in_minutes(value["flow"])))


def _in_minutes(steps: list[Json]) -> tuple[str, ...]:
    """Remarks on steps whose ttl looks like one in minutes, as flows of POST /failover have."""
    looks = [(index, step["ttl"]) for index, step in enumerate(steps) if 0 < step["ttl"] < SHORT]
    return tuple(
        f"flow[{index}].ttl is in seconds here, in POST /failover in minutes: found {ttl}" for index, ttl in looks
    )


def _respell(step: Any) -> None:
    """Has the recipient of a step as one number with its +, which may stand without, and over Viber in an array."""
    if not isinstance(step, dict):
        return
    to = step.get("to")
    if step.get("type") == VIBER_OTP and isinstance(to, list) and len(to) == 1:
        to = step["to"] = to[0]
    if isinstance(to, str) and country(f"+{to}"):
        step["to"] = f"+{to}"


def _beyond(value: Json, max_steps: int | None) -> dict[str, str]:
    """What is wrong with a request that the schema does not know, by path."""
    told: dict[str, str] = {}
    steps = value["flow"]
    if max_steps is not None and len(steps) > max_steps:
        told["flow"] = f"must have at most {max_steps} elements; it has {len(steps)}"
    orders: dict[int, int] = {}
    for index, step in enumerate(steps):
        step.setdefault("order", index + 1)
        first = orders.setdefault(int(step["order"]), index)
        if first != index:
            told[f"flow[{index}].order"] = f"must be unique; flow[{first}] has {step['order']} too"
        if step["type"] == VIBER_OTP:
            for name, why in templates.wrong(step).items():
                noted(told, f"flow[{index}].{name}", why)
            continue
        message = step["message"]
        shortens = "" if "urlShortener" in message else None
        taken = count(outgoing(message["body"], shortens, message.get("transcode") is True))
        if taken > MOST_PARTS:
            why = f"must fit into {MOST_PARTS} parts of an Sms; it takes {taken}"
            told[f"flow[{index}].message.body"] = why
    return told


def _request(value: Json, asked: list[Json]) -> Request:
    """The request of a valid value, with its steps as they were `asked` for."""
    steps = value["flow"]
    last = max(step["order"] for step in steps)
    told = value.get("callback")
    return Request(
        [_step(step, last=step["order"] == last) for step in steps],
        Callback(Strategy.ON_STEP, told["url"], bare=True) if told else UNSET,
        asked=[each | {"order": int(step["order"])} for each, step in zip(asked, steps, strict=True)],
        code=next((step["pin"] for step in steps if step["type"] == VIBER_OTP), UNSET),
    )


def _step(step: Json, *, last: bool) -> Step:
    """A step of a flow. Nothing can follow the delivery of the last one."""
    minutes = (int(step["ttl"]) or DAY) / 60
    ttl, order = int(minutes) if minutes.is_integer() else minutes, int(step["order"])
    label = step.get("label", UNSET)
    if step["type"] == VIBER_OTP:
        goes_on = not last and any(step.get(name) is True for name in AFTER_DELIVERY)
        template, text = templates.template_of(step)
        return ViberStep(
            step["senderInfoTrackingId"],
            step["to"],
            ttl,
            ViberMessage(text),
            order,
            list(VIBER.default_failover),
            expire_on_delivery=goes_on,
            label=label,
            ttl_since_delivery=True if goes_on else UNSET,
            template=template,
        )
    message = convert(step["message"] | ({} if label is UNSET else {"label": label}), SmsMessage, strict=False)
    return SmsStep(step["from"], step["to"], ttl, message, order, list(SMS.default_failover))


_FORGIVING: Final = forgiving(_NEEDED)
