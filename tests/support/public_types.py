"""What the public API's types promise. mypy reads this file; nothing runs it."""

from __future__ import annotations

from typing import assert_type

from emulator.client.client import Application, Client
from emulator.client.results import Callback, ClockState, Entry, Flow, Message, Verdict
from emulator.planning.paths import Path, paths
from emulator.provider.failover.reading import failover as request_of
from emulator.testing.embedded import Emulator
from emulator.testing.receiver import Received, Receiver


def client() -> None:
    """Every call answers a value."""
    application = Client("http://127.0.0.1:8080").application("shop")
    assert_type(application, Application)
    flow = application.send({"type": "Sms"}, callback="http://127.0.0.1/hook", strategy="OnCompletion")
    assert_type(flow, Flow)
    assert_type(flow.messages, tuple[Message, ...])
    assert_type(flow.status_code, str | None)
    assert_type(application.finish(flow.id), Flow)
    assert_type(application.callbacks(flow), list[Callback])
    assert_type(application.journal(), list[Entry])
    assert_type(application.advance("1h"), list[Entry])
    assert_type(application.clock(), ClockState)
    assert_type(application.verify({"status": "Failed"}, times=1), Verdict)
    assert_type(application.assert_succeeded(flow, on="Sms"), Flow)
    application.send("Sms")  # type: ignore[arg-type]
    application.finish(7)  # type: ignore[arg-type]


def others() -> None:
    """Receiver, paths, and the emulator inside the own process."""
    with Receiver() as receiver, Emulator(rate=0) as emulator:
        assert_type(receiver.wait(1), list[Received])
        assert_type(emulator.client(), Client)
    assert_type(paths(request_of(b"{}")), list[Path])
