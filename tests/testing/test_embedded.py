"""An emulator inside the own process."""

from __future__ import annotations

import asyncio
import socket

import pytest

from emulator.client import AsyncApplication, Client, Refused, Unreachable
from emulator.http.listener import PortError
from emulator.settings import SettingsError
from emulator.testing.embedded import Emulator
from emulator.testing.receiver import Receiver
from tests.support.running import SMS


def test_it_runs_on_a_thread_and_ends_with_its_block() -> None:
    """Two of them at once do not meet."""
    with Emulator(rate=0) as one, Emulator(rate=0) as other, Receiver() as receiver:
        app = one.client().application("shop")
        flow = app.finish(app.send(SMS, callback=receiver.url))
        app.assert_succeeded(flow, on="Sms")
        assert [str(post) for post in receiver.wait(3)] == [
            "InProgress Queued",
            "InProgress Sent",
            "Succeeded Delivered",
        ]
        assert other.client().control("GET", "/flows")["total"] == 0
    with pytest.raises(Unreachable, match="no emulator answers"):
        Client(one.url).control("GET", "/health")


def test_it_runs_in_the_running_event_loop() -> None:
    """For asynchronous tests."""

    async def statuses() -> list[str]:
        async with Emulator(rate=0, control_token="t") as emulator:
            with AsyncApplication(emulator.client().application("shop")) as app:
                assert (await app.control("GET", "/ready"))["status"] == "ready"
                flows = await asyncio.gather(*(app.send(SMS) for _ in range(3)))
                return [(await app.finish(flow)).status for flow in flows]

    assert asyncio.run(statuses()) == ["Succeeded"] * 3


def test_a_client_notices_that_its_idle_connection_was_closed() -> None:
    """By a server that stopped; it connects to the next one on the same port, and repeats nothing."""
    with Emulator(rate=0) as emulator:
        port = int(emulator.url.rpartition(":")[2])
        client = Client(emulator.url)
        client.control("GET", "/health")
    with Emulator(port=port), client:
        assert client.control("PUT", "/clock", {"rate": 0})["rate"] == 0


def test_a_start_that_fails_says_why() -> None:
    """In both ways."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.listen()
        with pytest.raises(PortError, match="can't listen"), Emulator(port=port):
            pass

        async def start() -> None:
            async with Emulator(port=port):
                pass

        with pytest.raises(PortError, match="can't listen"):
            asyncio.run(start())


def test_a_refusal_says_what_is_wrong() -> None:
    """Status and body are kept."""
    with Emulator() as emulator:
        app = emulator.client().application("shop")
        with pytest.raises(Refused, match=r"(?s)400: Validation Error!.*flow\[0\]\.to") as refused:
            app.send({"type": "Sms"})
        assert (refused.value.status, refused.value.body["code"]) == (400, "400000000")
        with pytest.raises(Refused, match="404: there is no flow x"):
            app.flow("x")


def test_settings_are_those_of_the_command_line() -> None:
    """The rate may be the word instant; what is not right is refused before anything starts."""
    with Emulator(rate="instant") as emulator:
        app = emulator.client().application("shop")
        assert app.clock().rate == "instant"
    with pytest.raises(SettingsError, match="there is no setting scenari; did you mean 'scenario'"):
        Emulator(scenari="all-fail")
