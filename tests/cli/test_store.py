"""The command that shows a store."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.commands import run
from tests.support.running import SMS, emulator

FORMATS = Path(__file__).parents[1] / "store" / "sqlite" / "formats"


def test_a_store_must_be_there_and_is_not_made(tmp_path: Path) -> None:
    """A mistyped name gets no empty file, and no name says what is wanted."""
    file = tmp_path / "emulator.db"
    done = run("store", "--store", str(file))
    assert (done.exit_code, done.stderr) == (1, f"failover-emulator: there is no store {file}\n")
    assert list(tmp_path.iterdir()) == []
    assert "name the store: --store FILE" in run("store").stderr
    assert "there is no store for mysql://" in run("store", EMULATOR_STORE="mysql://x@y/z").stderr
    file.write_text("something else")
    assert "is damaged" in run("store", "--store", str(file)).stderr


def test_a_file_is_shown_and_brought_to_the_present_format_only_if_that_is_wanted(tmp_path: Path) -> None:
    """By an option of its own; the look itself changes nothing."""
    file = tmp_path / "emulator.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((FORMATS / "3.sql").read_text())
    before = file.read_bytes()
    told = run("store", "--store", str(file)).stdout.splitlines()
    assert told[0].split() == ["store", str(file)]
    present = json.loads(run("store", "--json", EMULATOR_STORE=str(file)).stdout)["present"]
    assert (
        told[1].split(maxsplit=1)[1] == f"3, that of this emulator is {present}: a start or --migrate brings it there"
    )
    assert file.read_bytes() == before
    flows = next(line.split() for line in told if line.startswith("flow "))
    done = run("store", "--store", str(file), "--migrate").stdout.splitlines()
    assert done[1].split(maxsplit=1)[1] == f"{present}, that of this emulator"
    assert next(line.split() for line in done if line.startswith("flow ")) == flows


def test_a_file_that_an_emulator_uses_is_left_alone(tmp_path: Path) -> None:
    """As every other emulator leaves it."""
    file = tmp_path / "emulator.db"
    with emulator("--store", str(file)) as server:
        if not file.exists():
            pytest.skip("its store is elsewhere")
        server.send(SMS)
        assert "another emulator is using it" in run("store", "--store", str(file)).stderr
    told = json.loads(run("store", "--store", str(file), "--json").stdout)
    assert (told["processes"], told["oldestTransaction"]) == (None, None)
    assert {"name": "flow", "rows": 1, "dead": None, "bytes": None} in told["tables"]
    assert told["bytes"] >= file.stat().st_size


def test_a_database_is_shown_while_emulators_use_it(postgresql: postgres.Server) -> None:
    """How many, the sizes of its tables, and who keeps a transaction open; never a password."""
    place = postgresql.schema()
    done = run("store", "--store", place)
    assert done.exit_code == 1
    assert "is empty, or not there" in done.stderr
    with emulator("--rate", "0", "--store", place, "--workers", "2") as server, postgresql.waiting("somebody"):
        server.send(SMS)
        told = json.loads(run("store", "--store", place, "--json").stdout)
        text = run("store", "--store", place.replace("postgres@", "postgres:secret@")).stdout
    assert (told["format"], told["processes"]) == (told["present"], 2)
    assert told["oldestTransaction"]["program"] == "somebody"
    assert told["oldestTransaction"]["state"] == "idle in transaction"
    assert all(table["bytes"] > 0 for table in told["tables"])
    assert told["bytes"] == sum(table["bytes"] for table in told["tables"])
    assert "secret" not in text
    assert "emulators           2\n" in text
    assert ", of somebody, idle in transaction\n" in text


def test_a_database_is_brought_to_the_present_format_if_that_is_wanted(postgresql: postgres.Server) -> None:
    """By the command too; one of a newer emulator stays as it is."""
    place = postgresql.restored(FORMATS.parents[1] / "postgres" / "formats" / "1.sql")
    schema = place.rpartition("=")[2]
    assert json.loads(run("store", "--store", place, "--json").stdout)["format"] == 1
    told = json.loads(run("store", "--store", place, "--migrate", "--json").stdout)
    assert (told["format"], told["processes"]) == (told["present"], 0)
    postgresql.sql(f"UPDATE {schema}.fact SET value = '99' WHERE name = 'format'")
    assert f"99, that of this emulator is {told['present']}: update" in run("store", "--store", place).stdout
    assert f"this one reads format {told['present']}" in run("store", "--store", place, "--migrate").stderr
