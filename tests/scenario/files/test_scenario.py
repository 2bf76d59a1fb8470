"""Reading a whole scenario: head, rules, expectations, overrides."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from emulator.channels.table import CHANNELS
from emulator.choices.table import rows
from emulator.scenario import files
from emulator.scenario.answers import ERRORS
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.expectations import EXPECT, STEP
from emulator.scenario.files.faults import ANSWER, CALLBACKS
from emulator.scenario.files.scenario import HEAD, RULE
from emulator.scenario.matching import LOOKUPS, NUMBERS, TEXTS, WITHIN
from emulator.scenario.rules import Expectation, Scenario
from emulator.shipped import folder
from tests.support.scenarios import DOCS, problems_of

SCHEMA = json.loads((folder("schemas") / "scenario.json").read_text("utf-8"))


def test_the_head_of_a_file_says_what_the_scenario_is() -> None:
    """Name, balance, and expectations short and long."""
    made = files.load_text(
        "purpose: Test.\nname: my.own\nbalance: 10\nwhen_empty: refuse\n"
        "expect: { send: [Sms, { type: Viber, ttl: 3 }], to: '+301', ttl: 5, answer: 200, status: Failed,"
        " statusCode: '2', messages: [Failed], callbacks: 0 }\n",
        "file",
    )
    sent = ({"to": "+301", "ttl": 5, "type": "Sms"}, {"to": "+301", "ttl": 3, "type": "Viber"})
    expected = Expectation(sent, 200, "Failed", "2", ("Failed",), 0)
    assert made == Scenario("my.own", "Test.", (), 10, "refuse", (expected,))


def test_rules_without_names_are_called_by_their_numbers() -> None:
    """As explanations and the journal show them."""
    made = files.load_text(
        "purpose: Test.\nrules: [{ plan: happy }, { name: b, plan: happy }, { plan: happy }]", "file"
    )
    assert [each.name for each in made.rules] == ["rule 1", "b", "rule 3"]


@pytest.mark.parametrize("name", ["σενάριο", "tab\there"])
def test_a_file_whose_name_no_header_can_carry_must_name_its_scenario(tmp_path: Path, name: str) -> None:
    """So each scenario can be chosen for a single request."""
    file = tmp_path / f"{name}.yaml"
    file.write_text("purpose: x")
    with pytest.raises(ScenarioError, match=r"a file whose name is not ASCII needs a 'name'"):
        files.load(file)
    file.write_text("purpose: x\nname: mine")
    assert files.load(file).name == "mine"


WORDS = st.sampled_from(
    [*TEXTS, *NUMBERS, *LOOKUPS, "purpose", "rules", "match", "plan", "Sms", "at", "after", "status"]
)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["1s", "ttl", "50%", "Sent", "x", "", "1..2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from(["match", "plan", "answer", "callbacks", "name"]), VALUES))
def test_any_rule_gives_a_scenario_or_problems(members: dict[str, Any]) -> None:
    """All problems have a place in the text."""
    text = json.dumps({"purpose": "Test.", "rules": [members]})
    assert all(each.line == 1 and each.column >= 1 for each in problems_of(text))


def test_the_schema_knows_the_same_words_as_the_loader() -> None:
    """Statuses, facts, lookups and errors."""
    Draft202012Validator.check_schema(SCHEMA)
    words: dict[str, Any] = SCHEMA["$defs"]
    assert list(words["match"]["properties"]) == _sorted_as(words, [*TEXTS, *NUMBERS, *WITHIN, "all", "any", "not"])
    of_both = {*words["lookups"]["properties"], *words["numberLookups"]["properties"]}
    assert of_both == set(LOOKUPS) - {"within", "above"}
    assert words["error"]["enum"] == list(ERRORS)
    for channel, traits in CHANNELS.items():
        statuses = words[f"{channel.value.lower()}Outcome"]["anyOf"][0]["enum"]
        assert statuses == [*traits.statuses, "happy", "silence"]


def test_the_schema_knows_the_same_members_as_the_loader() -> None:
    """Of the head, of a rule, of an answer, of callbacks, of an expectation and of the steps that it sends."""
    words = SCHEMA["$defs"]
    rule, expectation = words["rule"]["properties"], words["expectation"]["properties"]
    callbacks = next(each for each in words["callbacks"].get("anyOf", [words["callbacks"]]) if "properties" in each)
    sent = next(each for each in expectation["send"]["items"]["anyOf"] if "properties" in each)
    assert sorted(SCHEMA["properties"]) == sorted(HEAD)
    assert sorted(rule) == sorted(RULE)
    assert sorted(rule["answer"]["anyOf"][1]["properties"]) == sorted(["error", *ANSWER])
    assert sorted(callbacks["properties"]) == sorted(CALLBACKS)
    assert sorted(expectation) == sorted(EXPECT)
    assert sorted(sent["properties"]) == sorted(STEP)


def test_the_readme_names_every_error_with_its_status_and_every_member_of_an_answer() -> None:
    """And no other, in the paragraph that begins with the names."""
    (named,) = re.findall(r"(?s)\nThe names: (.*?)\n\n", DOCS)
    errors, members = named.split("The members of a map: ")
    known, waiting = dict[str, int](), list[str]()
    for name, status in re.findall(r"`([a-z-]+)`|\(([0-9]{3})", errors):
        waiting += [name] if name else []
        if status:
            known |= dict.fromkeys(waiting, int(status))
            waiting = []
    assert (known, waiting) == ({name: fault.status for name, fault in ERRORS.items()}, [])
    assert set(re.findall("`([a-z]+)`", members)) - {"before", "after"} == {"error", *ANSWER}


def _sorted_as(words: dict[str, Any], keys: list[str]) -> list[str]:
    return sorted(keys, key=list(words["match"]["properties"]).index)


def test_overrides_are_rules_with_a_number_of_uses() -> None:
    """Any number where none is given; they are named by their numbers as a scenario's rules are."""
    made = files.load_rules('{"rules": [{"plan": "silence", "uses": 2}, {"name": "b", "plan": "happy"}]}', "shown")
    assert [(rule.name, uses) for rule, uses in made] == [("rule 1", 2), ("b", None)]
    with pytest.raises(ScenarioError) as refused:
        files.load_rules('{"rules": [{"plan": "silence", "uses": 0}]}', "shown")
    assert str(refused.value) == "shown:1:40: rules[0].uses: must be a whole number from 1; found 0"


@pytest.mark.parametrize("members", ['"uses": 1', '"name": "a"', '"match": {"to": "+30"}, "uses": 2'])
def test_an_override_that_does_nothing_is_refused(members: str) -> None:
    """Whatever its members resemble."""
    with pytest.raises(ScenarioError, match="a rule needs a plan, queued, an answer, callbacks or a code"):
        files.load_rules(f'{{"rules": [{{{members}}}]}}', "shown")


@pytest.mark.parametrize("text", ["{}", '{"rules": []}', '{"purpose": "x", "rules": [{"plan": "happy"}]}'])
def test_overrides_are_nothing_but_rules(text: str) -> None:
    """At least one."""
    with pytest.raises(ScenarioError):
        files.load_rules(text, "shown")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [{ balance: 1 }]", "unknown key 'balance'; it stands at the top of the file, not in a rule"),
        ("rules: [{ to: '+30' }]", "unknown key 'to'; it stands in 'match'"),
        ("rules: [{ Sms: Failed }]", "unknown key 'Sms'; it stands in 'plan'"),
        ("rules: [{ drop: 1 }]", "unknown key 'drop'; it stands in 'callbacks'"),
        ("rules: [{ error: no-balance }]", "unknown key 'error'; it stands in 'answer'"),
        ("plan: silence", "unknown key 'plan'; it stands in a rule, below 'rules'"),
        ("rules: [{ name: idle }]", "a rule needs a plan, queued, an answer, callbacks or a code"),
    ],
)
def test_a_key_that_stands_elsewhere_is_told_where(text: str, told: str) -> None:
    """And nothing else is told of it."""
    with pytest.raises(files.ScenarioError) as found:
        files.load_text(f"purpose: x\n{text}\n", "shown")
    (problem,) = found.value.problems
    assert problem.message == told


def test_a_scenario_may_answer_what_the_documentation_leaves_open() -> None:
    """By the names of the table; a mistyped name or answer is told with what was meant."""
    made = files.load_text("purpose: Test.\nchoices: { latency: milliseconds, callback-retries: '5' }", "file")
    assert made.choices == (("latency", "milliseconds"), ("callback-retries", "5"))
    text = "purpose: Test.\nchoices: { latencies: milliseconds, callback-retries: 5, total-price: sum }"
    told = [each.message for each in problems_of(text)]
    assert "did you mean 'latency'?" in told[0]
    assert told[1:] == [
        "must be text; found the number 5: put it in quotes",
        "must be all-messages or last-message; found 'sum'",
    ]


def test_the_schema_has_each_choice_with_its_answers() -> None:
    """For editors that help to write scenarios."""
    found = SCHEMA["properties"]["choices"]["properties"]
    assert {name: tuple(each["anyOf"][0]["enum"]) for name, each in found.items()} == {
        row.name: row.answers for row in rows()
    }
