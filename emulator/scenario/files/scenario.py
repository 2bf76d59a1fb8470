"""Reading a whole scenario: its head, its rules, and what it expects of itself."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from emulator.channels.table import Channel
from emulator.errors import Json
from emulator.flow.state import FlowStatus, StatusCode
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.files.faults import answer, callbacks
from emulator.scenario.files.matches import match
from emulator.scenario.files.plans import plan
from emulator.scenario.matching import Match
from emulator.scenario.outcomes import Outcome
from emulator.scenario.questions import Facts
from emulator.scenario.rules import DEFAULT_RULE, Expectation, Rule, Scenario

HEAD: Final = ("purpose", "name", "rules", "balance", "when_empty", "expect")
RULE: Final = ("name", "match", "plan", "answer", "callbacks")
EXPECT: Final = ("send", "to", "ttl", "answer", "status", "statusCode", "messages", "callbacks")
STEP: Final = (
    "type",
    "to",
    "from",
    "ttl",
    "text",
    "label",
    "senderInfoTrackingId",
    "failoverOnStatuses",
    "expireOnDelivery",
)


def scenario(cursor: Cursor, name: str) -> Scenario:
    """The scenario that a file says; `name` if it does not say its own."""
    members = cursor.fields(HEAD, needed=("purpose",))
    if "name" not in members and not (name.isascii() and name.isprintable()):
        cursor.wrong("a file whose name is not ASCII needs a 'name' of letters, digits, dots, dashes and underscores")
    return Scenario(
        name=_name(members["name"]) if "name" in members else name,
        purpose=members["purpose"].text("one line of text") if "purpose" in members else "",
        rules=_rules(members["rules"]) if "rules" in members else (),
        balance=members["balance"].number(0) if "balance" in members else None,
        when_empty=_when_empty(members),
        expect=tuple(_expectation(each) for each in _one_or_more(members.get("expect"), "expectations")),
    )


def overrides(cursor: Cursor) -> tuple[tuple[Rule, int | None], ...]:
    """Rules alone, each with how many requests it is good for; None for any number."""
    members = cursor.fields(("rules",), needed=("rules",))
    if "rules" not in members:
        return ()
    return tuple(_override(each, number) for number, each in enumerate(members["rules"].items("rules"), 1))


def _override(cursor: Cursor, number: int) -> tuple[Rule, int | None]:
    uses = None
    if isinstance(cursor.value, dict) and "uses" in cursor.value:
        uses = cursor.member("uses", cursor.value["uses"]).whole(1)
        rest = {key: value for key, value in cursor.value.items() if key != "uses"}
        cursor = cursor.with_value(rest)
    return _rule(cursor, f"rule {number}"), uses


def _name(cursor: Cursor) -> str:
    name = cursor.text()
    if name and not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]*", name):
        cursor.expected("a name of letters, digits, dots, dashes and underscores")
    return name


def _when_empty(members: dict[str, Cursor]) -> Literal["refuse", "fail"]:
    if "when_empty" not in members:
        return "fail"
    if "balance" not in members:
        members["when_empty"].wrong("'when_empty' means nothing without a 'balance'", on_key=True)
    return "refuse" if members["when_empty"].name(("refuse", "fail")) == "refuse" else "fail"


def _rules(cursor: Cursor) -> tuple[Rule, ...]:
    if cursor.value == []:
        return ()
    rules: dict[str, Rule] = {}
    for number, each in enumerate(cursor.items("rules"), 1):
        rule = _rule(each, f"rule {number}")
        if rule.name in (*rules, DEFAULT_RULE):
            each.wrong(f"the name '{rule.name}' is taken by another rule")
        rules[rule.name] = rule
    return tuple(rules.values())


def _rule(cursor: Cursor, name: str) -> Rule:
    members = cursor.fields(RULE)
    if isinstance(cursor.value, dict) and not {"plan", "answer", "callbacks"} & cursor.value.keys():
        cursor.wrong("a rule needs a plan, an answer or callbacks")
    planned = plan(members["plan"]) if "plan" in members else {}
    made = Rule(
        name=members["name"].text() if "name" in members else name,
        match=match(members["match"]) if "match" in members else Match(),
        plan=planned,
        answer=answer(members["answer"]) if "answer" in members else None,
        callbacks=callbacks(members["callbacks"]) if "callbacks" in members else None,
    )
    _check_channels(members.get("plan"), made.match, planned)
    return made


def _check_channels(cursor: Cursor | None, when: Match, planned: dict[Channel, Outcome]) -> None:
    """Note channels that a rule plans and never matches."""
    if cursor is None or not isinstance(cursor.value, dict):
        return
    for channel in planned:
        lost = tuple(each for each in when.named("channel") if not each.test()(Facts(channel)))
        if lost:
            message = f"this is never used: the rule applies only if {Match(lost)}"
            cursor.member(channel.value, cursor.value[channel]).wrong(message, on_key=True)


def _one_or_more(cursor: Cursor | None, what: str) -> list[Cursor]:
    if cursor is None:
        return []
    return cursor.items(what) if isinstance(cursor.value, list) else [cursor]


def _expectation(cursor: Cursor) -> Expectation:
    members = cursor.fields(EXPECT, needed=("send",))
    common = {key: _step_member(key, members[key]) for key in ("to", "ttl") if key in members}
    steps = members["send"].items("channels") if "send" in members else []
    return Expectation(
        send=tuple(common | _step(each) for each in steps),
        answer=members["answer"].whole(200, 599) if "answer" in members else None,
        status=members["status"].name(tuple(FlowStatus)) if "status" in members else None,
        status_code=_status_code(members.get("statusCode")),
        messages=tuple(_texts(members["messages"])) if "messages" in members else None,
        callbacks=members["callbacks"].whole(0) if "callbacks" in members else None,
    )


def _status_code(cursor: Cursor | None) -> str | None:
    return None if cursor is None or cursor.value is None else cursor.name(tuple(StatusCode))


def _texts(cursor: Cursor) -> list[str]:
    return [] if cursor.value == [] else [each.text() for each in cursor.items("statuses")]


def _step(cursor: Cursor) -> Json:
    """A step of a request: a channel's name, or a map with it under `type` and members as the API has them."""
    if not isinstance(cursor.value, dict):
        return {"type": cursor.name(tuple(Channel))}
    members = cursor.fields(STEP, needed=("type",))
    return {key: _step_member(key, member) for key, member in members.items()}


def _step_member(key: str, cursor: Cursor) -> Any:
    match key:
        case "type":
            return cursor.name(tuple(Channel))
        case "ttl":
            return cursor.number(0, above=True)
        case "expireOnDelivery":
            return cursor.flag()
        case "failoverOnStatuses":
            return _texts(cursor)
        case _:
            return cursor.text()
