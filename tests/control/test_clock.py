"""Clocks by the own API: what is to come, and an own clock that is given up for the shared one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, VIBER, Emulator, emulator, receiver

NOWHERE = "http://127.0.0.1:9/hook"


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


def upcoming(server: Emulator, query: str = "") -> list[dict[str, Any]]:
    """What is to come."""
    found: list[dict[str, Any]] = server.call("GET", f"/_emulator/upcoming{query}").json()["events"]
    return found


def share(server: Emulator, application: str = "app") -> Any:
    """Give up an application's own clock."""
    return server.call("DELETE", f"/_emulator/clock?application={application}").json()


def rate(server: Emulator, application: str) -> None:
    """Give an application a clock of its own, which stands."""
    body = json.dumps({"application": application, "rate": 0}).encode()
    assert server.call("PUT", "/_emulator/clock", body).status == 200


def test_what_is_to_come_is_told_in_its_order(server: Emulator) -> None:
    """Each flow's next event and each callback's next attempt; going there has it happen."""
    first = server.send(VIBER, callback=NOWHERE)
    silent = json.dumps({"rules": [{"plan": {"Sms": "silence"}}]}).encode()
    server.call("POST", "/_emulator/scenario/overrides", silent)
    second = server.send({**SMS, "ttl": 5})
    events = upcoming(server)
    assert [(each["flow"], each["at"], each["to"]) for each in events] == [
        (first, events[0]["at"], VIBER["to"]),
        (first, "2026-01-01T00:00:30Z", VIBER["to"]),
        (second, "2026-01-01T00:05:00Z", SMS["to"]),
    ]
    assert [each["text"] for each in events] == [
        "Viber reports DELIVERED",
        f"attempt 2 at a callback to {NOWHERE}",
        "the ttl of Sms ends",
    ]
    assert upcoming(server, "?limit=1") == events[:1]
    happened = server.advance(to=events[0]["at"])["happened"]
    assert {each["flow"] for each in happened} == {first}
    assert events[0] not in upcoming(server)


def test_what_is_to_come_is_that_of_the_clock_of_an_application(server: Emulator) -> None:
    """Its own, or the shared one; of an unknown application that is doubted."""
    server.send(SMS)
    rate(server, "shop")
    server.api("POST", "/failover", {"flow": [VIBER]}, server.token("shop"))
    assert {each["application"] for each in upcoming(server)} == {"app"}
    assert {each["application"] for each in upcoming(server, "?application=shop")} == {"shop"}
    server.advance(by="24h")
    answer = server.call("GET", "/_emulator/upcoming?application=shpo").json()
    assert answer["events"] == []
    assert "did you mean 'shop'?" in answer["note"]


def test_an_application_goes_back_to_the_shared_clock(server: Emulator) -> None:
    """What fell due until then has happened in its order, each at its own time; what is left goes on there."""
    with receiver() as hook:
        hook.answer = lambda _: 200
        rate(server, "app")
        flow = server.send({**VIBER, "to": "+306900000100", "order": 1}, {**SMS, "order": 2}, callback=hook.url)
        server.advance(by="2s")
        assert len(server.call("GET", f"/_emulator/flows/{flow}").json()["journal"]) > 0
        before = [each["text"] for each in server.journal(flow)]
        assert share(server) == {
            "application": None,
            "now": "2026-01-01T00:00:02Z",
            "rate": 0.0,
            "next": server.clock()["next"],
        }
        assert [each["text"] for each in server.journal(flow)][: len(before)] == before
        assert [each["application"] for each in server.call("GET", "/_emulator/clocks").json()["clocks"]] == [None]
        (told,) = [each for each in server.journal() if "goes by the shared clock" in each["text"]]
        assert (told["at"], told["application"]) == ("2026-01-01T00:00:02Z", "app")
        server.advance(by="1h")
        shown = server.call("GET", f"/_emulator/flows/{flow}").json()
        assert shown["status"] == "Succeeded"
        assert [each["outcome"] for each in shown["callbacks"]] == ["received"] * len(shown["callbacks"])
        assert share(server)["application"] is None


def test_a_clock_that_is_ahead_is_not_turned_back(server: Emulator) -> None:
    """The refusal tells both times; once the shared one is as late, it can be given up."""
    rate(server, "app")
    server.advance("app", by="3h")
    refused = share(server)
    assert refused["status"] == 400
    assert "this clock shows 2026-01-01T03:00:00Z, the shared one 2026-01-01T00:00:00Z" in refused["detail"]
    assert server.clock("app")["application"] == "app"
    server.advance(by="3h")
    assert share(server)["application"] is None
    assert server.call("DELETE", "/_emulator/clock").status == 400


def test_a_shared_clock_stays_shared_after_a_restart(tmp_path: Path) -> None:
    """With what is due on it."""
    store = ("--rate", "0", "--store", str(tmp_path / "s.db"))
    with emulator(*store) as server:
        rate(server, "app")
        flow = server.send(SMS, callback=NOWHERE)
        share(server)
    with emulator(*store) as server:
        assert server.clock("app")["application"] is None
        server.advance(by="1m")
        assert server.call("GET", f"/_emulator/flows/{flow}").json()["status"] == "Succeeded"
        assert upcoming(server)[0]["text"].startswith("attempt ")


def test_the_journal_names_the_whole_id_of_the_flow_whose_end_a_clock_was_moved_to(server: Emulator) -> None:
    """However much of it was typed."""
    flow = server.send(VIBER)
    server.advance(flow=flow[:8])
    (entry,) = [each for each in server.call("GET", "/_emulator/journal").json()["entries"] if each["kind"] == "clock"]
    assert (entry["text"], entry["data"]) == (f"advanced until the flow ended: {flow}", {"flow": flow})
