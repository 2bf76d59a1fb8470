"""Why a database can't be kept at a path; that of rights is tried with a process that has none."""

from __future__ import annotations

from pathlib import Path

from emulator.store.sqlite.access import obstacle


def test_what_is_missing_or_in_the_way_is_named(tmp_path: Path) -> None:
    """With what to do."""
    assert obstacle(str(tmp_path / "a" / "b" / "store.db")) == (
        f"there is no folder {tmp_path / 'a'}. Make it, or name another --store"
    )
    (tmp_path / "file").touch()
    assert obstacle(str(tmp_path / "file" / "store.db")).startswith(f"there is no folder {tmp_path / 'file'}.")
    assert obstacle(str(tmp_path)) == f"it is a folder. Name a file in it, such as {tmp_path / 'emulator.db'}"


def test_where_a_database_can_be_kept_there_is_none(tmp_path: Path) -> None:
    """Whether the file is there or not."""
    path = tmp_path / "store.db"
    assert obstacle(str(path)) == ""
    path.touch()
    assert obstacle(str(path)) == ""
