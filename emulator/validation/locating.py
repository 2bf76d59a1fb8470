"""Says what is wrong with a JSON file that its type refuses, on which line, and at which keys of its maps. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import DecodeError, ValidationError, convert, json

from emulator.validation.mistakes import told

_PLACE: Final = re.compile(r" - at `\$(.*)`(?![\s\S])")
_STEP: Final = re.compile(r"\[\.\.\.\]|\[[0-9]+\]|[^.\[\]]+")
_BYTE: Final = re.compile(r"\(byte ([0-9]+)\)")


def located(text: str, error: DecodeError, kind: Any) -> str:
    """What is wrong with a text that can't be read as this type, after the number of its line: `3: a.secret: ...`."""
    if not isinstance(error, ValidationError):
        found = _BYTE.search(str(error))
        before = text.encode()[: int(found[1])].decode(errors="ignore") if found else text.rstrip()
        return f"{before.count(chr(10)) + 1}: {error}"
    place = _PLACE.search(str(error))
    path = place[1].removeprefix(".") if place else ""
    keys = _named(text, _STEP.findall(path), error, kind)
    shown = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")
    return f"{line(text, keys)}: {told(error, kind).replace(path, shown, 1) if path else told(error, kind)}"


def line(text: str, keys: list[str | int]) -> int:
    """The number of the line of a JSON text on which the member is that these keys lead to."""
    at = 0
    for key in keys:
        found = re.compile(re.escape(json.encode(key).decode()) + r"\s*:").search(text, at)
        at = found.start() if found else at
    return text.count("\n", 0, at) + 1


def _named(text: str, steps: list[str], error: ValidationError, kind: Any) -> list[str | int]:
    """The keys that lead to what is wrong. Which key of a map it is, is found by leaving out all others."""
    keys: list[str | int] = []
    for step in steps:
        if step != "[...]":
            keys.append(int(step[1:-1]) if step[0] == "[" else step)
            continue
        keys.append(
            next((key for key in _held(json.decode(text), keys) if _fails(text, [*keys, key], error, kind)), step)
        )
    return keys


def _held(value: Any, keys: list[str | int]) -> Any:
    for key in keys:
        value = value[key]
    return value


def _fails(text: str, keys: list[str | int], error: ValidationError, kind: Any) -> bool:
    """Whether a value is as wrong if the map with the last of these keys has no other."""
    whole = json.decode(text)
    holder = _held(whole, keys[:-1])
    for other in holder.keys() - {keys[-1]}:
        del holder[other]
    try:
        convert(whole, kind)
    except ValidationError as found:
        return str(found) == str(error)
    return False
