"""What the public API's types promise. mypy reads this file; nothing runs it."""

from __future__ import annotations

from typing import assert_type

from emulator.testing import (
    Application,
    AsyncApplication,
    Callback,
    Client,
    ClockState,
    Emulator,
    Entry,
    Flow,
    Message,
    Path,
    Received,
    Receiver,
    Verdict,
    paths,
    request_of,
)


def client() -> None:
    """Every call answers a value."""
    application = Client("http://127.0.0.1:8080").application("shop")
    assert_type(application, Application)
    flow = application.send({"type": "Sms"}, callback="http://127.0.0.1/hook", strategy="OnCompletion")
    assert_type(flow, Flow)
    assert_type(application.send_sms("+306912345678", "Hi", strategy="OnChange", ttl=60), Flow)
    assert_type(application.send_otp("+306912345678", "4711", "It is 4711", ttl=30), Flow)
    assert_type(application.send_code("+306912345678", method="voice", digits=6), Flow)
    assert_type(application.confirm(flow, flow.code), Flow)
    application.send_code("+306912345678", method="fax")  # type: ignore[arg-type]
    application.send_sms("+306912345678", "Hi", strategy="OnStep")  # type: ignore[arg-type]
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


async def twins(application: AsyncApplication) -> None:
    """Every awaited call answers what its twin does, and takes the same."""
    flow = await application.send({"type": "Sms"}, strategy="OnStep")
    assert_type(flow, Flow)
    assert_type(await application.send_sms("+306912345678", "Hi"), Flow)
    assert_type(await application.confirm(await application.send_code("+306912345678"), "1"), Flow)
    assert_type(await application.assert_callbacks(flow, count=1), list[Callback])
    assert_type(await application.advance(until="idle"), list[Entry])
    await application.finish(7)  # type: ignore[arg-type]
    await application.flows(status="Fialed")  # type: ignore[arg-type]


def others() -> None:
    """Receiver, paths, and the emulator inside the own process."""
    with Receiver() as receiver, Emulator(rate=0) as emulator:
        assert_type(receiver.wait(1), list[Received])
        assert_type(emulator.client(), Client)
    assert_type(paths(request_of(b"{}")), list[Path])
