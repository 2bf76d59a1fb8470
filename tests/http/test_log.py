"""The log of requests: what is shown, what is counted."""

from __future__ import annotations

import logging

import pytest

from emulator.http.log import LINES, About, RequestLog

pytestmark = pytest.mark.anyio


async def test_so_many_of_each_status_are_shown_and_the_others_counted(caplog: pytest.LogCaptureFixture) -> None:
    """A flood of one kind hides none of another."""
    caplog.set_level(logging.INFO)
    requests = RequestLog()
    assert [requests.wants(200) for _ in range(LINES + 5)] == [True] * LINES + [False] * 5
    assert requests.wants(400)
    requests.close()
    (line,) = caplog.messages
    assert line.startswith("5 more requests were answered 200 within a second")
    assert requests.wants(200)
    requests.close()
    assert len(caplog.messages) == 1


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
