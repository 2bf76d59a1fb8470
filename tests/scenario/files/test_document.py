"""A scenario's text: JSON or YAML, its limits, and where things stand in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.scenario import files
from emulator.scenario.files import Problem, ScenarioError
from emulator.scenario.files.document import Document, Finding, from_json
from tests.support.scenarios import problems_of

BROKEN = Path(__file__).parent / "broken"


def test_a_problem_reads_as_compilers_write_it() -> None:
    """File, line and column first, so that editors can jump there."""
    file = BROKEN / "unknown-status.yaml"
    with pytest.raises(ScenarioError) as raised:
        files.load(file)
    expected = f"{file}:3:18: rules[0].plan.Sms: Sms has no status 'Deliverd'; did you mean 'Delivered'?"
    assert str(raised.value) == expected


def test_a_text_that_is_json_needs_no_yaml_library() -> None:
    """The default scenario and those sent over HTTP load without its import."""
    code = "from emulator.scenario import files; import sys; files.find('default'); print('ruamel.yaml' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "False\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"purpose": "Test.", "balance": -1}', "json:1:33: balance: must be a number from 0 on; found -1"),
        ('{"purpose": "Test.", "purpose": "Twice."}', "json:1:22: purpose: the key 'purpose' comes twice"),
        ('{"purpose": "Test.", "balance": NaN}', "json:1:33: balance: must be a number from 0 on; found 'NaN'"),
        ('{"purpose": "Test."', "json:1:1: the { that opens here is never closed"),
        ("[" * 5000, "json:1:1: this is nested too deeply"),
        ('{"rules": [{"match": ' + '{"not": ' * 3000 + "{}" + "}" * 3001 + "]}", "json:1:1: this is nested too deeply"),
        (
            '{"purpose": "x", "rules": [{"plan": "silence", "match": ' + '{"not": ' * 100 + "{}" + "}" * 101 + "]}",
            "json:1:441: rules[0].match" + ".not" * 48 + ": this is nested too deeply",
        ),
        ("purpose: !!python/name:os.system ''", "json:1:10: a text that begins with ! needs quotes"),
        ("purpose: \x00", "json:1:10: U+0000 cannot stand in YAML"),
    ],
)
def test_json_and_hostile_texts_get_messages_too(text: str, told: str) -> None:
    """With positions, and never another exception."""
    with pytest.raises(ScenarioError) as raised:
        files.load_text(text, "json")
    assert str(raised.value).startswith(told)


@given(st.text() | st.text(alphabet="purpose: rules-[]{}\n&*!,'\"?1|>#%@"))
def test_any_text_gives_a_scenario_or_problems(text: str) -> None:
    """Nothing else, whatever the text."""
    assert all(each.line >= 1 and each.message for each in problems_of(text))


def test_aliases_that_repeat_one_another_without_end_are_refused() -> None:
    """A hundred lines can stand for 2^100 values."""
    doubled = "".join(f"  - &a{number} [*a{number - 1}, *a{number - 1}]\n" for number in range(1, 100))
    with pytest.raises(ScenarioError, match=r"this has more than 1000000 values, since its aliases repeat one another"):
        files.load_text(f"purpose: x\nrules:\n  - &a0 {{ plan: happy }}\n{doubled}", "laughs")


@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "1" * 5000, "1e" + "1" * 400])
def test_numbers_of_thousands_of_digits_are_refused(number: str) -> None:
    """With their place; Python would not even write them."""
    with pytest.raises(ScenarioError, match=r":3:\d+: .*more than 300 digits"):
        files.load_text(f"purpose: x\nrules:\n  - plan: {{ Sms: [{{ after: {number}, status: Sent }}] }}\n", "far")


def test_a_yaml_text_has_a_limit_and_a_json_text_has_none() -> None:
    """Since YAML is read slowly."""
    purpose = "x" * 500_000
    with pytest.raises(ScenarioError, match="as JSON, that is no limit"):
        files.load_text(f"purpose: {purpose}", "long")
    assert files.load_text(f'{{"purpose": "{purpose}"}}', "long").purpose == purpose


@pytest.mark.parametrize(
    "text",
    [
        "purpose: x",
        "[1]",
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": 1',
        '{"a": "\\ud800"}',
        '{"a": ' + "9" * 400 + "e9}",
    ],
)
def test_only_strict_json_is_read_as_json(text: str) -> None:
    """Anything else is left to the YAML reader, which says what is wrong and where."""
    assert from_json(text) is None


def test_json_gives_the_values_that_yaml_gives() -> None:
    """YAML is only needed to say where something stands."""
    text = '{"purpose": "x", "rules": [{"plan": {"Sms": "Failed"}}], "balance": 1.5}'
    assert from_json(text) == Document(text).value


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        (Finding((), "x"), (1, 1)),
        (Finding(("rules",), "x"), (3, 3)),
        (Finding(("rules",), "x", on_key=True), (2, 1)),
        (Finding(("rules", 1, "plan"), "x"), (4, 11)),
        (Finding(("rules", 1, "match"), "x"), (4, 5)),
        (Finding(("balance",), "x"), (5, 1)),
    ],
    ids=["the whole", "a list", "a key", "a member", "a member that is missing", "a value that is left out"],
)
def test_a_problem_has_the_place_of_what_it_is_about(finding: Finding, place: tuple[int, int]) -> None:
    """Lines and columns count from 1."""
    document = Document("purpose: x\nrules:\n  - plan: happy\n  - plan: silence\nbalance:\n")
    (problem,) = document.problems([finding], "file")
    assert (problem.line, problem.column) == place


def test_problems_are_in_the_order_of_the_file_with_their_paths() -> None:
    """However they were found."""
    document = Document("a: {b: [1, 2]}\nc: 3\n")
    findings = [Finding(("c",), "third"), Finding(("a", "b", 1), "second"), Finding(("a", "b", 0), "first")]
    told = [(each.path, each.message) for each in document.problems(findings, "file")]
    assert told == [("a.b[0]", "first"), ("a.b[1]", "second"), ("c", "third")]


def test_a_problem_without_a_file_is_only_its_message() -> None:
    """As of a name that no scenario has."""
    assert str(Problem("", 0, 0, "", "there is none")) == "there is none"
