"""Parameters of a scenario's file: their defaults stand there, others are set from outside, and `$name` in a value is
replaced by what holds.

Which are set is a part of the scenario's name: `flaky(share=50%, n=3)` is the scenario flaky with two of them. So what
takes a name takes parameters, and a store that keeps names keeps them too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from emulator.scenario.files.cursor import Cursor, Enough, shown
from emulator.scenario.files.document import Path
from emulator.scenario.files.named import NAME, REFERENCE
from emulator.validation.hints import hint, meant

_CALL: Final = re.compile(r"([^()]+)\((.*)\)", re.DOTALL)
_SET: Final = re.compile(rf'\s*({NAME})\s*=\s*("(?:\\.|[^"\\])*"|[^,"]*)\s*(?:,|$)')
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")

Given = Mapping[str, str]
"""The parameters that are set, as texts, by their names."""


class Unset(ValueError):
    """A text sets no parameter; the message says what would."""


def called(name: str) -> tuple[str, dict[str, str]]:
    """A scenario's own name, or its file's, and the parameters that are set in it. Raises Unset."""
    found = _CALL.fullmatch(name.strip())
    if not found:
        return name, {}
    place, given = 0, dict[str, str]()
    while found[2][place:].strip():
        each = _SET.match(found[2], place)
        if not each:
            raise Unset(f"a parameter is set by NAME=VALUE; found {shown(found[2][place:].strip())}")
        given[each[1]] = json.loads(each[2]) if each[2].startswith('"') else each[2].strip()
        place = each.end()
    return found[1].strip(), given


def call(name: str, given: Given) -> str:
    """The name of a scenario with these parameters set."""
    written = (f"{key}={value if _plain(value) else json.dumps(value)}" for key, value in given.items())
    return f"{name}({', '.join(written)})" if given else name


def setting(name: str, text: str) -> str:
    """The name of a scenario, or its file, with what a text sets besides, between commas. Raises Unset."""
    base, given = called(name)
    return call(base, given | called(f"{base}({text})")[1])


def base_of(name: str) -> str:
    """A scenario's own name, or its file, without parameters."""
    found = _CALL.fullmatch(name.strip())
    return found[1].strip() if found else name


def defaults(cursor: Cursor) -> dict[str, str]:
    """The parameters that a file's value declares, as texts that set those of files which it includes."""
    declared = cursor.value.get("parameters") if isinstance(cursor.value, dict) else None
    plain = declared if isinstance(declared, dict) else {}
    return {str(key): each if isinstance(each, str) else json.dumps(each, default=str) for key, each in plain.items()}


def filled(
    cursor: Cursor, given: Given, others: Mapping[str, Any], plans: Iterable[str], *, strict: bool
) -> tuple[Cursor, dict[str, Any]]:
    """A file's whole value, with what holds in the place of each reference to a parameter, and what holds; `others` do
    in files that it includes, as `plans`. Notes what is wrong with the `parameters`, references to none, and if it is
    `strict`, those that are given and are none; then raises Enough, since nobody knows what would hold.
    """
    whole = cursor.value if isinstance(cursor.value, dict) else {}
    declared = whole.get("parameters", {})
    member = cursor.member("parameters", declared)
    if not isinstance(declared, dict) or (not declared and "parameters" in whole):
        member.expected("a map of names and their values")
        return cursor, {}
    names = [*map(str, declared), *others]
    for name in given.keys() - {*names} if strict else ():
        if names:
            member.wrong(f"there is no parameter {shown(name)}{meant(name, names)}", on_key=True)
        else:
            cursor.wrong(f"there is no parameter {shown(name)}; the file has no 'parameters'")
    own = {str(key): _value(member.member(str(key), each), given.get(str(key))) for key, each in declared.items()}
    known = {**others, **own}
    if not known:
        return cursor, {}
    mine = whole.get("plans")
    filling = _Filling(cursor, known, [*plans, *(map(str, mine) if isinstance(mine, dict) else ())])
    left = {key: each if key == "parameters" else filling.of(each, (key,)) for key, each in whole.items()}
    if not cursor.sound():
        raise Enough
    return cursor.holding(left), known


def _value(cursor: Cursor, given: str | None) -> Any:
    """What holds of a parameter with this default, whose kind it has."""
    default = cursor.value
    if not re.fullmatch(NAME, str(cursor.path[-1])):
        cursor.wrong("a parameter's name has letters, digits, dashes and underscores, after a letter", on_key=True)
    if not isinstance(default, str | int | float):
        cursor.expected("a text, a number, true or false")
    if given is None or isinstance(default, str):
        return default if given is None else given
    if isinstance(default, bool):
        if given not in ("true", "false"):
            cursor.wrong(f"is set to {shown(given)}; it must be true or false, as its default is")
        return given == "true"
    if not _NUMBER.fullmatch(given):
        cursor.wrong(f"is set to {shown(given)}; it must be a number, as its default {default} is")
        return default
    return float(given) if "." in given else int(given)


class _Filling:
    """Replaces references to what is `known`; those to `plans` stay."""

    def __init__(self, cursor: Cursor, known: Mapping[str, Any], plans: list[str]) -> None:
        self._cursor = cursor
        self._known = known
        self._plans = plans

    def of(self, value: Any, path: Path) -> Any:
        """A value with what holds in the place of references."""
        if isinstance(value, dict):
            return {key: self.of(each, (*path, str(key))) for key, each in value.items()}
        if isinstance(value, list):
            return [self.of(each, (*path, index)) for index, each in enumerate(value)]
        if not isinstance(value, str) or "$" not in value:
            return value
        whole = REFERENCE.fullmatch(value)
        if whole and whole[1] in self._known:
            return self._known[whole[1]]
        return REFERENCE.sub(lambda found: self._text(found, path), value)

    def _text(self, found: re.Match[str], path: Path) -> str:
        """What stands for a reference within a text."""
        name = found[1]
        if name == "$" or name in self._plans:
            return "$" if name == "$" else found[0]
        if name not in self._known:
            near = hint(name, [*self._known, *self._plans]) or "; a $ itself is written $$"
            self._cursor.holding(found[0], path).wrong(f"there is no parameter {shown(name)}{near}")
        return str(self._known.get(name, found[0]))


def _plain(value: str) -> bool:
    """Whether a value needs no quotes in a scenario's name."""
    return bool(value) and value == value.strip() and not re.search(r'[(),"=\n]', value)
