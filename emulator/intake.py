"""From a request's bytes to a value that obeys every rule, or to a refusal that names all that is wrong.

Three steps: strict JSON; forgiveness for what real clients send (empty members count as absent, several spellings of
one thing); then the schema. Only what the schema let through is turned into typed values.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from msgspec import Struct, convert

from emulator import schema
from emulator.channels import CHANNELS
from emulator.model import Channel, EmulatorError, Json, Request
from emulator.wording import worded

_CHANNELS: Final = {channel.value: traits for channel, traits in CHANNELS.items()}
_SPELLINGS: Final = {
    channel.value: {status.lower(): status for status in traits.statuses} for channel, traits in CHANNELS.items()
}
_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
DEEPEST: Final = 64
"""How deep a body may be nested."""
_DIAL_PLANS: Final = ("dialPlan", "dialplan", "dialPlans")
_BOOLEANS: Final = {"true": True, "false": False}


class Malformed(EmulatorError):
    """The body is not JSON, or not of the kind that is expected; the text says what is wrong and where."""


class Invalid(EmulatorError):
    """The body breaks rules: `entity` is what it should have been, `properties` maps paths to what is wrong there."""

    def __init__(self, entity: str, properties: dict[str, str]) -> None:
        super().__init__(f"{entity}: {properties}")
        self.entity = entity
        self.properties = properties


class Filter(Struct, frozen=True, rename="camel"):
    """One filter of a tracking search."""

    field_name: str
    search_term: str
    search_operator: str = "is"


def parse(body: bytes) -> Any:
    """The value of strict JSON. Raises Malformed, also for duplicate keys, NaN, lone surrogates and deep nesting."""
    try:
        text = body.decode("utf-8-sig")
        if text.count("{") + text.count("[") > DEEPEST and _depth(text) > DEEPEST:
            raise Malformed(f"The body is nested deeper than {DEEPEST} levels")
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8: byte {error.start} is {body[error.start]:#04x}") from error
    except UnicodeEncodeError as error:
        raise Malformed("The body has a lone surrogate, which is no character") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Malformed(f"The body is not JSON: {error.msg} at {where}") from error
    except ValueError as error:
        raise Malformed(f"The body is not JSON: {error}") from error
    return value


def _depth(text: str) -> int:
    """How deep brackets are nested; those within texts do not count."""
    deepest = depth = 0
    for token in _BRACKETS.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
        deepest = max(deepest, depth)
    return deepest


def _members(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        keys = [key for key, _ in pairs]
        raise Malformed(f"The body has the key '{next(k for k in keys if keys.count(k) > 1)}' twice in one object")
    return members


def _no_constant(name: str) -> NoReturn:
    raise Malformed(f"The body has {name}, which JSON does not know")


def failover(body: bytes, max_steps: int | None = None) -> Request:
    """The request of a POST /failover body. Raises Malformed or Invalid."""
    raw = parse(body)
    if not isinstance(raw, dict):
        raise Malformed("The body must be a JSON object with a flow")
    value = _forgiven(raw)
    steps = value.get("flow")
    if isinstance(steps, list):
        value["flow"] = [_step(step) if isinstance(step, dict) else step for step in steps]
    _check("failover", "FailoverRequest", value, raw)
    if max_steps and len(value["flow"]) > max_steps:
        told = f"must have at most {max_steps} elements; it has {len(value['flow'])}"
        raise Invalid("FailoverRequest", {"flow": told})
    value["flow"] = [_complete(step, position) for position, step in enumerate(value["flow"], 1)]
    if "callback" in value:
        value["callback"].setdefault("strategy", "OnCompletion")
    return convert(value, Request)


def _check(name: str, entity: str, value: object, raw: object) -> None:
    if not schema.valid(name, value):
        raise Invalid(entity, worded(schema.violations(name, value), raw))


def _forgiven(members: Json) -> Json:
    """An object without its empty members; a member that is an object of empty, zero and false ones is empty too."""
    kept: Json = {}
    for key, value in members.items():
        if isinstance(value, dict):
            inner = _forgiven(value)
            if key == "message" or any(inner.values()):
                kept[key] = inner
        elif isinstance(value, list):
            if value:
                kept[key] = [_forgiven(each) if isinstance(each, dict) else each for each in value]
        elif value is not None and value != "":
            kept[key] = value
    return kept


def _step(step: Json) -> Json:
    """A step with its other spellings turned into the documented ones; an unknown type's step as it is."""
    kind = step.get("type")
    if not isinstance(kind, str) or kind not in _CHANNELS:
        return step
    if "failoverOnStatuses" in step:
        step["failoverOnStatuses"] = _statuses(step["failoverOnStatuses"], _SPELLINGS[kind])
    if kind == Channel.VOICE:
        _spell_dial_plan(step)
    message = step.get("message")
    if kind == Channel.SMS and isinstance(message, dict) and isinstance(message.get("transcode"), str):
        message["transcode"] = _BOOLEANS.get(message["transcode"].strip().lower(), message["transcode"])
    return step


def _statuses(found: Any, spellings: dict[str, str]) -> Any:
    listed = [part for part in found.split(",") if part.strip()] if isinstance(found, str) else found
    if not isinstance(listed, list):
        return listed
    return [spellings.get(each.strip().lower(), each) if isinstance(each, str) else each for each in listed]


def _spell_dial_plan(step: Json) -> None:
    found = [step.pop(spelling) for spelling in _DIAL_PLANS if spelling in step]
    if found:
        only = found[0]
        step["dialPlan"] = only[0] if isinstance(only, list) and len(only) == 1 else only


def _complete(step: Json, position: int) -> Json:
    """A valid step with its defaults filled in, as the model has it."""
    traits = _CHANNELS[step["type"]]
    step.setdefault("order", position)
    step.setdefault("failoverOnStatuses", list(traits.default_failover))
    if traits.ttl:
        ttl = step.setdefault("ttl", traits.ttl.default)
        step["ttl"] = int(ttl) if traits.ttl.decimals == 0 else ttl
    if "dialPlan" in step:
        step["dialPlans"] = [step["dialPlan"]]
    return step


def search(body: bytes) -> list[Filter]:
    """The filters of a POST /failover/tracking body; an empty body has none. Raises Malformed or Invalid."""
    raw = parse(body) if body.strip() else []
    filters = [raw] if isinstance(raw, dict) else raw
    if not isinstance(filters, list):
        raise Malformed("The body must be a JSON array of filters")
    value = [_filter(each) if isinstance(each, dict) else each for each in filters]
    _check("tracking-search", "FailoverTracking", value, filters)
    return convert(value, list[Filter])


def _filter(found: Json) -> Json:
    """A filter with its operator and its term in the documented spelling."""
    kept = {key: value for key, value in found.items() if value not in (None, "")}
    if isinstance(kept.get("searchOperator"), str):
        kept["searchOperator"] = kept["searchOperator"].lower()
    term = kept.get("searchTerm")
    if isinstance(term, str) and kept.get("fieldName") != "to":
        kept["searchTerm"] = _TERMS.get(term.strip().lower(), term)
    return kept


_TERMS: Final = {
    term.lower(): term
    for term in ("Sms", "Viber", "Voice", "Queued", "InProgress", "Succeeded", "Failed", "failover", "transactional")
}
