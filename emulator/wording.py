"""Schema errors in words: where (`flow[0].message.text`), what is allowed, and what was found. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, Final

from emulator.model import Json
from emulator.schema import Violation

LONGEST: Final = 60
"""How many characters of a found value are shown."""


def worded(violations: Iterable[Violation], raw: object) -> dict[str, str]:
    """One message for each path, in the order of the document; `raw` is the value as the client sent it."""
    told: dict[str, list[str]] = {}
    for violation in sorted(violations, key=lambda each: _position(each.absolute_path)):
        for path, message in _messages(violation, raw):
            if message not in told.setdefault(path, []):
                told[path].append(message)
    return {path: "; ".join(messages) for path, messages in told.items()}


def _position(path: Iterable[str | int]) -> tuple[int, int]:
    """Sorts by the flow's step; what is not in a step comes last."""
    keys = [*path, None, None]
    return (0, keys[1]) if keys[0] == "flow" and isinstance(keys[1], int) else (keys[0] != "flow", 0)


def pointed(path: Iterable[str | int]) -> str:
    """A path as `flow[0].message.text`; of the whole body, `body`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
    return text or "body"


def _messages(violation: Violation, raw: object) -> list[tuple[str, str]]:
    path = list(violation.absolute_path)
    if violation.validator == "required":
        missing = [key for key in violation.validator_value if key not in violation.instance]
        return [(pointed([*path, key]), _missing(raw, [*path, key])) for key in missing]
    write = _WORDS.get(violation.validator)
    return [(pointed(path), write(violation) if write else f"is not allowed; found {shown(violation.instance)}")]


def _missing(raw: object, path: list[str | int]) -> str:
    value: Any = raw
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return "is required"
    return f"must not be empty; found {shown(value)}"


def shown(value: object) -> str:
    """A found value, short enough to read."""
    text = f"'{value}'" if isinstance(value, str) else _SHOWN.get(type(value), lambda v: str(v))(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"


_SHOWN: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    dict: lambda value: f"an object with {len(value)} members",
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
    allowed = [str(each) for each in violation.validator_value]
    found = violation.instance
    near = difflib.get_close_matches(str(found).lower(), [each.lower() for each in allowed], 1)
    hint = f" - did you mean '{next(each for each in allowed if each.lower() == near[0])}'?" if near else ""
    return f"must be one of {', '.join(allowed)}; found {shown(found)}{hint}"


def _pattern(violation: Violation) -> str:
    return f"must be {violation.schema.get('title', violation.validator_value)}; found {shown(violation.instance)}"


def _type(violation: Violation) -> str:
    return f"must be {_TYPES[violation.validator_value]}; found {shown(violation.instance)}"


def _described(violation: Violation) -> str:
    return str(_schema_text(violation.schema))


def _schema_text(schema: Json) -> object:
    return schema.get("description", "is not allowed")


def _number(bound: str) -> Callable[[Violation], str]:
    return lambda violation: f"must be {bound} {violation.validator_value:g}; found {shown(violation.instance)}"


def _length(bound: str) -> Callable[[Violation], str]:
    return lambda v: f"must have {bound} {v.validator_value} {_unit(v.instance)}; it has {len(v.instance)}"


def _unit(instance: object) -> str:
    return "characters" if isinstance(instance, str) else "elements"


_WORDS: Final[dict[str, Callable[[Violation], str]]] = {
    "enum": _enum,
    "pattern": _pattern,
    "type": _type,
    "not": _described,
    "anyOf": _described,
    "minimum": _number("at least"),
    "maximum": _number("at most"),
    "exclusiveMinimum": _number("more than"),
    "minLength": _length("at least"),
    "maxLength": _length("at most"),
    "minItems": _length("at least"),
    "maxItems": _length("at most"),
    "decimals": lambda v: f"must have at most {v.validator_value} decimal; found {shown(v.instance)}",
}
