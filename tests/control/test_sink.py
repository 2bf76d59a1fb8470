"""The sink: what it got can be read, and it answers as it is told to."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.running import SMS, Emulator, emulator

ANSWER = "/_emulator/sink/answer"


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still, and which waits a second for receivers."""
    with emulator("--rate", "0", "--callback-timeout", "1") as running:
        yield running


def posts(server: Emulator, query: str = "") -> list[dict[str, Any]]:
    """What the sink got, the newest first."""
    found: list[dict[str, Any]] = server.call("GET", f"/_emulator/sink/posts{query}").json()["posts"]
    return found


def told(server: Emulator) -> tuple[str, int | None]:
    """Send a flow whose callback goes to the sink; the outcome and status of the first attempt at it."""
    flow = server.send(SMS, callback=f"http://127.0.0.1:{server.port}/_emulator/sink", strategy="OnCompletion")
    server.advance(by="10s")
    (callback,) = server.call("GET", f"/_emulator/callbacks?flow={flow}").json()["callbacks"]
    return callback["attempts"][0]["outcome"], callback["attempts"][0]["status"]


def test_what_the_sink_got_can_be_read(server: Emulator) -> None:
    """With its headers, the newest first, page by page; found by a text; it is gone after a reset."""
    assert told(server) == ("received", 200)
    assert told(server) == ("received", 200)
    first, second = posts(server)
    assert (first["number"], second["number"], first["status"]) == (2, 1, 200)
    assert json.loads(first["body"])["status"] == "Succeeded"
    assert first["headers"]["content-type"] == "application/json"
    assert posts(server, "?before=2") == posts(server, "?limit=1&before=2") == [second]
    name = json.loads(second["body"])["trackingId"]
    assert posts(server, f"?text={name.upper()}") == [second]
    server.call("POST", "/_emulator/reset", b"{}")
    assert posts(server) == []


@pytest.mark.parametrize(
    ("answer", "came"),
    [({"status": 503}, ("refused", 503)), ({"silent": True}, ("refused", None)), ({"delay": 5}, ("refused", None))],
    ids=["an error", "silence", "too late"],
)
def test_the_sink_answers_as_it_is_told_to(server: Emulator, answer: dict[str, Any], came: tuple[str, int]) -> None:
    """Until it is told otherwise; what it got is kept all the same."""
    assert (
        server.call("PUT", ANSWER, json.dumps(answer).encode()).json()
        == {
            "status": 200,
            "delay": 0,
            "silent": False,
        }
        | answer
    )
    assert told(server) == came
    assert len(posts(server)) == 1
    assert server.call("PUT", ANSWER, b"{}").json()["status"] == 200
    assert told(server) == ("received", 200)


def test_a_sink_that_is_silent_ends_the_connection_with_the_emulator(server: Emulator) -> None:
    """So it holds up no end."""
    server.call("PUT", ANSWER, b'{"silent": true}')
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("POST", "/_emulator/sink", b"{}")
    while not posts(server):
        pass
    assert server.stop() == 0
    with pytest.raises((http.client.HTTPException, OSError)):
        connection.getresponse()


def test_only_the_post_is_open_to_all() -> None:
    """What came in, and how it is answered, are the owner's."""
    with emulator("--rate", "0", "--control-token", "secret") as server:
        assert server.call("POST", "/_emulator/sink", b"{}").status == 200
        assert server.call("GET", "/_emulator/sink/posts").status == 401
        assert server.call("PUT", ANSWER, b"{}").status == 401


@pytest.mark.parametrize("body", [{"status": 199}, {"status": 600}, {"delay": -1}, {"delay": 11}, {"slow": True}])
def test_what_the_sink_can_t_do_is_refused(server: Emulator, body: dict[str, Any]) -> None:
    """With what it can."""
    answer = server.call("PUT", ANSWER, json.dumps(body).encode())
    assert answer.status == 400
    assert "how the sink answers" in answer.json()["detail"]
