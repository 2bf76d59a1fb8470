"""What a scenario's file says in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.channels.table import Channel
from emulator.scenario import files
from emulator.scenario.files.cursor import MOST_FINDINGS
from emulator.scenario.files.doubts import MOST, all_doubts, doubts
from emulator.scenario.outcomes import SILENCE
from emulator.scenario.rules import Rule


def found(*rules: str) -> list[tuple[str, str]]:
    """The doubts about rules: path, and the first words of the message."""
    text = "purpose: Test.\nrules:\n" + "".join(f"  - {{ {rule} }}\n" for rule in rules)
    scenario = files.load_text(text, "test")
    return [(".".join(map(str, each.path[1:])), each.message) for each in doubts(scenario.rules)]


@pytest.mark.parametrize(
    ("rules", "path", "why"),
    [
        (
            ["match: { all: [{ channel: Sms }, { channel: Viber }] }, plan: { Sms: Failed }"],
            "0.match",
            "channel is Sms and channel is Viber cannot both hold",
        ),
        (["plan: silence", "match: { order: 1 }, plan: { Sms: Failed }"], "1", "the rule 'rule 1' comes first"),
        (["plan: { Sms: Failed }", "plan: { Sms: Sent, Viber: SEEN }"], "1.plan.Sms", "the rule 'rule 1' comes first"),
        (["match: { from: x }, plan: { Viber: SEEN, Sms: Sent }"], "0.plan.Viber", "a Viber step has no from"),
        (["match: { endpoint: sms }, plan: { Viber: FAILED }"], "0", "a request to the endpoint sms sends no Viber"),
        (["match: { endpoint: tracking }, plan: { Sms: Failed }"], "0", "has no steps"),
        (["match: { order: 2 }, plan: happy, callbacks: never"], "0.callbacks", "it has order 1"),
        (["match: { endpoint: token }, plan: happy, answer: unavailable"], "0.plan", "has no steps"),
        (["answer: unavailable, callbacks: never"], "0.callbacks", "refuses the request"),
        (["answer: unavailable, plan: happy"], "0.plan", "refuses the request"),
        (["callbacks: { never: true, delay: 1s }"], "0.callbacks.never", "no callback is sent"),
        (["answer: { close: before, status: 500 }"], "0.answer.close", "without an answer"),
        (
            ["match: { endpoint: sms }, plan: happy, code: '1'"],
            "0.code",
            "only requests to the endpoint 2step have a code",
        ),
        (["code: '1'", "match: { endpoint: 2step }, code: '2'"], "1", "the rule 'rule 1' comes first"),
        (["match: { country: UK }, plan: happy"], "0.match", "no request meets this"),
        (["match: { country: [GR, UK] }, plan: happy"], "0.match.country", "no number belongs to the country UK"),
        (["match: { not: { country: UK } }, plan: happy"], "0.match.not", "no number belongs to the country UK"),
    ],
)
def test_what_decides_nothing_is_told_with_its_reason(rules: list[str], path: str, why: str) -> None:
    """A whole rule at once if all of it is unused for one reason."""
    ((where, message),) = found(*rules)
    assert (where, why in message) == (path, True)


@pytest.mark.parametrize(
    "rules",
    [
        ["match: { order: 1 }, plan: { Sms: Failed }", "plan: silence"],
        ["plan: { Sms: Failed }", "plan: { Viber: SEEN }"],
        ["answer: unavailable", "match: { endpoint: token }, answer: unavailable"],
        ["answer: { status: 201 }, plan: happy, callbacks: never"],
        ["match: { channel: Viber }, answer: unavailable, plan: { Viber: SEEN }"],
        ["answer: { close: after, delay: 1s }"],
        ["match: { endpoint: 2step, from: Shop }, code: '1'", "code: '2'"],
    ],
)
def test_what_may_decide_something_is_left_alone(rules: list[str]) -> None:
    """Where two rules overlap, or a rule plans what another request meets."""
    assert found(*rules) == []


def test_only_the_first_of_very_many_rules_are_looked_through() -> None:
    """Each is compared with all before it."""
    rule = 'match: {{ to: "+30691234{:04}" }}, plan: happy'
    assert found(*(rule.format(number) for number in range(MOST)), rule.format(1)) == []


def test_a_rule_with_a_number_of_uses_leaves_the_later_ones_their_turn() -> None:
    """What is in vain in itself is told all the same."""
    once = Rule("once", plan={Channel.SMS: SILENCE})
    assert doubts([once, once], limited={0}) == []
    assert [each.path for each in doubts([once, once, once], limited={0})] == [("rules", 2)]


def test_of_very_many_doubts_only_the_first_are_told() -> None:
    """Each word that nobody knows is compared with all that are known."""
    names = ", ".join(f"Nobody{number}" for number in range(2000))
    assert len(found(f"match: {{ operator: [Cosmote, {names}] }}, plan: happy")) == MOST_FINDINGS


COMMON = (
    "parameters: { how: Failed, share: 10% }\nplans: { a: { Sms: $how } }\n"
    "rules: [{ match: { share: $share }, plan: { Sms: Failed } }]"
)
PLANS = "parameters: { how: Failed }\nplans: { a: { Sms: $how } }"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("parameters: { how: x }", ["parameters.how: nothing refers to it, as $how does"]),
        ("parameters: { how: Failed }\nrules: [{ plan: { Sms: $how } }]", []),
        ("plans: { a: happy, b: $a }", ["plans.b: nothing refers to it, as $b does"]),
        ("plans: { a: happy, b: { Sms: $a } }\nrules: [{ plan: $b }]", []),
        ("include: common.yaml\nparameters: { share: 20%, x: 1 }", ["parameters.x: nothing refers"]),
        ("include: plans.yaml", ["include: this adds nothing: it has no rules, and nothing refers"]),
        ("include: plans.yaml\nrules: [{ plan: $a }]", []),
        ("include: [common.yaml, all-fail, common.yaml]", ["include.2: this adds nothing: it is included already"]),
        ("include: [common.yaml]\nrules: [{ plan: { Sms: Sent } }]", ["include: no rule of what this includes"]),
        ("include: [common.yaml]\nrules: [{ match: { share: 5% }, plan: { Sms: Sent } }]", []),
        ("balance: 1\ninclude: paid.yaml", ["include: this adds nothing"]),
        ("include: paid.yaml", []),
        ("parameters: { a: 1 }\nrules: [{ answer: { status: 503, body: costs $$a } }]", ["parameters.a: nothing"]),
    ],
)
def test_members_that_nothing_uses_are_told(tmp_path: Path, text: str, told: list[str]) -> None:
    """Parameters and plans without a reference, what is included without adding anything."""
    (tmp_path / "common.yaml").write_text(COMMON)
    (tmp_path / "plans.yaml").write_text(PLANS)
    (tmp_path / "paid.yaml").write_text("balance: 5")
    made = files.load_text(f"purpose: Test.\n{text}", "x", home=tmp_path / "x.yaml")
    lines = [f"{'.'.join(map(str, each.path))}: {each.message}" for each in all_doubts(made)]
    assert [line[: len(start)] for line, start in zip(lines, told, strict=True)] == told
