"""Reads the bodies of POST /sms, of its analysis and of its search: what is asked, or all that is wrong. Pure.

Strict JSON, forgiveness for what real clients send, then the schema. Bodies written as documented take a shorter way,
through `quick`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import convert

from emulator.channels.text import MOST_PARTS, SURE, count
from emulator.clock import instants
from emulator.errors import EmulatorError, Json
from emulator.flow.content import outgoing
from emulator.flow.request import Callback, Request, SmsStep
from emulator.provider.reading import leniency
from emulator.provider.reading import quick as quickly
from emulator.provider.reading.filters import Filter, filters
from emulator.provider.reading.forgiving import forgiving
from emulator.provider.reading.leniency import Read
from emulator.provider.sms.request import DEFAULT_TTL, FAILOVER, STRATEGY, doubtful, with_plus
from emulator.validation import schema
from emulator.validation.shape import shape_of
from emulator.validation.strict import Invalid, Malformed, reread
from emulator.validation.wording import noted, shown, worded

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.provider.sms.wire import Body

__all__ = [
    "BadSender",
    "Filter",
    "Invalid",
    "Malformed",
    "Read",
    "analysis",
    "campaign",
    "quick",
    "read",
    "read_stored",
    "request",
    "search",
]

ENTITY: Final = "SmsTracking"
"""What the provider calls a request for an Sms in its errors."""


IN_MS: Final = 10**11
"""From here on a number is a time in ms, and not in seconds, as clients send it: not documented."""
CAMPAIGN: Final = "Campaign"
"""What a request for a campaign is called in errors: not documented."""


class BadSender(EmulatorError):
    """All is well but the sender, which is refused by another code."""


def read_stored(body: bytes) -> Request:
    """The request of a body that `quick` has accepted before."""
    return _decoder()(body).request()


def read(body: bytes) -> Read:
    """The request of any body. Raises Malformed, Invalid or BadSender."""
    value = _FORGIVING.read(body)
    if not isinstance(value, dict):
        raise Malformed(f"The body must be an object with body, to and from; found {shown(value)}")
    remarks = leniency.lenient(value, shape_of("sms"))
    _check("sms", value, body)
    if doubtful(value["to"]):
        remarks.append((("to",), leniency.without_plus(value["to"])))
    return Read(request(value), leniency.told(remarks, reread(body), {}) if remarks else ())


def analysis(body: bytes) -> tuple[SmsStep, tuple[str, ...]]:
    """The message of a POST /sms/analyze body, and remarks on it. Raises Malformed, Invalid or BadSender."""
    value = _FORGIVING.read(body)
    if not isinstance(value, dict):
        raise Malformed(f"The body must be an object with body, to and from; found {shown(value)}")
    remarks = leniency.lenient(value, shape_of("sms-analyze"))
    _check("sms-analyze", value, body)
    (step,) = request({name: value[name] for name in ("body", "to", "from")}).flow
    assert isinstance(step, SmsStep)
    return step, leniency.told(remarks, reread(body), {}) if remarks else ()


def campaign(body: bytes) -> tuple[Json, tuple[str, ...]]:
    """The checked value of a POST /sms/campaign body, and remarks on it. Raises Malformed, Invalid or BadSender."""
    value = _FORGIVING.read(body)
    if not isinstance(value, dict):
        raise Malformed(f"The body must be an object with body, from and recipients; found {shown(value)}")
    remarks = leniency.lenient(value, shape_of("sms-campaign"))
    _check("sms-campaign", value, body, CAMPAIGN)
    if isinstance(at := value.get("scheduledDate"), (int, float)):
        value["scheduledDate"] = instants.written(int(at) if at >= IN_MS else int(at * 1000))
    return value, leniency.told(remarks, reread(body), {}) if remarks else ()


def search(body: bytes) -> tuple[list[Filter], tuple[str, ...]]:
    """The filters of a POST /sms/tracking body, and remarks on it; no body has none. Raises Malformed or Invalid."""
    return filters(body, "sms-search", ENTITY)


def _check(name: str, value: Json, body: bytes, entity: str = ENTITY) -> None:
    """Hold a value against a schema. Raises Invalid or BadSender."""
    told = _too_long(value)
    violations = [] if schema.valid(name, value) else schema.violations(name, value)
    for path, why in worded(violations, reread(body), {}).items():
        noted(told, path, why)
    if list(told) == ["from"] and [each.validator for each in violations] == ["pattern"]:
        raise BadSender(told["from"])
    if told:
        raise Invalid(entity, told)


def _too_long(value: Json) -> dict[str, str]:
    """What the schema does not know: a text that takes more parts than an Sms may have."""
    text = value.get("body")
    if not isinstance(text, str) or len(text) <= SURE:
        return {}
    taken = count(outgoing(text, "" if "urlShortener" in value else None, value.get("transcode") is True))
    return {"body": f"must fit into {MOST_PARTS} parts of an Sms; it takes {taken}"} if taken > MOST_PARTS else {}


def request(value: Json) -> Request:
    """The request of a valid value, with its defaults filled in."""
    message = {key: value[key] for key in ("body", "flash", "label", "transcode") if key in value}
    step: Json = {key: value[key] for key in ("from", "urlShortener", "restrictions") if key in value}
    step |= {"type": "Sms", "to": with_plus(value["to"]), "message": message, "order": 1}
    step |= {"ttl": int(value.get("ttl", DEFAULT_TTL)), "failoverOnStatuses": FAILOVER}
    made = convert(step, SmsStep, strict=False)  # since JSON Schema calls 7.0 an integer too
    found = value.get("callback")
    if found is None:
        return Request([made])
    return Request([made], convert({"strategy": STRATEGY, "eachPart": True} | found, Callback))


@cache
def _decoder() -> Callable[[bytes], Body]:
    from emulator.provider.sms.wire import decode  # takes milliseconds, which a start can do without

    return decode


quick: Final = quickly.reader(_decoder)
"""The request of a body that is written as documented; None if the full reader must read it."""
_FORGIVING: Final = forgiving()
