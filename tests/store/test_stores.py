"""Which store a place means."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emulator.store.contract import StoreError
from emulator.store.sqlite.store import SqliteStore
from emulator.store.stores import store_at


def test_a_file_and_no_place_at_all_mean_sqlite(tmp_path: Path) -> None:
    """On the file, or in memory."""
    assert isinstance(store_at(str(tmp_path / "store.db")), SqliteStore)
    assert isinstance(store_at(""), SqliteStore)


def test_a_url_of_no_known_kind_is_refused_without_telling_its_password() -> None:
    """No file of such a name is made."""
    with pytest.raises(StoreError, match="no store for mysql://; --store takes a file, or postgresql://") as refused:
        store_at("mysql://user:secret@db/emulator")
    assert "secret" not in str(refused.value)


def test_a_store_of_another_kind_costs_the_usual_start_nothing() -> None:
    """Neither the driver of PostgreSQL nor what is around it is imported."""
    code = (
        "import sys, emulator.emulation; print(*(name for name in sys.modules if 'pg' in name or 'postgres' in name))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_without_its_driver_the_store_on_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of pip."""
    for name in [name for name in sys.modules if name.startswith("emulator.store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StoreError, match=r"needs asyncpg: pip install '/path/to/failover-emulator\[postgres\]'"):
        store_at("postgresql://db/emulator")
