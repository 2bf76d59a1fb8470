"""Which files of a folder are scenarios, and which folder each is in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emulator.scenario.files import ScenarioError, folders


def made(top: Path, *names: str) -> None:
    """Empty files of these names."""
    for name in names:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).touch()


def test_only_regular_files_with_a_known_suffix_are_scenarios(tmp_path: Path) -> None:
    """Not what is hidden, nor folders, nor links to nothing."""
    made(tmp_path, "a.yaml", "b.yml", "c.json", ".hidden.yaml", "notes.txt")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "gone")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "a.yaml")
    assert [path.name for path in folders.scenarios(tmp_path)] == ["a.yaml", "b.yml", "c.json", "link.yaml"]


def test_folders_below_are_read_too_but_stories_parts_and_what_is_hidden_are_not_scenarios(tmp_path: Path) -> None:
    """Each file with the folder that it is in."""
    made(tmp_path, "z.yaml", "viber/a.yaml", "viber/old/b.yaml", "sms/c.yaml", ".git/d.yaml", "parts/e.yaml")
    made(tmp_path, "stories/f.yaml", "viber/stories/g.yaml", "viber/parts/h.yaml")
    found = [(path.name, folders.group(path, tmp_path)) for path in folders.scenarios(tmp_path)]
    assert found == [("z.yaml", ""), ("c.yaml", "sms"), ("a.yaml", "viber"), ("b.yaml", "viber/old")]
    assert [path.name for path in folders.stories(tmp_path)] == ["f.yaml", "g.yaml"]
    assert folders.group(tmp_path.parent / "elsewhere.yaml", tmp_path) == ""


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    """As a mounted ConfigMap has them, whose real files are hidden; one that leads back is none."""
    made(tmp_path, "..data/viber/a.yaml", "sms/b.yaml")
    (tmp_path / "viber").symlink_to(tmp_path / "..data" / "viber")
    (tmp_path / "sms" / "back").symlink_to(tmp_path)
    (tmp_path / "sms" / "self").symlink_to(tmp_path / "sms")
    assert [folders.group(path, tmp_path) for path in folders.scenarios(tmp_path)] == ["sms", "viber"]


def test_a_path_of_a_text_means_the_file_at_it_or_those_whose_paths_end_so(tmp_path: Path) -> None:
    """Never one outside the folder."""
    made(tmp_path, "in/a.yaml", "in/viber/a.yaml", "in/viber/b.yaml", "in/parts/c.yaml", "in/sms/b.yaml", "out.yaml")
    top = tmp_path / "in"

    def meant(name: str) -> list[str]:
        return [path.relative_to(top).as_posix() for path in folders.ending(top, name)]

    assert meant("a.yaml") == meant("./a.yaml") == ["a.yaml"]
    assert meant("viber/a.yaml") == ["viber/a.yaml"]
    assert meant("c.yaml") == meant("../parts/c.yaml") == ["parts/c.yaml"]
    assert meant("b.yaml") == ["sms/b.yaml", "viber/b.yaml"]
    assert meant("../out.yaml") == meant(str(tmp_path / "out.yaml")) == meant("..") == []


def test_a_folder_that_can_t_be_read_is_named(tmp_path: Path) -> None:
    """The one that is asked for, or one below it."""
    with pytest.raises(ScenarioError, match="nowhere: No such file or directory"):
        folders.scenarios(tmp_path / "nowhere")
    made(tmp_path, "sms/b.yaml")
    (tmp_path / "sms").chmod(0)
    try:
        if not os.access(tmp_path / "sms", os.R_OK):  # to root, everything is readable
            with pytest.raises(ScenarioError, match="sms: Permission denied"):
                folders.scenarios(tmp_path)
    finally:
        (tmp_path / "sms").chmod(0o700)
