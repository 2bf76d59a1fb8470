"""Scenarios by name: the user's files, which change, and the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue


def write(path: Path, purpose: str) -> Path:
    """A scenario's file with nothing but a purpose."""
    path.write_text(f"purpose: {purpose}\n")
    return path


def test_the_user_s_files_are_those_of_the_folder_and_one_more(tmp_path: Path) -> None:
    """The file comes last, and once if it is in the folder too."""
    inside, more = write(tmp_path / "b.yaml", "B."), tmp_path / "folder" / "a.yaml"
    more.parent.mkdir()
    write(more, "A.")
    catalogue = Catalogue(str(tmp_path), str(more))
    assert catalogue.files() == [inside, more]
    assert Catalogue(str(tmp_path), str(inside)).files() == [inside]
    catalogue.load()
    assert sorted(catalogue.own) == ["a", "b"]
    assert catalogue.at(str(more)).purpose == "A."


def test_a_catalogue_without_files_has_the_shipped_scenarios() -> None:
    """There is nothing to watch then."""
    catalogue = Catalogue()
    catalogue.load()
    assert (catalogue.watched, catalogue.own, catalogue.files()) == (False, {}, [])
    assert catalogue.find("all-fail").name == "all-fail"
    assert {"default", "all-fail"} <= set(catalogue.all())


def test_the_user_s_scenario_hides_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    """Found by name, in the list, and as text."""
    file = write(tmp_path / "all-fail.yaml", "Mine.")
    catalogue = Catalogue(str(tmp_path))
    assert catalogue.find("all-fail").purpose != "Mine."
    catalogue.load()
    assert catalogue.find("all-fail").purpose == "Mine."
    assert catalogue.all()["all-fail"].purpose == "Mine."
    assert catalogue.text("all-fail") == (str(file), "purpose: Mine.\n")


def test_the_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    """The good ones are loaded all the same."""
    (tmp_path / "a.yaml").write_text("rules: 1\n")
    (tmp_path / "b.yaml").write_text("rules: 2\npurpose: x\n")
    write(tmp_path / "c.yaml", "Good.")
    catalogue = Catalogue(str(tmp_path))
    with pytest.raises(ScenarioError) as raised:
        catalogue.load()
    assert [Path(each.file).name for each in raised.value.problems] == ["a.yaml", "a.yaml", "b.yaml"]
    assert list(catalogue.own) == ["c"]


def test_a_broken_new_version_leaves_the_old_one(tmp_path: Path) -> None:
    """It is reported once, not at each look."""
    file = write(tmp_path / "a.yaml", "First.")
    catalogue = Catalogue(str(tmp_path))
    assert not catalogue.has(file)
    catalogue.load()
    assert catalogue.changed() == []
    file.write_text("purpose: 1 # broken\n")
    assert catalogue.changed() == [file]
    with pytest.raises(ScenarioError):
        catalogue.reload(file)
    assert catalogue.changed() == []
    assert (catalogue.has(file), catalogue.find("a").purpose) == (True, "First.")
    write(file, "The second version.")
    old, new = catalogue.reload(file)
    assert old is not None
    assert (old.purpose, new.purpose) == ("First.", "The second version.")


def test_what_can_t_be_read_is_said(tmp_path: Path) -> None:
    """A folder that is not there, a file that has gone, a scenario that has none."""
    with pytest.raises(ScenarioError, match="No such file or directory"):
        Catalogue(str(tmp_path / "nowhere")).files()
    file = write(tmp_path / "a.yaml", "A.")
    catalogue = Catalogue(file=str(file))
    catalogue.load()
    file.unlink()
    with pytest.raises(ScenarioError, match="cannot be read"):
        catalogue.text("a")


def test_a_renamed_file_is_found_under_its_new_name(tmp_path: Path) -> None:
    """And a file whose name another had can be chosen once that one has gone."""
    catalogue = Catalogue(str(tmp_path))
    (tmp_path / "a.yaml").write_text("name: mine\npurpose: First.\n")
    catalogue.load()
    (tmp_path / "b.yaml").write_text("name: mine\npurpose: Second.\n")
    (clashing,) = catalogue.changed()
    with pytest.raises(ScenarioError, match="has the scenario 'mine' too"):
        catalogue.reload(clashing)
    assert catalogue.changed() == []
    (tmp_path / "a.yaml").unlink()
    (again,) = catalogue.changed()
    catalogue.reload(again)
    assert catalogue.find("mine").purpose == "Second."
    (tmp_path / "b.yaml").rename(tmp_path / "c.yaml")
    (renamed,) = catalogue.changed()
    assert catalogue.reload(renamed)[1].purpose == "Second."
    (tmp_path / "c.yaml").unlink()
    assert catalogue.changed() == []
    with pytest.raises(ScenarioError, match="there is no scenario 'mine'"):
        catalogue.find("mine")
