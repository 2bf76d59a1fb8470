"""Editors, the page and `check` say the same of each scenario that is shipped, and of each that is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from tests.support.commands import run
from tests.support.running import Emulator, emulator
from tests.support.scenarios import BROKEN

SHIPPED = files.shipped_files()
NO_FOLDER = {"include-broken", "include-itself", "include-near", "include-nothing"}
"""Broken files that include others beside them: as texts they have none there, and are refused for that."""
NO_TEXT = {"not-utf-8"}
"""Broken files that can't be sent as a text."""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose time stands still."""
    with emulator("--rate", "0") as running:
        yield running


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """What `check` prints of all broken files."""
    done = run("check", str(BROKEN))
    assert done.exit_code == 1
    return done.stderr.splitlines()


def page(server: Emulator, text: str) -> Any:
    """What the page's editor is told of a text."""
    return server.call("POST", "/_emulator/scenarios/check", json.dumps({"text": text}).encode()).json()


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_right_to_all_of_them(name: str, server: Emulator) -> None:
    """The published schema, the page, and `check --strict`."""
    text = SHIPPED[name].read_text("utf-8")
    schema = server.call("GET", "/_emulator/schemas/scenario.json").json()
    assert [each.message for each in Draft202012Validator(schema).iter_errors(YAML(typ="safe").load(text))] == []
    assert page(server, text) == {"problems": [], "warnings": []}
    done = run("check", "--strict", str(SHIPPED[name]))
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted(file.stem for file in BROKEN.glob("*.yaml")))
def test_what_is_broken_is_so_to_all_of_them(name: str, server: Emulator, printed: list[str]) -> None:
    """In the same words, at the same places. What the schema can see is tested with the files' messages."""
    file = BROKEN / f"{name}.yaml"
    with pytest.raises(ScenarioError) as raised:
        files.load(file)
    problems = raised.value.problems
    assert [str(each) for each in problems if str(each) not in printed] == []
    if name in NO_TEXT:
        return
    shown = page(server, file.read_text("utf-8"))["problems"]
    if name in NO_FOLDER:
        assert ["a text has no folder" in each["message"] for each in shown] == [True]
    else:
        same = [(each["line"], each["column"], each["path"], each["message"]) for each in shown]
        assert same == [(each.line, each.column, each.path, each.message) for each in problems]
