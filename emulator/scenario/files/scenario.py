"""Reading a whole scenario: its head, its rules, and the expectations that tests check."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final, cast

from emulator.channels.table import Channel
from emulator.choices.given import Given
from emulator.choices.table import rows
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.state import FlowStatus, StatusCode
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.files.delays import delay
from emulator.scenario.files.faults import ANSWER, CALLBACKS, answer, callbacks
from emulator.scenario.files.matches import KEYS, match
from emulator.scenario.files.plans import plan
from emulator.scenario.matching import Match
from emulator.scenario.questions import Endpoint
from emulator.scenario.rules import CODED, DEFAULT_RULE, Expectation, Rule, Scenario

HEAD: Final = ("purpose", "name", "rules", "balance", "when_empty", "choices", "expect")
_INSTANT: Final = "a time such as 2026-03-02T23:30Z"
RULE: Final = ("name", "match", "plan", "queued", "answer", "callbacks", "code")
EXPECT: Final = ("send", "endpoint", "to", "ttl", "at", "answer", "status", "statusCode", "messages", "callbacks")
STEP: Final = (
    "type",
    "to",
    "from",
    "ttl",
    "text",
    "label",
    "senderInfoTrackingId",
    "video",
    "failoverOnStatuses",
    "expireOnDelivery",
)
PLACES: Final = MappingProxyType(
    dict.fromkeys(("error", *ANSWER), "in 'answer'")
    | dict.fromkeys(CALLBACKS, "in 'callbacks'")
    | dict.fromkeys(Channel, "in 'plan'")
    | dict.fromkeys(KEYS, "in 'match'")
    | dict.fromkeys(RULE[1:], "in a rule, below 'rules'")
    | dict.fromkeys(HEAD[2:], "at the top of the file, not in a rule")
)
"""Where a key stands that was found at the top or in a rule, and does not belong there."""


def scenario(cursor: Cursor, name: str) -> Scenario:
    """The scenario that a file says; called `name` if it does not give itself another."""
    members = cursor.fields(HEAD, needed=("purpose",), places=PLACES)
    if "name" in members:
        name = members["name"].text()
        if name and not re.fullmatch("[A-Za-z0-9][A-Za-z0-9._-]*", name):
            members["name"].expected("a name of letters, digits, dots, dashes and underscores")
    elif not (name.isascii() and name.isprintable()):
        cursor.wrong("a file whose name is not ASCII needs a 'name' of letters, digits, dots, dashes and underscores")
    refuses = "when_empty" in members and members["when_empty"].name(("refuse", "fail")) == "refuse"
    if "when_empty" in members and cursor.lacks("balance"):
        members["when_empty"].wrong("'when_empty' means nothing without a 'balance'", on_key=True)
    expected = [members["expect"]] if "expect" in members else []
    if expected and isinstance(members["expect"].value, list):
        expected = members["expect"].items("expectations")
    return Scenario(
        name=name,
        purpose=members["purpose"].text("one line of text") if "purpose" in members else "",
        rules=_rules(members["rules"]) if "rules" in members else (),
        balance=_balance(members["balance"]) if "balance" in members else None,
        balance_in="messages" if "balance" in members and isinstance(members["balance"].value, dict) else "money",
        when_empty="refuse" if refuses else "fail",
        choices=_choices(members["choices"]) if "choices" in members else (),
        expect=tuple(map(_expectation, expected)),
    )


def overrides(cursor: Cursor) -> tuple[tuple[Rule, int | None], ...]:
    """Rules alone, each with the number of requests that it is good for; None for any number."""
    members = cursor.fields(("rules",), needed=("rules",), places=PLACES)
    made: list[tuple[Rule, int | None]] = []
    for number, each in enumerate(members["rules"].items("rules") if "rules" in members else (), 1):
        counted = isinstance(each.value, dict) and "uses" in each.value
        uses = each.member("uses", each.value["uses"]).whole(1) if counted else None
        made.append((_rule(each, f"rule {number}", (*RULE, "uses")), uses))
    return tuple(made)


def _rules(cursor: Cursor) -> tuple[Rule, ...]:
    if cursor.value == []:
        return ()
    rules: dict[str, Rule] = {}
    for number, each in enumerate(cursor.items("rules"), 1):
        rule = _rule(each, f"rule {number}")
        if rule.name in rules or rule.name == DEFAULT_RULE:
            each.wrong(f"the name '{rule.name}' is taken by another rule")
        rules[rule.name] = rule
    return tuple(rules.values())


def _rule(cursor: Cursor, name: str, known: Sequence[str] = RULE) -> Rule:
    members = cursor.fields(known, places=PLACES)
    if cursor.lacks(*RULE[2:], *(PLACES.keys() - set(known)), known=known):
        cursor.wrong("a rule needs a plan, queued, an answer, callbacks or a code")
    made = Rule(
        name=members["name"].text() if "name" in members else name,
        match=match(members["match"]) if "match" in members else Match(),
        plan=plan(members["plan"]) if "plan" in members else {},
        answer=answer(members["answer"]) if "answer" in members else None,
        callbacks=callbacks(members["callbacks"]) if "callbacks" in members else None,
        queued=delay(members["queued"]) if "queued" in members else None,
        code=members["code"].spelled("[0-9]{1,18}", "digits in quotes") if "code" in members else None,
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
        if barring := rule.match.barring(channel):
            message = f"this is never used: the rule applies only if {Match(barring)}"
            cursor.member(channel.value, cursor.value[channel]).wrong(message, on_key=True)


def _expectation(cursor: Cursor) -> Expectation:
    members = cursor.fields(EXPECT, needed=("send",))
    common = {key: _step_member(key, members[key]) for key in ("to", "ttl") if key in members}
    steps = members["send"].items("channels") if "send" in members else []
    code = members.get("statusCode")
    return Expectation(
        send=tuple(common | _step(each) for each in steps),
        answer=members["answer"].whole(200, 599) if "answer" in members else None,
        status=members["status"].name(tuple(FlowStatus)) if "status" in members else None,
        status_code=code.name(tuple(StatusCode)) if code is not None and code.value is not None else None,
        messages=tuple(_texts(members["messages"])) if "messages" in members else None,
        callbacks=members["callbacks"].whole(0) if "callbacks" in members else None,
        at=_instant(members["at"]) if "at" in members else None,
        endpoint=_endpoint(members["endpoint"]) if "endpoint" in members else "failover",
    )


def _endpoint(cursor: Cursor) -> Endpoint:
    """Where a request goes that is expected to come to something."""
    known = ("failover", "transactional", "otp", "sms", "viber", "voice", CODED)
    return cast(Endpoint, cursor.name(known) or "failover")


def _balance(cursor: Cursor) -> float:
    """An amount of money, or a number of messages."""
    if not isinstance(cursor.value, dict):
        return cursor.number(0)
    members = cursor.fields(("messages",), needed=("messages",))
    return float(members["messages"].whole(0)) if "messages" in members else 0.0


def _choices(cursor: Cursor) -> Given:
    """The answers that are chosen, by the names of their choices."""
    members = cursor.fields([row.name for row in rows()])
    answers = {row.name: row.answers for row in rows()}
    return tuple((name, each.name(answers[name])) for name, each in members.items())


def _instant(cursor: Cursor) -> int:
    """A time in milliseconds."""
    try:
        return instants.read(cursor.text(_INSTANT))
    except (ValueError, OverflowError):
        cursor.expected(_INSTANT)
        return 0


def _step(cursor: Cursor) -> Json:
    """A step to send: the name of a channel, or a map with it under `type` and members as the API has them."""
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


def _texts(cursor: Cursor) -> list[str]:
    """A list of texts, which may be empty."""
    return [] if cursor.value == [] else [each.text() for each in cursor.items("statuses")]
