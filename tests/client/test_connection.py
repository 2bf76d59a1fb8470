"""The client's connection: which URLs it takes, and what it says of what answers there."""

from __future__ import annotations

import http.server
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from emulator.client import Client, Refused, Unreachable
from emulator.client.client import PAGE
from emulator.control import bodies
from emulator.testing import Emulator
from tests.support.running import PATIENCE, SMS, receiver


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[str]]]:
    """The URL of a server that gives every GET this answer, and the paths that it was asked for."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", paths
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("url", ["nonsense", "127.0.0.1:8080", "ftp://127.0.0.1", "http://127.0.0.1:port"])
def test_what_is_no_url_is_refused_at_once(url: str) -> None:
    """Nothing else is called instead."""
    with pytest.raises(Unreachable, match=rf"^{url} is no http or https URL$"):
        Client(url)


def test_a_url_may_have_a_path_before_the_emulator_s() -> None:
    """As behind a proxy."""
    with answering(200, b"{}") as (url, paths), Client(f"{url}/emulator/") as client:
        assert client.control("GET", "/health") == {}
        assert paths == ["/emulator/_emulator/health"]


def test_an_empty_answer_is_an_empty_text() -> None:
    """It is no JSON, but nothing is wrong with it."""
    with answering(200, b"") as (url, _), Client(url) as client:
        assert client.call("GET", "/health", None, {}) == ""


@pytest.mark.parametrize("body", [b"", b"[]", b'"ok"'])
def test_what_answers_without_an_object_is_no_emulator(body: bytes) -> None:
    """Every call of its own API answers an object."""
    with answering(200, body) as (url, _), Client(url) as client, pytest.raises(Unreachable, match="something else"):
        client.control("GET", "/clock")


def test_a_server_that_is_no_emulator_is_told() -> None:
    """By its answers, which are no JSON."""
    with answering(200, b"<html>") as (url, _), Client(url) as client:
        with pytest.raises(Unreachable) as failed:
            client.control("GET", "/health")
        assert str(failed.value).startswith(f"no emulator answers at {url}: JSON is malformed")


def test_an_address_where_nothing_listens_is_told() -> None:
    """With the reason of the system."""
    with (
        Client("http://127.0.0.1:9") as client,
        pytest.raises(Unreachable, match=r"127\.0\.0\.1:9: .*refused"),
    ):
        client.control("GET", "/health")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"detail": "there is no flow x"}', "404: there is no flow x"),
        (b'{"developerMessage": "Wrong", "properties": {"flow": "is required"}}', "404: Wrong\n  flow: is required"),
        (b'{"message": "Gone"}', "404: Gone"),
        (b'{"other": 1}', "404: {'other': 1}"),
        (b"<html>" + b"x" * 1000, "404: <html>" + "x" * 194),
    ],
)
def test_a_refusal_says_what_the_answer_says(body: bytes, told: str) -> None:
    """In whichever member it stands; a page of HTML is cut."""
    with answering(404, body) as (url, _), Client(url) as client:
        with pytest.raises(Refused) as refused:
            client.control("GET", "/health")
        assert str(refused.value) == told


def test_the_client_asks_for_no_more_entries_than_the_emulator_gives() -> None:
    """An answer with fewer than it asked for is the last one."""
    assert PAGE == bodies.PAGE


def test_a_journal_of_several_pages_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each entry once, in order."""
    monkeypatch.setattr("emulator.client.client.PAGE", 2)
    with Emulator(rate=0) as emulator:
        app = emulator.client().application("shop")
        for rate in (1, 2, 3, 4):
            app.set_rate(rate)
        assert [entry.data["rate"] for entry in app.journal(kind="clock")] == [1, 2, 3, 4]
        assert app.timeline().count("clock: rate") == 4


def test_calls_of_several_threads_have_a_connection_each() -> None:
    """None gets the other's answer, though all are under way at once."""
    with Emulator(rate=0) as emulator, Client(emulator.url) as client:
        application = client.application("threads")
        together = threading.Barrier(8)

        def play(_: int) -> bool:
            together.wait(PATIENCE)
            sent = application.send(SMS)
            flow = application.finish(sent)
            return flow.final and flow.id == sent.id

        with ThreadPoolExecutor(together.parties) as threads:
            assert list(threads.map(play, range(together.parties))) == [True] * together.parties
        assert len(application.flows()) == together.parties


def test_a_call_that_is_broken_off_leaves_nothing_to_the_next() -> None:
    """As by Ctrl-C, or by a test's time limit."""
    with Emulator(rate=0) as emulator, Client(emulator.url) as client, receiver() as hook:
        application = client.application("broken")
        here = threading.get_ident()

        def answer(_: int) -> int:
            signal.pthread_kill(here, signal.SIGINT)
            return 200

        hook.answer = answer
        with pytest.raises(KeyboardInterrupt):
            application.finish(application.send(SMS, callback=hook.url, strategy="OnCompletion"))
        assert len(application.flows()) == 1
