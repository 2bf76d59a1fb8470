"""In what emulators that share a store must be alike, as it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.engine import alike
from emulator.engine.alike import told
from emulator.scenario.files.catalogue import Catalogue
from emulator.settings import Settings, table

OWN = {
    "host",
    "port",
    "tls_port",
    "ca",
    "proxy_others",
    "callback_connections",
    "control_token",
    "allowed_hosts",
    "root_path",
    "log_format",
    "log_level",
}
"""What is each emulator's own: where it is reached and by whom, and what it tells of itself."""
STORED = {"store", "seed", "rate", "start_at"}
"""What the store has, once and for all."""
PART = {"set"}
"""What is a part of another one's value."""


def test_of_every_setting_it_is_known_whether_all_must_have_it_alike() -> None:
    """A new one too."""
    sets = [set(alike.ALIKE), OWN, STORED, PART]
    assert sorted(name for each in sets for name in each) == sorted(each.name for each in table())


@pytest.mark.parametrize(
    ("settings", "flag", "words"),
    [
        (Settings(max_steps=3), "--max-steps", "3"),
        (Settings(callback_insecure=True), "--callback-insecure", "True"),
        (Settings(scenario="quiet-hours", set="from=22:00"), "--scenario", "quiet-hours(from=22:00)"),
        (Settings(default_callback="http://a/"), "--default-callback", "http://a/"),
        (Settings(choose="first-status=Queued"), "--choose", "first_status=Queued"),
        (Settings(choose="first-status=InProgress"), "--choose", "none"),
        (Settings(), "--prices", "none"),
        (Settings(), "--scenarios", "none"),
    ],
)
def test_a_setting_is_told_by_its_option(settings: Settings, flag: str, words: str) -> None:
    """What is not set, too."""
    assert told(settings, None)[flag] == words


def test_a_file_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    """Wherever it is; and no secret is shown."""
    one, other = tmp_path / "a.json", tmp_path / "b.json"
    one.write_text('{"app": {"secret": "hidden"}}')
    other.write_bytes(one.read_bytes())
    first = told(Settings(credentials=str(one), prices=str(one)), None)
    assert first == told(Settings(credentials=str(other), prices=str(other)), None)
    other.write_text('{"app": {"secret": "another"}}')
    assert first["--credentials"] != told(Settings(credentials=str(other)), None)["--credentials"]
    assert told(Settings(credentials="app:hidden"), None)["--credentials"].startswith("a text with the digest ")
    assert "hidden" not in str(first)


def test_scenarios_are_told_by_what_is_in_their_files(tmp_path: Path) -> None:
    """In those that they include too; their names count, their folder does not."""
    seen = list[str]()
    for place, shared in (("a", "Failed"), ("b", "Failed"), ("c", "Delivered")):
        folder = tmp_path / place
        (folder / "parts").mkdir(parents=True)
        (folder / "parts" / "p.yaml").write_text(f"rules: [{{ plan: {{ Sms: {shared} }} }}]\n")
        (folder / "mine.yaml").write_text("purpose: T\ninclude: [parts/p.yaml]\n")
        catalogue = Catalogue(str(folder))
        catalogue.load()
        seen.append(told(Settings(scenarios=str(folder)), catalogue)["--scenarios"])
    assert seen[0] == seen[1] != seen[2]
    assert seen[0].startswith("files with the digest ")
    file = str(tmp_path / "a" / "mine.yaml")
    catalogue = Catalogue("", file)
    catalogue.load()
    assert told(Settings(scenario=file), catalogue)["--scenario"] == "mine"
