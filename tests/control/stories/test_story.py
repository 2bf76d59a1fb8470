"""Files of stories: what is shipped, and what is wrong with others, by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.control.stories.story import find, is_story, read, story_files
from emulator.scenario.files import ScenarioError


def written(folder: Path, text: str, name: str = "mine") -> Path:
    """A file of a story in a folder of scenarios."""
    (folder / "stories").mkdir(exist_ok=True)
    path = folder / "stories" / f"{name}.yaml"
    path.write_text(text)
    return path


def test_the_shipped_stories_are_those_of_the_demo() -> None:
    """Each sends as an application of its own, begins anew and says something first."""
    assert list(story_files("")) == ["bank-code", "clinic", "shop"]
    found = [find(name, "") for name in story_files("")]
    assert len({story.application for story in found}) == len(found)
    assert all(story.fresh and story.scenario == "default" and story.scenes[0].say for story in found)
    assert not any(story.own for story in found)


def test_the_user_s_stories_come_before_shipped_ones_of_the_same_name(tmp_path: Path) -> None:
    """By default the application has the story's name."""
    text = "purpose: Mine\nscenes: [{say: Hello, wait: 1.5s}]\n"
    written(tmp_path, text), written(tmp_path, text, "shop")
    assert set(story_files(str(tmp_path))) == {"bank-code", "clinic", "shop", "mine"}
    found = find("shop", str(tmp_path))
    assert (found.own, found.application, found.purpose, found.scenes[0].seconds) == (True, "shop", "Mine", 1.5)
    assert not find("clinic", str(tmp_path)).own


def test_a_story_is_known_by_its_folder(tmp_path: Path) -> None:
    """A scenario of the same form elsewhere is none."""
    assert is_story(tmp_path / "stories" / "a.yaml")
    assert not is_story(tmp_path / "a.yaml")


@pytest.mark.parametrize(
    ("scenes", "told"),
    [
        ("- {say: 5}", "3:9: scenes[0].say: must be a text; found 5: put it in quotes"),
        ("- {sey: Hi}", "3:4: scenes[0].sey: unknown key 'sey'; did you mean 'say'?"),
        ("- {advance: 5x}", "3:13: scenes[0].advance: must be a duration, next (event), idle"),
        ("- {advance: 900d}", "3:13: scenes[0].advance: must be at most 366d"),
        ("- {send: {to: '+30'}}", "3:10: scenes[0].send: has channels, to and text, or a body"),
        ("- {report: SEEN}", "3:3: scenes[0]: no scene before sends anything"),
        ("- {advance: end}", "3:3: scenes[0]: no scene before sends anything"),
        ("- {flow: ann}", "3:10: scenes[0].flow: no scene before sends 'ann'"),
        ("- {advance: 5s, cancel: true}", "3:3: scenes[0]: a scene does one thing; this one has advance and cancel"),
        (
            "- send: {name: anna, body: {}}\n- {flow: ana, reply: Hi}",
            "4:10: scenes[1].flow: no scene before sends 'ana'; did you mean 'anna'?",
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_place(tmp_path: Path, scenes: str, told: str) -> None:
    """In words, with what was meant."""
    with pytest.raises(ScenarioError) as caught:
        read(written(tmp_path, f"purpose: Mine\nscenes:\n{scenes}\n"))
    assert f"mine.yaml:{told}" in str(caught.value)


def test_a_story_that_there_is_not_is_told_with_those_that_there_are() -> None:
    """Or with the one that was meant."""
    with pytest.raises(ScenarioError, match="there is no story 'clinik'; did you mean 'clinic'"):
        find("clinik", "")
    with pytest.raises(ScenarioError, match="there is no story 'x'; known here: bank-code, clinic or shop"):
        find("x", "")
