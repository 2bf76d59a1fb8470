"""What a scenario's file says in vain."""

from __future__ import annotations

import pytest

from emulator.channels.table import Channel
from emulator.scenario import files
from emulator.scenario.files.cursor import MOST_FINDINGS
from emulator.scenario.files.doubts import MOST, doubts
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
