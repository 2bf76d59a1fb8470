"""The road to a receiver."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from emulator.callbacks import destination
from tests.support.running import VIBER, emulator, receiver


@pytest.mark.parametrize(
    ("url", "hosts", "allowed"),
    [
        ("http://a.test/x", (), True),
        ("http://A.test/x", ("a.test",), True),
        ("http://b.test/x", ("a.test", "*.shop.test"), False),
        ("http://x.shop.test/", ("a.test", "*.shop.test"), True),
        ("http://10.1.2.3:80/", ("10.0.0.0/8",), True),
        ("http://11.1.2.3/", ("10.0.0.0/8",), False),
        ("http://[::1]/", ("::1",), True),
        ("http://[1::2::3]/", ("::1",), False),
    ],
)
def test_callbacks_may_go_to_names_globs_and_networks(url: str, hosts: tuple[str, ...], *, allowed: bool) -> None:
    """Without any, anywhere."""
    assert destination.allowed(url, hosts) is allowed


def test_a_callback_that_may_not_go_there_is_given_up_at_once() -> None:
    """Nothing is posted, and the journal says why."""
    with receiver() as hook, emulator("--rate", "0", "--callback-hosts", "shop.test") as server:
        flow = server.send(VIBER, callback=hook.url)
        server.advance(until="idle")
        attempts = [entry["data"] for entry in server.journal(flow) if entry["kind"] == "attempt"]
        told = [(attempt["outcome"], attempt["answer"]) for attempt in attempts]
        assert told == [("given up", "callbacks may only go to shop.test")] * 2
        assert hook.count == 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:9/hook", "nothing listens on port 9 of"),
        ("http://no-such-service.invalid/hook", "the name no-such-service.invalid means nothing here"),
    ],
)
def test_why_a_callback_did_not_get_there_is_told_in_words(url: str, told: str) -> None:
    """In the journal, beside the error itself."""
    with emulator("--rate", "0") as server:
        flow = server.send(VIBER, callback=url, strategy="OnCompletion")
        server.advance(by="2s")
        (attempt,) = [entry["data"] for entry in server.journal(flow) if entry["kind"] == "attempt"]
        assert told in attempt["answer"]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://A.test:80/Hook?x=1", "http://a.test:80"),
        ("HTTPS://a.test?x", "https://a.test"),
        ("http://me:Word@[::1]:8080#x", "http://me:word@[::1]:8080"),
        ("http://[1::2::3]/hook", "http://[1::2::3]"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    """Of a host that is no address too."""
    assert destination.origin(url) == origin


@pytest.mark.parametrize("url", ["http://[1::2::3]/hook", "http://\u2100.test/hook"])
def test_a_callback_to_a_host_that_cannot_be_holds_up_nobody(tmp_path: Path, url: str) -> None:
    """An older store may have one; its own flow goes on, and so do others."""
    options = ("--store", str(tmp_path / "store.db"), "--token-lifetime", "86400")
    before = "http://a.test/"
    with emulator(*options, "--rate", "0") as server:
        flow = server.send(VIBER | {"inboundUrl": before}, callback=before)
        server.stop()
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as older:
        older.execute("UPDATE flow SET state = CAST(REPLACE(CAST(state AS TEXT), ?, ?) AS BLOB)", (before, url))
    with receiver() as hook, emulator(*options, "--rate", "100") as server:
        other = server.send(VIBER, callback=hook.url)
        assert hook.flow()[-1]["trackingId"] == other
        assert server.call("GET", f"/_emulator/flows/{flow}").json()["status"] == "Succeeded"
        assert server.call("POST", f"/_emulator/flows/{flow}/replies", b'{"message": "x"}').status == 200


def test_inside_a_container_the_names_that_work_from_there_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Localhost is the container itself."""
    monkeypatch.setattr(destination, "in_container", lambda: True)
    told = destination.why(destination.target("http://localhost:3000/"), ConnectionRefusedError())
    assert "port 3000 of this container" in told
    assert "host.docker.internal" in told


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://shop.test/hook", "http://shop.test/hook"),
        ("https://me:pass@shop.test/a?x=1", "https://…@shop.test/a?x=1"),
        ("http://token@[::1]:80", "http://…@[::1]:80"),
        ("http://a/b@c?API_Key=1&id=2&sig=3#token=x", "http://a/b@c?API_Key=…&id=2&sig=…#token=x"),
        ("nonsense?token=", "nonsense?token="),
    ],
)
def test_what_is_secret_in_a_url_is_not_shown(url: str, shown: str) -> None:
    """Who is not sure whether it is, takes it for one."""
    assert destination.masked(url) == shown
