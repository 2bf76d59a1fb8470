"""Files of what there is: YAML or JSON, by a schema, with all mistakes in their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.scenario.files import ScenarioError
from emulator.scenario.files.declared import declared


def wrong(tmp_path: Path, text: str) -> list[str]:
    """What is wrong with a file of templates, without its folder."""
    file = tmp_path / "templates.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as error:
        declared(str(file), "templates", {"": "id"})
    return str(error.value).replace(f"{tmp_path}/", "").splitlines()


@pytest.mark.parametrize(
    "text", ["- id: a\n  text: Hi {{n}}\n  approved: false\n", '[{"id": "a", "text": "Hi {{n}}", "approved": false}]']
)
def test_a_file_is_yaml_or_json(tmp_path: Path, text: str) -> None:
    """With the same values."""
    file = tmp_path / "file"
    file.write_text(text)
    assert declared(str(file), "templates", {"": "id"}) == [{"id": "a", "text": "Hi {{n}}", "approved": False}]


def test_all_that_is_wrong_is_told_in_its_place(tmp_path: Path) -> None:
    """Unknown keys with what was meant, missing ones at what lacks them, and values."""
    assert wrong(tmp_path, "- id: 71\n  txt: Hi\n- id: ''\n  text: Hi\n  category: opt\n") == [
        "templates.yaml:1:3: [0].text: is required; 'txt' is spelled differently",
        "templates.yaml:1:7: [0].id: must be a text; found 71: put it in quotes",
        "templates.yaml:2:3: [0].txt: unknown key 'txt'; did you mean 'text'?",
        "templates.yaml:3:7: [1].id: must have at least 1 character; it has 0",
        "templates.yaml:5:13: [1].category: must be one of transactional, otp; found 'opt'; did you mean 'otp'?",
    ]


def test_a_template_for_one_time_passwords_has_a_place_for_it(tmp_path: Path) -> None:
    """Another one needs none."""
    text = (
        "- { id: a, category: otp, text: Hi }\n- { id: b, category: otp, text: '{{ pin }}' }\n- { id: c, text: Hi }\n"
    )
    assert wrong(tmp_path, text) == [
        "templates.yaml:1:33: [0].text: must be a text with {{pin}}, which stands for the one-time password; found 'Hi'"
    ]


def test_an_entry_that_is_there_twice_is_told(tmp_path: Path) -> None:
    """At its key, by which entries differ."""
    assert wrong(tmp_path, "- { id: a, text: Hi }\n- { id: b, text: Hi }\n- { text: Ho, id: a }\n") == [
        "templates.yaml:3:19: [2].id: another entry has 'a' too"
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "templates.yaml:1:1: the file is empty"),
        ("- !!binary aGk=\n", "templates.yaml:1:1: this has something in it that JSON does not know"),
        ("? [a]\n: b\n", "templates.yaml:1:1: this has something in it that JSON does not know"),
        ("1: a\n", "templates.yaml:1:1: must be an array; found an object with 1 member"),
        ("id: a\n", "templates.yaml:1:1: must be an array; found an object with 1 member"),
        ("- id: a\n  id: b\n", "templates.yaml:2:3: [0].id: the key 'id' comes twice"),
        ("- [\n", "templates.yaml:1:3: the [ that opens here is never closed; did you mean `- [ ]`?"),
    ],
)
def test_what_is_no_such_file_says_so(tmp_path: Path, text: str, why: str) -> None:
    """In the first thing that is told."""
    assert wrong(tmp_path, text)[0] == why


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(ScenarioError, match="this cannot be read: No such file or directory"):
        declared(str(tmp_path / "none.yaml"), "templates", {})
