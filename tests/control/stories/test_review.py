"""What a story would be refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.control.stories.review import refused
from emulator.control.stories.story import read, story_files
from emulator.provider.beforehand import beforehand
from emulator.scenario.files import ScenarioError
from emulator.settings import Settings
from tests.control.stories.test_story import written
from tests.support.scenarios import DOCS

GOOD = '{channels: [Sms], to: "+306912345678", text: Hi}'


@pytest.mark.parametrize("path", story_files("").values(), ids=lambda path: path.stem)
def test_nothing_is_wrong_with_the_shipped_ones(path: Path) -> None:
    """They would be played to their end."""
    assert refused(read(path), str(path), beforehand(Settings())) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"scenes: [send: {GOOD}]", ""),
        ("scenes: [send: {channels: [Sms], to: '12', text: Hi}]", "2:16: scenes[0].send: flow[0].to: must be a phone"),
        ("scenes: [send: {refused: true, body: {}}]", ""),
        ("scenes: [send: {path: /sms, body: {to: '+306912345678', body: Hi, from: Me}}]", ""),
        ("scenes: [send: {body: [1]}]", "2:23: scenes[0].send.body: must be an object; found an array"),
        (
            f"scenes: [send: {GOOD[:-1]}, refused: true}}]",
            "2:16: scenes[0].send: this is there to be refused, and would not be",
        ),
        ("scenario: hapy\nscenes: [say: Hi]", "2:11: scenario: there is no scenario 'hapy'; did you mean 'happy'?"),
        ("scenario: own\nscenes: [say: Hi]", ""),
    ],
)
def test_requests_are_held_against_the_rules_and_scenarios_are_looked_for(tmp_path: Path, text: str, told: str) -> None:
    """Also the user's own, which are beside the folder."""
    (tmp_path / "own.yaml").write_text("purpose: Mine\n")
    path = written(tmp_path, f"purpose: Mine\n{text}\n")
    try:
        found = "\n".join(map(str, refused(read(path), str(path), beforehand(Settings()))))
    except ScenarioError as error:
        found = str(error)
    assert found.startswith(f"{path}:{told}") if told else not found


def test_nothing_is_wrong_with_the_one_that_the_readme_shows(tmp_path: Path) -> None:
    """And it does what it says there."""
    readme = DOCS
    text = readme.partition("<!-- story -->\n```yaml\n")[2].partition("```")[0]
    path = written(tmp_path, text)
    assert refused(read(path), str(path), beforehand(Settings())) == []
    assert [scene.done for scene in read(path).scenes] == [["send"], ["advance"], [], ["send"]]
