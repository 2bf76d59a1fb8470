"""What goes wrong before there is a request is noted each time, and logged once a second."""

from __future__ import annotations

import asyncio

import pytest

from emulator.http.incidents import Incidents
from emulator.journal.entry import Details
from emulator.journal.kinds import ProxyRefused, TlsFailed


def test_the_same_words_are_logged_once_a_second(caplog: pytest.LogCaptureFixture) -> None:
    """The journal has all of them."""
    noted: list[Details] = []

    async def note(details: Details) -> None:
        noted.append(details)

    async def told() -> None:
        incidents = Incidents(note)
        for _ in range(3):
            incidents.tls_failed("no")
        incidents.proxy_refused("a:1", "no")
        await asyncio.sleep(0)

    asyncio.run(told())
    assert noted == [TlsFailed("no")] * 3 + [ProxyRefused("a:1", "no")]
    assert [record.getMessage() for record in caplog.records] == ["TLS: no", "proxy: a:1: no"]


def test_a_journal_that_can_t_be_written_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """As when the disk is full."""

    async def note(_: Details) -> None:
        raise OSError("full")

    async def told() -> None:
        Incidents(note).tls_failed("no")
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(told())
    assert [record.getMessage() for record in caplog.records] == [
        "TLS: no",
        "the journal has no entry about this: full",
    ]
