"""Schema errors in words: where (`flow[0].message.text`), what is allowed, and what was found. Pure.

A value is checked after it was forgiven some things, so paths and what was found are looked up in the value as the
client wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import UNSET, Struct

from emulator.errors import Json
from emulator.validation.schema import Violation

LONGEST: Final = 60
"""How many characters of a found value are shown."""

Spellings = Mapping[str, tuple[str, ...]]
"""The other spellings that a member's name has."""


class Place(Struct, frozen=True):
    """A path as the client wrote it: `order` sorts places as they stand in the document, and `found` is the value
    there, UNSET if there is none.
    """

    path: tuple[str | int, ...]
    order: tuple[int, ...]
    found: Any

    def __str__(self) -> str:
        """The path as `flow[0].message.text`; of the whole body, `body`."""
        text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.path).removeprefix(".")
        return text or "body"


def worded(violations: Iterable[Violation], raw: object, spellings: Spellings) -> dict[str, str]:
    """One message for each path, in the order of the document; `raw` is the value as the client sent it."""
    told: dict[str, list[str]] = {}
    every = [each for violation in violations for each in _messages(violation, raw, spellings)]
    for place, message in sorted(every, key=lambda each: each[0].order):
        messages = told.setdefault(str(place), [])
        if message not in messages:
            messages.append(message)
    return {path: "; ".join(messages) for path, messages in told.items()}


def placed(path: Iterable[str | int], raw: object, spellings: Spellings) -> Place:
    """Where a path of the checked value is in the raw one, where an array of one may stand for its element or the
    element for the array.
    """
    written: list[str | int] = []
    order: list[int] = []
    for key in path:
        if isinstance(key, int) and isinstance(raw, dict):
            continue
        if isinstance(key, str) and isinstance(raw, list) and len(raw) == 1:
            written, order, raw = [*written, 0], [*order, 0], raw[0]
        name, position, raw = _member(raw, key, spellings)
        written.append(name)
        order.append(position)
    return Place(tuple(written), tuple(order), raw)


def _member(raw: object, key: str | int, spellings: Spellings) -> tuple[str | int, int, Any]:
    """A member's name, position and value; one that is missing comes after all others."""
    if isinstance(raw, list) and isinstance(key, int):
        return key, key, raw[key]
    if not isinstance(raw, dict):
        return key, 0, UNSET
    names = [name for name in (key, *spellings.get(str(key), ())) if name in raw]
    name = next((name for name in names if _filled(raw[name])), names[0] if names else key)
    return name, list(raw).index(name) if names else len(raw), raw.get(name, UNSET)


def _filled(value: object) -> bool:
    """Whether a member counts: one that is empty, or has nothing but empty, zero and false members, does not."""
    return any(map(_filled, value.values())) if isinstance(value, dict) else bool(value)


def _messages(violation: Violation, raw: object, spellings: Spellings) -> list[tuple[Place, str]]:
    path = list(violation.absolute_path)
    if violation.validator == "required":
        missing = [key for key in violation.validator_value if key not in violation.instance]
        places = [placed([*path, key], raw, spellings) for key in missing]
        return [(place, _missing(place, violation.instance)) for place in places]
    write = _WORDS.get(violation.validator, _unknown)
    return [(placed(path, raw, spellings), write(violation))]


def _missing(place: Place, beside: Json) -> str:
    if place.found is not UNSET:
        return f"must not be empty; found {shown(place.found)}"
    near = [key for key in beside if key.lower() == str(place.path[-1]).lower()]
    return f"is required; '{near[0]}' is spelled differently" if near else "is required"


def shown(value: object) -> str:
    """A found value, short enough to read."""
    if not isinstance(value, str):
        return _SHOWN.get(type(value), str)(value)
    return f"'{value}'" if len(value) <= LONGEST else f"'{value[:LONGEST]}...' ({len(value)} characters)"


_SHOWN: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    dict: lambda value: f"an object with {len(value)} {_plural('member', len(value))}",
    list: lambda value: f"an array of {len(value)}",
}

_TYPES: Final = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
}


def _enum(violation: Violation) -> str:
    allowed, found = violation.validator_value, violation.instance
    return f"must be one of {', '.join(allowed)}; found {shown(found)}{_hint(found, allowed)}"


def _hint(found: object, allowed: list[str]) -> str:
    from difflib import get_close_matches

    spelled = {each.lower(): each for each in allowed}
    near = get_close_matches(found.strip().lower(), spelled, 1) if isinstance(found, str) else []
    return f" - did you mean '{spelled[near[0]]}'?" if near else ""


def _pattern(violation: Violation) -> str:
    return f"must be {violation.schema['title']}; found {shown(violation.instance)}"


def _type(violation: Violation) -> str:
    return f"must be {_TYPES[violation.validator_value]}; found {shown(violation.instance)}"


def _described(violation: Violation) -> str:
    return str(violation.schema["description"])


def _unknown(violation: Violation) -> str:
    return f"is not allowed; found {shown(violation.instance)}"


def _number(bound: str) -> Callable[[Violation], str]:
    return lambda violation: f"must be {bound} {violation.validator_value}; found {shown(violation.instance)}"


def _length(bound: str, unit: str) -> Callable[[Violation], str]:
    return lambda v: (
        f"must have {bound} {v.validator_value} {_plural(unit, v.validator_value)}; it has {len(v.instance)}"
    )


def _plural(unit: str, number: int) -> str:
    return unit if number == 1 else f"{unit}s"


_WORDS: Final[dict[str, Callable[[Violation], str]]] = {
    "enum": _enum,
    "pattern": _pattern,
    "type": _type,
    "not": _described,
    "anyOf": _described,
    "minimum": _number("at least"),
    "maximum": _number("at most"),
    "exclusiveMinimum": _number("more than"),
    "minLength": _length("at least", "character"),
    "maxLength": _length("at most", "character"),
    "minItems": _length("at least", "element"),
    "maxItems": _length("at most", "element"),
    "decimals": lambda v: (
        f"must have at most {v.validator_value} {_plural('decimal', v.validator_value)}; found {shown(v.instance)}"
    ),
}
