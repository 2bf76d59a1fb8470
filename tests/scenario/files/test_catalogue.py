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
    folder = tmp_path / "folder"
    folder.mkdir()
    inside, more = write(folder / "b.yaml", "B."), write(tmp_path / "a.yaml", "A.")
    catalogue = Catalogue(str(folder), str(more))
    assert catalogue.files() == [inside, more]
    assert Catalogue(str(folder), str(inside)).files() == [inside]
    catalogue.load()
    assert sorted(catalogue.own) == ["a", "b"]
    assert catalogue.at(str(more)).purpose == "A."


def test_folders_below_group_scenarios_whose_names_stay_their_own(tmp_path: Path) -> None:
    """One file more in another folder may not have the name of the first; both are named."""
    first, second = tmp_path / "viber" / "old", tmp_path / "sms"
    first.mkdir(parents=True)
    second.mkdir()
    write(first / "a.yaml", "A.")
    write(second / "b.yaml", "B.")
    write(tmp_path / "c.yaml", "C.")
    catalogue = Catalogue(str(tmp_path))
    catalogue.load()
    found = catalogue.groups()
    assert [found[name] for name in ("a", "b", "c", "happy", "sms-expires")] == ["viber/old", "sms", "", "", "sms"]
    assert catalogue.find("a").purpose == "A."
    twice = write(second / "a.yaml", "Again.")
    with pytest.raises(ScenarioError) as raised:
        catalogue.reload(twice)
    told = "has the scenario 'a' too; give one another name: the folder does not tell them apart"
    assert str(raised.value) == f"{twice}:1:1: name: {first / 'a.yaml'} {told}"
    assert catalogue.find("a").purpose == "A."


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
    (wrong,) = catalogue.outdated("a")
    assert (wrong.file, wrong.path, catalogue.outdated("happy")) == (str(file), "purpose", ())
    write(file, "The second version.")
    old, new = catalogue.reload(file)
    assert catalogue.outdated("a") == ()
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


def test_a_scenario_with_parameters_follows_its_file(tmp_path: Path) -> None:
    """Under its whole name; a version in which they can't be set leaves the old one."""
    file = tmp_path / "a.yaml"
    file.write_text("purpose: $x\nparameters: { x: one }\n")
    catalogue = Catalogue(file=f"{file}(x=two)")
    catalogue.load()
    assert (list(catalogue.own), catalogue.at(f"{file}(x=two)").purpose) == (["a(x=two)"], "two")
    assert (catalogue.find("a(x=three)").purpose, catalogue.text("a(x=three)")[0]) == ("three", str(file))
    assert catalogue.latest["a(x=three)"] is catalogue.find("a(x=three)")
    assert list(catalogue.own) == ["a(x=two)"]
    file.write_text("purpose: $x again\nparameters: { x: one }\n")
    catalogue.reload(file)
    assert (catalogue.find("a(x=three)").purpose, catalogue.find("a(x=two)").purpose) == ("three again", "two again")
    with pytest.raises(ScenarioError, match="there is no parameter 'y'"):
        catalogue.find("a(y=1)")


def test_a_file_that_is_new_is_read_when_its_scenario_is_sought(tmp_path: Path) -> None:
    """A broken one is told, and another new one that is broken does not matter."""
    catalogue = Catalogue(str(tmp_path))
    catalogue.load()
    (tmp_path / "a.yaml").write_text("purpose: [")
    (tmp_path / "n.yaml").write_text("purpose: T\n")
    assert catalogue.known("n") is None
    assert catalogue.seek("n").name == "n"
    assert catalogue.seek("all-fail").name == "all-fail"
    with pytest.raises(ScenarioError, match=r"a\.yaml"):
        catalogue.seek("a")
    with pytest.raises(ScenarioError, match="no scenario 'x'"):
        catalogue.seek("x")
