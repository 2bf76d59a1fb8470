"""The board as the page reads it: cards in lanes, once or as a stream."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.running import PATIENCE, SMS, VIBER, Emulator, emulator


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose time stands still."""
    with emulator("--rate", "0") as running:
        yield running


def lanes(board: Any) -> dict[str, int]:
    """The lanes that have flows, and how many."""
    return {lane["name"]: lane["count"] for lane in board["lanes"] if lane["count"]}


def board(server: Emulator, query: str = "") -> Any:
    """The board now."""
    return server.call("GET", f"/_emulator/board{query}").json()


@contextmanager
def feed(server: Emulator, query: str = "", path: str = "/_emulator/board/feed") -> Iterator[Iterator[Any]]:
    """The boards that are told, or what another feed tells, as they come."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request("GET", f"{path}{query}")
        answer = connection.getresponse()
        yield (json.loads(line[6:]) for line in answer if line.startswith(b"data: "))
    finally:
        connection.close()


def test_a_flow_goes_through_the_lanes(server: Emulator) -> None:
    """From Queued, as long as it is held back, over each channel to its end; the card says what was tried."""
    to = "+306900000100"
    server.call("POST", "/_emulator/scenario/overrides", b'{"rules": [{"queued": "1s"}]}')
    server.send({**VIBER, "to": to, "order": 1}, {**SMS, "to": to, "order": 2})
    seen = [lanes(board(server))]
    for _ in range(6):
        server.advance(by="1s")
        seen.append(lanes(board(server)))
    assert seen == [{name: 1} for name in ("Queued", "Viber", "Viber", "Sms", "Sms", "Sms", "Succeeded")]
    (card,) = board(server)["lanes"][4]["cards"]
    assert card["tried"] == [
        {"channel": "Viber", "status": "UNDELIVERED"},
        {"channel": "Sms", "status": "Delivered"},
    ]
    assert (card["to"], card["text"], card["nextDue"]) == (to, SMS["message"]["body"], None)


def test_the_board_is_narrowed(server: Emulator) -> None:
    """By application, status, recipient, channel and scenario; to so many cards, while all are counted."""
    for number in range(3):
        server.send({**SMS, "to": f"+30690000000{number}"})
    server.send(VIBER)
    assert lanes(board(server, "?application=app&channel=Sms&scenario=default&status=InProgress")) == {"Sms": 3}
    assert lanes(board(server, "?to=0000002")) == {"Sms": 1}
    assert lanes(board(server, "?application=nobody")) == {}
    _, _, sms, *_ = board(server, "?limit=2")["lanes"]
    assert (sms["count"], len(sms["cards"])) == (3, 2)


def test_the_feed_tells_the_board_and_then_each_change(server: Emulator) -> None:
    """As it happens."""
    with feed(server) as boards:
        assert lanes(next(boards)) == {}
        server.send(SMS)
        assert lanes(next(found for found in boards if lanes(found))) == {"Sms": 1}
        server.advance(by="1h")
        assert lanes(next(found for found in boards if "Sms" not in lanes(found))) == {"Succeeded": 1}


@pytest.mark.parametrize("query", ["", "?after=0"])
def test_the_journal_s_feed_tells_each_entry_once_whatever_is_asked(server: Emulator, query: str) -> None:
    """Oldest first."""
    server.send(SMS)
    server.advance(by="1m")
    there = [entry["seq"] for entry in server.journal()]
    with feed(server, query, "/_emulator/feed") as entries:
        assert [next(entries)["seq"] for _ in there] == there
        server.send(SMS)
        assert next(entries)["seq"] == there[-1] + 1


def test_feeds_end_with_the_emulator(server: Emulator) -> None:
    """Ten of them do not hold it up."""
    connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE) for _ in range(10)]
    for connection in connections:
        connection.request("GET", "/_emulator/board/feed")
    answers = [connection.getresponse() for connection in connections]
    assert server.stop() == 0
    for answer in answers:
        assert answer.read().startswith(b"retry: 1000\n\n")
    for connection in connections:
        connection.close()


def test_the_applications_are_told(server: Emulator) -> None:
    """With the number of their flows, and whether they have a clock of their own; and all scenarios that were used."""
    server.send(SMS)
    server.advance("app", by="1s")
    server.call("PUT", "/_emulator/clock", b'{"rate": 1, "application": "quiet"}')
    told = server.call("GET", "/_emulator/applications").json()
    assert told == {
        "applications": [
            {"application": "app", "flows": 1, "ownClock": True},
            {"application": "quiet", "flows": 0, "ownClock": True},
        ],
        "scenarios": ["default"],
    }


def test_the_sink_takes_any_callback(server: Emulator) -> None:
    """So a flow can be sent with callbacks before there is a receiver."""
    server.send(SMS, callback=f"http://127.0.0.1:{server.port}/_emulator/sink")
    server.advance(by="1h")
    told = server.call("GET", "/_emulator/callbacks").json()["callbacks"]
    assert [each["outcome"] for each in told] == ["received"] * 3
