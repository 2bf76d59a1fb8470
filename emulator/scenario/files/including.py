"""What a scenario's file includes: the rules, plans, parameters and more of other files. What it says itself stands
over that, and what an earlier file says over what a later one does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from emulator.scenario.files.cursor import Cursor
from emulator.scenario.files.named import names_in
from emulator.scenario.rules import DEFAULT_RULE, Idle, Rule, Scenario

UNNAMED = "rule [0-9]+"
"""The form of names of rules that have none in their file."""


class Part(Struct, frozen=True):
    """What one file is for those that include it: a `scenario`, its `plans` by name, the `parameters` that hold."""

    scenario: Scenario
    plans: dict[str, Any]
    parameters: dict[str, Any]


Include = Callable[[Cursor, str, dict[str, str]], Part | None]
"""Reads what a value names, a file or a shipped scenario, with these parameters set if it has them. What can't be read
is noted, and then there is no part.
"""


def parts(cursor: Cursor, include: Include, given: dict[str, str]) -> list[Part]:
    """What a file's value includes, in its order."""
    if not isinstance(cursor.value, dict) or "include" not in cursor.value:
        return []
    member = cursor.member("include", cursor.value["include"])
    listed = member.items("files") if isinstance(member.value, list) else [member]
    named = [(each, each.text("a file, such as common.yaml, or the name of a shipped scenario")) for each in listed]
    found = [include(each, name, given) for each, name in named if name]
    return [part for part in found if part is not None]


def together(own: Scenario, included: Sequence[Scenario]) -> Scenario:
    """A scenario with what it includes: rules come after its own."""
    rules, files = list(own.rules), list(own.files)
    for each in included:
        rules += _named(each.rules, each.name, [rule.name for rule in rules])
        files += each.files
        own = replace(own, prices=(*each.prices, *own.prices), choices=_over(each.choices, own.choices))
        if own.balance is None:
            own = replace(own, balance=each.balance, balance_in=each.balance_in, when_empty=each.when_empty)
    return replace(own, rules=tuple(rules), included=len(rules) - len(own.rules), files=tuple(dict.fromkeys(files)))


def idle(whole: Any, own: Scenario, included: Sequence[Part]) -> Idle:
    """The members of a file's whole value that do nothing: parameters and plans to which nothing refers, and what is
    `included` without adding anything to its `own`.
    """
    if not whole.keys() & {"parameters", "plans", "include"}:
        return ()
    asked = names_in({key: each for key, each in whole.items() if key != "parameters"})
    handed = {name for part in included for name in part.parameters}
    found: list[tuple[tuple[str | int, ...], str]] = [
        ((kind, str(name)), f"nothing refers to it, as ${name} does")
        for kind, known in (("parameters", asked | handed), ("plans", asked))
        for name in whole.get(kind, ())
        if str(name) not in known
    ]
    seen = set[str]()
    for index, part in enumerate(included):
        each, path = part.scenario, ("include", index) if isinstance(whole["include"], list) else ("include",)
        declared = asked & {*part.plans, *part.parameters}
        if each.files[0] in seen:
            found.append((path, "this adds nothing: it is included already"))
        elif not (each.rules or each.prices or each.choices or declared or (own.balance is None and each.balance)):
            found.append((path, "this adds nothing: it has no rules, and nothing refers to what it declares"))
        seen |= {*each.files}
    return tuple(found)


def _named(rules: Iterable[Rule], file: str, taken: Sequence[str]) -> list[Rule]:
    """Rules of a file with names that no other has: those without one are called after the file."""
    made = list[Rule]()
    for rule in rules:
        name = f"{file}: {rule.name}" if re.fullmatch(UNNAMED, rule.name) else rule.name
        others, number = {*taken, *(each.name for each in made), DEFAULT_RULE}, 2
        free = name
        while free in others:
            free, number = f"{name} ({number})", number + 1
        made.append(replace(rule, name=free))
    return made


def _over(choices: Any, own: Any) -> Any:
    return tuple((dict(choices) | dict(own)).items())
