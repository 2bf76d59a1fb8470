"""Writes schema errors for people: where (`flow[0].message.text`), what is allowed, and what was found. Pure.

What is checked is not quite what the client wrote: empty members are gone, and other spellings are the documented ones.
So places and found values are looked up in the raw value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import UNSET, Struct

from emulator.errors import Json, plural
from emulator.validation.hints import hint, nearest, quoted, units
from emulator.validation.printing import printable
from emulator.validation.schema import MOST, Violation, whole

Spellings = Mapping[str, tuple[str, ...]]
"""The other spellings of a member, by its documented name."""


class Place(Struct, frozen=True):
    """A path as the client wrote it. `order` sorts places as they stand in the document; `found` is the value there,
    UNSET if there is none.
    """

    path: tuple[str | int, ...]
    order: tuple[int, ...]
    found: Any

    def __str__(self) -> str:
        """The path in the form `flow[0].message.text`; `body` for the whole body."""
        text = "".join([f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.path]).removeprefix(".")
        return printable(text) or "body"


def worded(violations: Iterable[Violation], raw: object, spellings: Spellings) -> dict[str, str]:
    """One message for each path, in the order of the document; `raw` is the value as the client wrote it. Of a value of
    the wrong type nothing more is said.
    """
    listed = list(violations)
    messages: dict[str, dict[str, None]] = {}
    for place, message in sorted(each_worded(listed, raw, spellings), key=lambda each: each[0].order):
        messages.setdefault(str(place), {})[message] = None
    told = {path: "; ".join(each) for path, each in messages.items()}
    if len(listed) == MOST:
        noted(told, "body", f"only the first {MOST} errors are listed")
    return told


def each_worded(violations: Iterable[Violation], raw: object, spellings: Spellings) -> list[tuple[Place, str]]:
    """The same as single messages, each with its place."""
    found: list[tuple[Place, str]] = []
    listed = sorted(violations, key=lambda each: _RANKS.get(each.validator, 0))
    mistyped = {tuple(each.absolute_path) for each in listed if each.validator == "type"}
    missing: set[tuple[str | int, ...]] = set()
    for violation in listed:
        path = tuple(violation.absolute_path)
        if violation.validator == "required":
            for key in violation.validator_value:
                if key not in violation.instance and (lacked := (*path, key)) not in missing:
                    missing.add(lacked)
                    place = placed(lacked, raw, spellings)
                    found.append((place, _missing(place, violation, key)))
        elif violation.validator == "type" or path not in mistyped:
            write = _WORDS.get(violation.validator, _not_allowed)
            found.append((placed(path, raw, spellings), write(violation)))
    return found


def noted(told: dict[str, str], path: str, message: str) -> None:
    """Add a message about a path, after those that it may have."""
    told[path] = f"{told[path]}; {message}" if path in told else message


def placed(path: Iterable[str | int], raw: object, spellings: Spellings) -> Place:
    """Where a path of the checked value is in the raw one. There, an array of one may stand for its element, and an
    element for the array.
    """
    written: list[str | int] = []
    order: list[int] = []
    for key in path:
        if isinstance(raw, list):
            if isinstance(key, int) or len(raw) == 1:
                at = key if isinstance(key, int) else 0
                written.append(at)
                order.append(at)
                raw = raw[at]
            if isinstance(key, int):
                continue
        if isinstance(raw, dict):
            if isinstance(key, str):
                name, position, raw = _member(raw, key, spellings)
                written.append(name)
                order.append(position)
        else:
            written.append(key)
            order.append(0)
            raw = UNSET
    return Place(tuple(written), tuple(order), raw)


def _member(raw: Json, key: str, spellings: Spellings) -> tuple[str, int, Any]:
    """The name, position and value of a member as it was written; a missing one comes after all others."""
    if key in raw and key not in spellings:
        return key, list(raw).index(key), raw[key]
    names = [name for name in (key, *spellings.get(key, ())) if name in raw]
    if not names:
        return key, len(raw), UNSET
    name = names[0] if len(names) == 1 else next(filter(lambda each: _filled(raw[each]), names), names[0])
    return name, list(raw).index(name), raw[name]


def _filled(value: object) -> bool:
    """Whether a member counts. An empty one does not, nor one whose members are all empty, zero or false."""
    return any(map(_filled, value.values())) if isinstance(value, dict) else bool(value)


def _missing(place: Place, violation: Violation, key: str) -> str:
    """What to say of a required member that is absent: it was empty, or an unknown one beside it is spelled like it."""
    known = violation.schema.get("properties", {})
    if place.found is not UNSET:
        wanted = whole(known.get(key, {})).get("title")
        return f"{f'must be {wanted}' if wanted else 'must not be empty'}; found {shown(place.found)}"
    strangers = [each for each in violation.instance if each not in known]
    if near := nearest(key, strangers):
        return f"is required; {quoted(near)} is spelled differently"
    inside = whole(known.get(key, {})).get("properties", {})
    within = [each for each in strangers if any(each == name or synonymous(each, name) for name in inside)]
    return f"is required; {quoted(within[0])} belongs into it" if within else f"is required{_called(strangers, [key])}"


def _called(strangers: Iterable[str], names: Iterable[str]) -> str:
    """The end of a message about what is missing: that an unknown member is called by one of these names here."""
    found = ((each, name) for each in strangers for name in names if synonymous(each, name))
    return next((f"; {quoted(each)} is called {name} here" for each, name in found), "")


def synonymous(one: str, other: str) -> bool:
    """Whether two names of members mean the same in other services, or in other libraries."""
    return any(one in words and other in words for words in _SYNONYMS)


def shown(value: object) -> str:
    """A found value as JSON writes it; long texts are cut, and of objects and arrays only the size is shown."""
    if not isinstance(value, str):
        return _SHOWN.get(type(value), str)(value)
    return quoted(value)


_SHOWN: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    dict: lambda value: f"an object with {plural(len(value), 'member')}",
    list: lambda value: f"an array of {len(value)}",
}

_SYNONYMS: Final = (
    frozenset(("body", "text", "message", "content", "txt")),
    frozenset(("to", "recipient", "phone", "mobile", "number", "msisdn", "destination")),
    frozenset(("from", "sender", "senderId", "originator", "source")),
)
"""Names for the same member. A body may have one of each for what another service calls otherwise."""
_UNITS: Final = {"Minutes": "minute", "Seconds": "second"}
"""The units that a limit has if its description begins with one."""
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
    return f"must be one of {', '.join(allowed)}; found {shown(found)}{hint(str(found), allowed)}"


def _described(violation: Violation) -> str:
    return str(violation.schema["description"])


def _needs_one(violation: Violation) -> str:
    """What the schema says of an object that lacks one of several members, which it may have under another name."""
    names = dict.fromkeys(name for each in violation.validator_value for name in each.get("required", ()))
    found = violation.instance if isinstance(violation.instance, dict) else {}
    return _described(violation) + _called([each for each in found if each not in names], names)


def _not_allowed(violation: Violation) -> str:
    return f"is not allowed; found {shown(violation.instance)}"


def _number(bound: str) -> Callable[[Violation], str]:
    return lambda violation: f"must be {bound} {_measured(violation)}; found {shown(violation.instance)}"


def _measured(violation: Violation) -> str:
    """The limit that is broken, in its unit, since services differ in theirs: descriptions begin with it."""
    unit = _UNITS.get(str(violation.schema.get("description")).split(" ")[0])
    return plural(violation.validator_value, unit) if unit else str(violation.validator_value)


def _length(bound: str, unit: str) -> Callable[[Violation], str]:
    return lambda v: f"must have {bound} {plural(v.validator_value, unit)}; it has {_size(v.instance)}"


def _size(value: str | list[Any]) -> str:
    """How long a text or an array is; of a text in UTF-16 units, as limits count."""
    if isinstance(value, str) and units(value) != len(value):
        return f"{units(value)}, since letters such as emoji count as two"
    return str(len(value))


_WORDS: Final[dict[str, Callable[[Violation], str]]] = {
    "enum": _enum,
    "pattern": lambda v: f"must be {v.schema['title']}; found {shown(v.instance)}",
    "type": lambda v: f"must be {_TYPES[v.validator_value]}; found {shown(v.instance)}",
    "propertyNames": lambda v: f"must have {v.validator_value['title']} as its keys; found {', '.join(v.instance)}",
    "not": _described,
    "anyOf": _needs_one,
    "minimum": _number("at least"),
    "maximum": _number("at most"),
    "exclusiveMinimum": _number("more than"),
    "minLength": _length("at least", "character"),
    "maxLength": _length("at most", "character"),
    "minItems": _length("at least", "element"),
    "maxItems": _length("at most", "element"),
    "decimals": lambda v: f"must have at most {plural(v.validator_value, 'decimal')}; found {shown(v.instance)}",
}
_RANKS: Final = {keyword: rank for rank, keyword in enumerate(_WORDS)}
"""The order in which the errors of one value are told, since the libraries have others."""
