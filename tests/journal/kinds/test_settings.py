"""What is written about clocks, scenarios, balances and being as new."""

from __future__ import annotations

import pytest
from msgspec import json

from emulator.journal.entry import Details
from emulator.journal.kinds import BalanceSet, ClockChanged, Reset, ScenarioBroken, ScenarioChanged

CASES: list[tuple[Details, bytes, str]] = [
    (ClockChanged(rate=60.0), b'{"rate":60.0}', "rate 60"),
    (ClockChanged(rate=0), b'{"rate":0}', "rate 0"),
    (ClockChanged(rate="instant"), b'{"rate":"instant"}', "rate instant"),
    (ClockChanged(advanced="24h"), b'{"advanced":"24h"}', "advanced 24h"),
    (
        ClockChanged(advanced="2026-01-01T00:00:00.000000000+00:00"),
        b'{"advanced":"2026-01-01T00:00:00.000000000+00:00"}',
        "advanced 2026-01-01T00:00:00.000000000+00:00",
    ),
    (
        ClockChanged(flow="1766cfae-2707-4d6e-8a3b-000000000001"),
        b'{"flow":"1766cfae-2707-4d6e-8a3b-000000000001"}',
        "advanced until the flow ended: 1766cfae-2707-4d6e-8a3b-000000000001",
    ),
    (ScenarioChanged(chosen="all-fail"), b'{"chosen":"all-fail"}', "all-fail"),
    (ScenarioChanged(overrides=["a", "b"]), b'{"overrides":["a","b"]}', "on top: a, b"),
    (ScenarioChanged(overrides=[]), b'{"overrides":[]}', "on top: nothing"),
    (ScenarioChanged(kept="mine"), b'{"kept":"mine"}', "mine is kept"),
    (ScenarioChanged(deleted="mine"), b'{"deleted":"mine"}', "mine is deleted"),
    (ScenarioChanged(reset=True), b'{"reset":true}', "choice and overrides are taken back"),
    (
        ScenarioChanged(file="m.yaml", reloaded="mine"),
        b'{"file":"m.yaml","reloaded":"mine"}',
        "mine, read again from m.yaml",
    ),
    (ScenarioBroken("m.yaml", ["1:2: no", "2:1: bad"]), b'{"file":"m.yaml","problems":["1:2: no","2:1: bad"]}', ""),
    (BalanceSet(1.5), b'{"balance":1.5}', "1.5 left"),
    (Reset(), b"{}", "everything before was forgotten"),
]


@pytest.mark.parametrize(("details", "members"), [case[:2] for case in CASES], ids=str)
def test_members_are_written_in_their_order_and_absent_ones_left_out(details: Details, members: bytes) -> None:
    """As stored files have always had them; and they are read back the same."""
    assert json.encode(details) == members
    assert json.decode(members, type=type(details)) == details


@pytest.mark.parametrize(("details", "text"), [(details, text) for details, _, text in CASES if text], ids=str)
def test_each_says_in_words_what_happened(details: Details, text: str) -> None:
    """To stand after the time, the flow and the kind."""
    assert details.text() == text


def test_a_broken_scenario_tells_its_file_and_each_problem() -> None:
    """In one line."""
    assert ScenarioBroken("m.yaml", ["1:2: no", "2:1: bad"]).text() == "m.yaml: 1:2: no; 2:1: bad"
