"""Parameters of scenarios: their defaults, what is set, and what refers to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from emulator.channels.table import Channel
from emulator.scenario import files
from emulator.scenario.amounts import Portion, Range
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.parameters import Unset, base_of, call, called, setting
from emulator.scenario.outcomes import WAYS
from emulator.scenario.rules import Scenario
from emulator.shipped import folder

TEXT = """purpose: $share of all numbers have no Viber.
parameters: { share: 10%, number: 3, early: true, to: "+30", how: Failed }
plans: { bad: { Viber: UNDELIVERED } }
rules:
  - match: { share: $share, request: { range: "$number..9" } }
    plan: $bad
  - match: { request: $number, to: $to, text: "costs $$5" }
    callbacks: { early: $early }
    plan: { Sms: $how }
"""


def loaded(name: str) -> Scenario:
    """The scenario of the text, with the parameters of a name."""
    return files.load_text(TEXT, name)


def test_a_reference_is_replaced_by_the_parameter_s_default() -> None:
    """As the value that it is, or as a part of a text; $$ is a $, and plans keep their names."""
    made = loaded("flaky")
    first, second = made.rules
    assert (made.name, made.purpose) == ("flaky", "10% of all numbers have no Viber.")
    assert [each.expected for each in first.match.conditions] == [Portion(0, 0.1), Range(3, 9)]
    assert [each.expected for each in second.match.conditions] == [3, "+30", "costs $5"]
    assert (second.callbacks and second.callbacks.early, second.plan[Channel.SMS]) == (
        True,
        WAYS[Channel.SMS]["Failed"],
    )
    assert first.plan == {Channel.VIBER: WAYS[Channel.VIBER]["UNDELIVERED"]}
    assert Draft202012Validator(json.loads((folder("schemas") / "scenario.json").read_text())).is_valid(_plain(TEXT))


def _plain(text: str) -> object:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)


def test_what_a_name_sets_stands_over_the_defaults_and_stays_in_the_name() -> None:
    """Each is of the kind of its default: a text stays one, even if it looks like a number."""
    made = loaded("flaky(share=50%, number=7, early=false, to=30)")
    assert (made.name, made.purpose) == (
        "flaky(share=50%, number=7, early=false, to=30)",
        "50% of all numbers have no Viber.",
    )
    first, second = made.rules
    assert [each.expected for each in first.match.conditions] == [Portion(0, 0.5), Range(7, 9)]
    assert [each.expected for each in second.match.conditions] == [7, "30", "costs $5"]
    assert second.callbacks is not None
    assert second.callbacks.early is False


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("x(shar=50%)", "x:2:1: parameters: there is no parameter 'shar'; did you mean 'share'?"),
        ("x(number=few)", "x:2:35: parameters.number: is set to 'few'; it must be a number, as its default 3 is"),
        ("x(early=1)", "x:2:45: parameters.early: is set to '1'; it must be true or false, as its default is"),
        ("x(how=Deliverd)", "x:9:18: rules[1].plan.Sms: Sms has no status 'Deliverd'; did you mean 'Delivered'?"),
        ("x(share)", "a parameter is set by NAME=VALUE; found 'share'"),
    ],
)
def test_what_is_set_wrongly_is_told_where_it_is_used(name: str, told: str) -> None:
    """Or where it is declared."""
    with pytest.raises(ScenarioError) as refused:
        loaded(name)
    assert str(refused.value) == told


NAMES = st.from_regex("[A-Za-z][A-Za-z0-9_-]{0,5}", fullmatch=True)


@given(st.dictionaries(NAMES, st.text(max_size=8), max_size=4))
def test_a_name_says_what_is_set_in_it(parameters: dict[str, str]) -> None:
    """Whatever the values have in them."""
    name = call("my.file-2", parameters)
    assert called(name) == ("my.file-2", parameters)
    assert base_of(name) == "my.file-2"


def test_parameters_are_set_besides_those_of_a_name() -> None:
    """The later ones win; a name without any stays as it is."""
    assert setting("./a.yaml(x=1, y=2)", "y=3,z=a b") == "./a.yaml(x=1, y=3, z=a b)"
    assert setting("flaky", "x=50%") == "flaky(x=50%)"
    assert called("copy (1).yaml") == ("copy (1).yaml", {})
    with pytest.raises(Unset, match="NAME=VALUE; found '50%'"):
        setting("flaky", "50%")


def test_a_file_is_found_with_parameters(tmp_path: Path) -> None:
    """In its name, as in a scenario's."""
    file = tmp_path / "flaky.yaml"
    file.write_text(TEXT)
    assert files.find(f"{file}(share=20%)").name == "flaky(share=20%)"
    with pytest.raises(ScenarioError, match="there is no parameter 'x'; the file has no 'parameters'"):
        files.find("all-fail(x=1)")
