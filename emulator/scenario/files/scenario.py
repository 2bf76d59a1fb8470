"""Reading a whole scenario: its head, its rules, and the expectations that tests check."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.choices.given import Given
from emulator.choices.table import rows
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.files.delays import delay
from emulator.scenario.files.expectations import expectation
from emulator.scenario.files.faults import ANSWER, CALLBACKS, answer, callbacks
from emulator.scenario.files.including import Include, Part, idle, parts, together
from emulator.scenario.files.matches import BESIDE, KEYS, match
from emulator.scenario.files.money import balance, prices
from emulator.scenario.files.parameters import call, defaults, filled
from emulator.scenario.files.plans import name_plans, plan
from emulator.scenario.matching import Match
from emulator.scenario.reach import answers_all, impossible
from emulator.scenario.rules import DEFAULT_RULE, Rule, Scenario

HEAD: Final = (
    "purpose",
    "name",
    "include",
    "parameters",
    "plans",
    "rules",
    "balance",
    "when_empty",
    "prices",
    "choices",
    "expect",
)
NAME: Final = re.compile("[A-Za-z0-9][A-Za-z0-9._-]*")
"""What a scenario may be called."""
NAMED_OF: Final = "letters, digits, dots, dashes and underscores"
RULE: Final = ("name", "match", "plan", "queued", "answer", "callbacks", "code")
PLACES: Final = MappingProxyType(
    dict.fromkeys(("error", *ANSWER), "in 'answer'")
    | dict.fromkeys(CALLBACKS, "in 'callbacks'")
    | dict.fromkeys(Channel, "in 'plan'")
    | dict.fromkeys(KEYS, "in 'match'")
    | dict.fromkeys(RULE[1:], "in a rule, below 'rules'")
    | dict.fromkeys(HEAD[2:], "at the top of the file, not in a rule")
    | {"uses": "in rules that are put on top of a scenario (POST /_emulator/scenario/overrides), not in a file"}
)
"""Where a key stands that was found at the top or in a rule, and does not belong there."""


def part(cursor: Cursor, name: str, given: Mapping[str, str], include: Include, needed: Sequence[str] = ()) -> Part:
    """What a file says, with these parameters set; called `name` if it does not give itself another. It may include
    others, and `needed` are the members that it must have.
    """
    included = parts(cursor, include, defaults(cursor) | dict(given))
    others = {key: each for part in reversed(included) for key, each in part.parameters.items()}
    for each in reversed(included):
        cursor.plans.update(each.plans)
    whole = cursor.value
    cursor, known = filled(cursor, given, others, list(cursor.plans), strict=bool(needed))
    own = _scenario(cursor, name, given, needed, paid=any(each.scenario.balance is not None for each in included))
    mine = cursor.value.get("plans") if isinstance(cursor.value, dict) else None
    handed = {name: each for part in reversed(included) for name, each in part.scenario.plans.items()}
    own = replace(own, plans={**handed, **(mine if isinstance(mine, dict) else {})})
    if needed and cursor.sound():
        own = replace(own, idle=idle(whole, own, included))
    return Part(together(own, [each.scenario for each in included]), dict(cursor.plans), known)


def _scenario(cursor: Cursor, name: str, given: Mapping[str, str], needed: Sequence[str], *, paid: bool) -> Scenario:
    """What a file says by itself; if it is `paid`, others that it includes have a balance."""
    members = cursor.fields(HEAD, needed=needed, places=PLACES)
    if "name" in members:
        name = members["name"].text()
        if name and not NAME.fullmatch(name):
            members["name"].expected(f"a name of {NAMED_OF}")
    elif not (name.isascii() and name.isprintable()):
        cursor.wrong(f"a file whose name is not ASCII needs a 'name' of {NAMED_OF}")
    if "plans" in members:
        name_plans(members["plans"])
    refuses = "when_empty" in members and members["when_empty"].name(("refuse", "fail")) == "refuse"
    if "when_empty" in members and not paid and cursor.lacks("balance"):
        members["when_empty"].wrong("'when_empty' means nothing without a 'balance'", on_key=True)
    expected = [members["expect"]] if "expect" in members else []
    if expected and isinstance(members["expect"].value, list):
        expected = members["expect"].items("expectations")
    return Scenario(
        name=call(name, given),
        purpose=members["purpose"].text("one line of text") if "purpose" in members else "",
        rules=_rules(members["rules"]) if "rules" in members else (),
        balance=balance(members["balance"]) if "balance" in members else None,
        balance_in="messages" if "balance" in members and isinstance(members["balance"].value, dict) else "money",
        when_empty="refuse" if refuses else "fail",
        prices=prices(members["prices"]) if "prices" in members else (),
        choices=_choices(members["choices"]) if "choices" in members else (),
        expect=tuple(map(expectation, expected)),
    )


def overrides(cursor: Cursor, plans: Mapping[str, Any]) -> tuple[tuple[Rule, int | None], ...]:
    """Rules alone, each with the number of requests that it is good for; None for any number. They may refer to these
    `plans`, and to own ones.
    """
    if plans:
        name_plans(Cursor(plans, [], plans=cursor.plans))
    members = cursor.fields(("plans", "rules"), needed=("rules",), places=PLACES)
    if "plans" in members:
        name_plans(members["plans"])
    made: list[tuple[Rule, int | None]] = []
    for number, each in enumerate(members["rules"].items("rules") if "rules" in members else (), 1):
        counted = isinstance(each.value, dict) and "uses" in each.value
        uses = each.member("uses", each.value["uses"]).whole(1) if counted else None
        made.append((_rule(each, f"rule {number}", (*RULE, "uses")), uses))
    return tuple(made)


def _rules(cursor: Cursor) -> tuple[Rule, ...]:
    if cursor.value == []:
        return ()
    rules: list[Rule] = []
    taken = {DEFAULT_RULE}
    for number, each in enumerate(cursor.items("rules"), 1):
        rule = _rule(each, f"rule {number}")
        if rule.name in taken:
            each.wrong(f"the name '{rule.name}' is taken by another rule")
        rules.append(rule)
        taken.add(rule.name)
    return tuple(rules)


def _rule(cursor: Cursor, name: str, known: Sequence[str] = RULE) -> Rule:
    members = cursor.fields(known, places=PLACES)
    inside = cursor.value.get("match") if isinstance(cursor.value, dict) else None
    astray = isinstance(inside, dict) and not BESIDE.keys().isdisjoint(inside)
    if not astray and cursor.lacks(*RULE[2:], *(PLACES.keys() - set(known)), known=known):
        cursor.wrong("a rule needs a plan, queued, an answer, callbacks or a code")
    made = Rule(
        name=members["name"].text() if "name" in members else name,
        match=match(members["match"]) if "match" in members else Match(),
        plan=plan(members["plan"]) if "plan" in members else {},
        answer=answer(members["answer"]) if "answer" in members else None,
        callbacks=callbacks(members["callbacks"]) if "callbacks" in members else None,
        queued=delay(members["queued"]) if "queued" in members else None,
        code=members["code"].spelled("[0-9]{1,18}", "1 to 18 digits in quotes") if "code" in members else None,
    )
    if made.answer and answers_all(made.match) and not made.answer.holds_back:
        members["answer"].wrong(
            "with endpoint any, an answer is an error (a name, or a status), close: before or a delay"
        )
    if (
        "plan" in members
        and isinstance(members["plan"].value, dict)
        and ("match" not in members or members["match"].sound())
    ):
        _note_unused(members["plan"], made)
    return made


def _note_unused(cursor: Cursor, rule: Rule) -> None:
    """Note the channels that a rule plans although its match can't hold for them."""
    for channel in rule.plan:
        if (barring := rule.match.barring(channel)) and not impossible(rule.match):
            message = f"this is never used: the rule applies only if {Match(barring)}"
            cursor.member(channel.value, cursor.value[channel]).wrong(message, on_key=True)


def _choices(cursor: Cursor) -> Given:
    """The answers that are chosen, by the names of their choices."""
    members = cursor.fields([row.name for row in rows()])
    answers = {row.name: row.answers for row in rows()}
    return tuple((name, each.name(answers[name])) for name, each in members.items())
