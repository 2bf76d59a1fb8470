"""The choices in force, as a running emulator shows and obeys them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emulator.choices.table import rows
from tests.support.running import Emulator, emulator, receiver

SMS = {"type": "Sms", "from": "Shop", "to": "+306900000001", "message": {"body": "Hi"}}


def in_force(server: Emulator, application: str = "") -> Any:
    """The answers by the names of their choices."""
    query = f"?application={application}" if application else ""
    told = server.call("GET", f"/_emulator/choices{query}").json()
    assert told["application"] == (application or None)
    return {each["name"]: each["inForce"] for each in told["choices"]}


def test_a_scenario_s_choices_stand_over_those_of_the_start(tmp_path: Path) -> None:
    """For its application, as long as it is in force; flows keep those that they began under."""
    file = tmp_path / "ours.txt"
    file.write_text("sms-text-key=message\n")
    options = ("--rate", "0", "--seed", "1", "--choose", str(file), "--choose", "callback-retries=5")
    text = "purpose: Ours.\\nchoices: { sms-text-key: body, originating-service: failover }"
    with emulator(*options) as server:
        usual = {row.name: row.taken for row in rows()}
        chosen = usual | {"sms-text-key": "message", "callback-retries": "5"}
        assert in_force(server) == chosen
        first = server.send(SMS)
        told = server.call("POST", "/_emulator/scenario", f'{{"application":"app","text":"{text}"}}'.encode())
        assert told.status == 200, told.body
        assert in_force(server, "app") == chosen | {"sms-text-key": "body", "originating-service": "failover"}
        assert in_force(server, "other") == in_force(server) == chosen
        second = server.send(SMS)
        shown = [server.api("GET", f"/failover/tracking/{each}").json() for each in (first, second)]
        assert [each["originatingService"] for each in shown] == ["Failover", "failover"]
        assert ["message" in each["messages"][0] for each in shown] == [True, False]


@pytest.mark.parametrize(
    ("options", "attempts"),
    [((), 13), (("--choose", "callback-retries=5"), 6), (("--choose", "callback-received=2xx"), 1)],
)
def test_callbacks_are_retried_as_chosen(options: tuple[str, ...], attempts: int) -> None:
    """By a receiver that answers 204 each time."""
    with receiver() as hook, emulator("--rate", "0", *options) as server:
        hook.answer = lambda _: 204
        name = server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.advance(by="72h")
        told = [entry for entry in server.journal(name) if entry["kind"] == "attempt"]
        assert len(told) == attempts


def test_a_store_that_goes_on_keeps_the_choices_of_its_flows(tmp_path: Path) -> None:
    """Whatever the next start chooses."""
    store = ("--rate", "0", "--store", str(tmp_path / "store.db"))
    with emulator(*store, "--choose", "sms-text-key=message") as server:
        name = server.send(SMS)
    with emulator(*store) as server:
        assert "message" in server.api("GET", f"/failover/tracking/{name}").json()["messages"][0]
