"""From names, files and folders to scenarios."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from emulator.channels.table import Channel
from emulator.fakes.expected import request_of
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.scenario.matching import Condition, Match
from emulator.scenario.rules import Scenario
from emulator.shipped import folder
from tests.support.expected import unmet
from tests.support.scenarios import DOCS


def test_a_scenario_without_a_name_is_called_as_its_file(tmp_path: Path) -> None:
    """A byte order mark does no harm."""
    file = tmp_path / "some-name.yaml"
    file.write_bytes(b"\xef\xbb\xbfpurpose: Test.\n")
    assert files.load(file).name == "some-name"


def test_a_folder_is_loaded_by_names(tmp_path: Path) -> None:
    """YAML and JSON files; others are left alone."""
    (tmp_path / "b.yaml").write_text("purpose: B.")
    (tmp_path / "a.json").write_text('{"purpose": "A."}')
    (tmp_path / "notes.txt").write_text("not a scenario")
    assert {name: each.purpose for name, each in files.load_folder(tmp_path).items()} == {"a": "A.", "b": "B."}


def test_a_folder_tells_the_problems_of_all_its_files(tmp_path: Path) -> None:
    """And names that come twice."""
    (tmp_path / "a.yaml").write_text("rules: 1")
    (tmp_path / "b.yaml").write_text("purpose: B.")
    (tmp_path / "c.yaml").write_text("purpose: C.\nname: b")
    with pytest.raises(ScenarioError) as raised:
        files.load_folder(tmp_path)
    assert [(Path(each.file).name, each.message) for each in raised.value.problems] == [
        ("a.yaml", "'purpose' is missing"),
        ("a.yaml", "must be a list of rules; found 1"),
        (
            "c.yaml",
            f"{tmp_path}/b.yaml has the scenario 'b' too; give one another name: the folder does not tell them apart",
        ),
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hapy", "there is no scenario 'hapy'; did you mean 'happy'?"),
        (
            "x" * 60_000,
            f"there is no scenario '{'x' * 60}...' (60000 characters);"
            " `failover-emulator check` lists the shipped ones",
        ),
        ("nowhere/x.yaml", "nowhere/x.yaml:1:1: this cannot be read: No such file or directory"),
        (
            "viber/viber-undelivered",
            "viber/viber-undelivered:1:1: this cannot be read: No such file or directory;"
            " the shipped scenario is chosen by its name alone: viber-undelivered",
        ),
    ],
)
def test_a_scenario_that_is_not_there_is_named(name: str, told: str) -> None:
    """With the nearest that is."""
    with pytest.raises(ScenarioError) as raised:
        files.find(name)
    assert str(raised.value) == told


def test_a_file_that_is_meant_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its name without what makes it a file, or by one that is near."""
    (tmp_path / "night.yaml").write_text("purpose: x\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match=re.escape("there is no scenario 'night'; did you mean './night.yaml'?")):
        files.find("night")
    with pytest.raises(ScenarioError, match=re.escape("No such file or directory; did you mean 'night.yaml'?")):
        files.find("nigth.yaml")


def test_an_include_that_is_meant_is_named_with_its_folder(tmp_path: Path) -> None:
    """What the message says can be written as it is."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "plans.yaml").write_text("plans: { slow: happy }\n")
    file = tmp_path / "mine.yaml"
    file.write_text("purpose: x\ninclude: parts/plan.yaml\n")
    with pytest.raises(ScenarioError, match=re.escape("did you mean 'parts/plans.yaml'?")):
        files.find(str(file))


def test_a_scenario_is_found_by_name_or_by_file(tmp_path: Path) -> None:
    """A name is a shipped one's; what looks like a path is a path."""
    file = tmp_path / "mine.yaml"
    file.write_text("purpose: Mine.")
    assert files.find("all-fail") == files.shipped()["all-fail"]
    assert files.find(str(file)).purpose == "Mine."


SCHEMA = json.loads((folder("schemas") / "scenario.json").read_text("utf-8"))


README = DOCS.replace("<!-- story -->\n```yaml\n", "")


EXAMPLES = [part.split("```")[0] for part in README.split("```yaml\n")[1:]]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_of_the_readme_loads(number: int) -> None:
    """As it stands there, and by the schema too; it comes to what it expects."""
    from ruamel.yaml import YAML

    scenario = files.load_text(EXAMPLES[number], "example")
    assert scenario.purpose
    assert unmet(scenario, request_of) == []
    assert Draft202012Validator(SCHEMA).is_valid(YAML(typ="safe", pure=True).load(EXAMPLES[number]))


def test_the_overrides_of_the_readme_load() -> None:
    """As a server takes them."""
    (shown,) = [part.split("```")[0] for part in README.split("<!-- overrides -->\n```json\n")[1:]]
    text = json.dumps({"rules": json.loads(shown)["rules"]})
    ((rule, uses),) = files.load_rules(text, "shown")
    assert (list(rule.plan), uses) == ([Channel.SMS], 1)


def test_the_readme_lists_every_shipped_scenario() -> None:
    """With its purpose, by the folder that it is in."""
    places, listed = Catalogue().groups(), README.partition("## The shipped ones")[2].partition("## ")[0]
    for title, rows in re.findall(r"^\*\*(.*)\n\n((?:\|.*\n)+)", listed, re.MULTILINE):
        folder = "".join(re.findall(r"\]\((.*?)\)", title))
        there = {name: each for name, each in sorted(files.shipped().items()) if places.get(name) == folder}
        assert rows.splitlines()[2:] == [f"| `{name}` | {each.purpose} |" for name, each in there.items()]
        for name in there:
            del places[name]
    assert places == {}


def test_a_match_is_loaded_by_itself() -> None:
    """As a verification has it."""
    assert files.load_match('{"to": "+30"}', "wanted") == Match((Condition("to", "equal", "+30"),))
    with pytest.raises(ScenarioError, match=r"wanted:1:2: lable: unknown key 'lable'; did you mean 'label'\?"):
        files.load_match('{"lable": "+30"}', "wanted")


def test_the_user_s_own_scenario_wins_over_a_shipped_one_of_its_name() -> None:
    """Under any name but a path."""
    own = Scenario("all-fail", "Mine.")
    assert files.named("all-fail", {"all-fail": own}) is own
    assert files.find("all-fail", {"all-fail": own}) is own
