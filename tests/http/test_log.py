"""The log of requests: what is shown, what is counted."""

from __future__ import annotations

import logging

import pytest
from starlette.types import Message, Scope

from emulator.http.log import CLOSED, LINES, NEWS, About, RequestLog, about, hang_up
from emulator.http.protocol import HANG_UP

pytestmark = pytest.mark.anyio


async def test_so_many_of_each_status_are_shown_and_the_others_counted(caplog: pytest.LogCaptureFixture) -> None:
    """A flood of one kind hides none of another."""
    caplog.set_level(logging.INFO)
    requests = RequestLog()
    assert [requests.wants(200) for _ in range(LINES + 5)] == [True] * LINES + [False] * 5
    assert requests.wants(400)
    requests.close()
    (line,) = caplog.messages
    assert line.startswith("5 more requests answered 200 within a second")
    assert requests.wants(200)
    requests.close()
    assert len(caplog.messages) == 1


async def test_words_that_no_line_has_are_shown_beyond_that(caplog: pytest.LogCaptureFixture) -> None:
    """A remark or a reason to refuse is not lost in a burst; the same words again are counted."""
    caplog.set_level(logging.INFO)
    requests = RequestLog()
    assert all(requests.wants(400, "to is missing") for _ in range(LINES))
    assert [requests.wants(400, words) for words in ("to is missing", "did you mean 'to'?", "")] == [False, True, False]
    requests.close()
    assert caplog.messages == [
        "2 more requests answered 400 within a second; --log-level debug shows each",
    ]


async def test_so_many_words_are_shown_and_the_others_counted_as_such(caplog: pytest.LogCaptureFixture) -> None:
    """A line costs time, also if each says something else; other statuses have their own."""
    caplog.set_level(logging.INFO)
    requests = RequestLog()
    assert [requests.wants(400, f"number {n}") for n in range(NEWS + 3)] == [True] * NEWS + [False] * 3
    assert not requests.wants(400)
    assert all(requests.wants(404, f"number {n}") for n in range(NEWS))
    requests.close()
    told = "4 more requests answered 400 within a second, 3 of them with words that no line has"
    assert caplog.messages == [f"{told}; --log-level debug shows each"]
    assert requests.wants(400, "number 0")
    requests.close()


async def test_with_the_level_debug_each_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    """And nothing is told as counted."""
    caplog.set_level(logging.DEBUG)
    requests = RequestLog()
    assert all(requests.wants(200) for _ in range(LINES + 5))
    requests.close()
    assert caplog.messages == []


async def test_long_words_are_cut(caplog: pytest.LogCaptureFixture) -> None:
    """A line stays one that can be read."""
    caplog.set_level(logging.INFO)
    RequestLog().show("POST", "/" * 100_000, 400, About("app", "3d601dbf-1", "x" * 100_000))
    (line,) = caplog.messages
    assert len(line) < 1100
    assert " 400 app 3d601dbf xxx" in line


async def test_a_request_without_an_answer_is_told_once_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """Not what is sent into the closed connection; of an answer that breaks off, its status is told."""
    caplog.set_level(logging.INFO)
    requests, ended = RequestLog(), list[str]()

    async def gone(_: Message) -> None:
        pass

    for begins in (False, True):
        scope: Scope = {
            "method": "POST",
            "path": "/failover",
            "extensions": {HANG_UP: {"close": lambda: ended.append("")}},
        }
        send = requests.shown(scope, gone, minor=False)
        about(scope).application = "app"
        if begins:
            await send({"type": "http.response.start", "status": 502})
        hang_up(scope)
        await send({"type": "http.response.start", "status": 200})
    assert caplog.messages == ["POST /failover closed app", "POST /failover 502 app"]
    assert [getattr(each, "fields", {}).get("closed") for each in caplog.records] == [True, None]
    assert (dict(requests.answered["POST", None]), len(ended)) == ({CLOSED: 1, 502: 1}, 2)


async def test_more_requests_without_an_answer_are_counted_in_words(caplog: pytest.LogCaptureFixture) -> None:
    """They have no status to name."""
    requests = RequestLog()
    assert [requests.wants(CLOSED) for _ in range(LINES + 2)] == [True] * LINES + [False] * 2
    requests.close()
    assert caplog.messages == ["2 more requests closed without an answer within a second; --log-level debug shows each"]
