"""Reads the bodies of the two-step calls: a valid request or an answer, or all that is wrong with it. Pure.

Strict JSON, forgiveness for what real clients send, then the schema. An answer comes as JSON, in a form or a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from msgspec import json

from emulator.channels.table import SMS, VOICE
from emulator.channels.text import MOST_PARTS, count
from emulator.errors import EmulatorError, Json
from emulator.flow.request import DialPlan, Request, SmsMessage, SmsStep, Step, VoiceStep
from emulator.flow.verification import Terms
from emulator.flow.verifying import PIN
from emulator.provider.reading import forms, leniency
from emulator.provider.reading.forgiving import forgiving, parse
from emulator.provider.reading.leniency import Read
from emulator.provider.twostep.request import DIGITS, LANGUAGE, LIFETIME, RETRIES, SENDER, TEMPLATE, TTL
from emulator.validation import schema
from emulator.validation.shape import shape_of
from emulator.validation.strict import Invalid, Malformed, reread
from emulator.validation.wording import shown, worded

ENTITY: Final = "TwoStep"
"""What a request for a verification is called in errors: not documented."""
_NAMED: Final = re.compile(r"@@([A-Za-z0-9_]+)")
_NUMBERS: Final = frozenset(("recipient",))


class BadSender(EmulatorError):
    """All is well but the originator, which is refused by another code."""


class NoPin(EmulatorError):
    """The template has no place for the code, which is refused by another code."""


def read_stored(body: bytes) -> Request:
    """The request of stored JSON: it is always encoded anew, since what came has no code."""
    return json.decode(body, type=Request)


def read(body: bytes) -> Read:
    """The request in a body. Raises Malformed, Invalid, BadSender or NoPin."""
    value = _FORGIVING.read(body)
    if not isinstance(value, dict):
        raise Malformed(f"The body must be an object with method, type and recipient; found {shown(value)}")
    value = _respelled(value)
    remarks = leniency.lenient(value, shape_of("twostep"), _NUMBERS)
    _check(value, body)
    terms = Terms(
        int(value.get("digits", DIGITS)),
        int(value.get("lifetimeInSeconds", LIFETIME)),
        int(value.get("maxRetries", RETRIES)),
    )
    request = Request([_step(value)], verification=terms)
    return Read(request, leniency.told(remarks, reread(body), {}) if remarks else ())


def answer(kind: str, body: bytes, query: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The answer in a body of this media type, or in a query, and remarks on the body; what is no object is a form too,
    whatever its type says. Raises Malformed or Invalid.
    """
    if kind == "application/x-www-form-urlencoded" or not body.lstrip().startswith(b"{"):
        found = dict(query) | dict(parse_qsl(body.decode(errors="replace")))
        body = json.encode({name: found[name] for name in ("answer",) if name in found})
    found, remarks = forms.read(body, "twostep-answer", ENTITY, _as_text)
    return str(found["answer"]).strip(), remarks


def _respelled(value: Json) -> Json:
    """A request with its arguments as an object of texts: the documentation has them as a text, of JSON."""
    found = value.get("arguments")
    if isinstance(found, str):
        try:
            found = parse(found.encode())
        except Malformed:
            return value
    if not isinstance(found, dict):
        return value
    return value | {"arguments": {name: _text(each) for name, each in found.items()}}


def _as_text(found: object) -> object:
    """An answer's body with a number in it as a text."""
    return found | {"answer": _text(found["answer"])} if isinstance(found, dict) and "answer" in found else found


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _check(value: Json, body: bytes) -> None:
    """Raises Invalid, BadSender or NoPin."""
    violations = [] if schema.valid("twostep", value) else schema.violations("twostep", value)
    told = worded(violations, reread(body), {})
    if list(told) == ["originator"] and [each.validator for each in violations] == ["pattern"]:
        raise BadSender(told["originator"])
    if told:
        raise Invalid(ENTITY, told)
    text = _told(value)
    if not re.search(PIN, text):
        raise NoPin
    code = "0" * int(value.get("digits", DIGITS))
    if (taken := count(re.sub(PIN, code, text))) > MOST_PARTS:
        raise Invalid(ENTITY, {"template": f"must fit into {MOST_PARTS} parts of an Sms; it takes {taken}"})


def _told(value: Json) -> str:
    """The text with its arguments: a name without one stays as it is, and so does the place of the code."""
    given = {name: each for name, each in value.get("arguments", {}).items() if name != "pin"}
    text: str = value.get("template", TEMPLATE)
    return _NAMED.sub(lambda found: given.get(found[1], found[0]), text)


def _step(value: Json) -> Step:
    """The step that sends the code of a valid request."""
    sender, to, text = value.get("originator", SENDER), value["recipient"], _told(value)
    if value["method"] == "sms":
        more = {"restrictions": value["restrictions"]} if "restrictions" in value else {}
        return SmsStep(sender, to, TTL, SmsMessage(text), 1, list(SMS.default_failover), **more)
    verb = {"type": "SAY", "message": {"text": text, "language": LANGUAGE}}
    return VoiceStep(sender, to, [DialPlan([verb])], 1, list(VOICE.default_failover))


_FORGIVING: Final = forgiving()
