"""A client of both APIs, the provider's and the emulator's own.

    app = Client("http://127.0.0.1:8080").application("shop")
    flow = app.finish(app.send({"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Hi"}}))
    app.assert_succeeded(flow, on="Sms")

It knows the APIs' paths and bodies, and of the emulator's rooms only `clock` and `journal`.
"""

from __future__ import annotations

from emulator.client.client import Application, Client
from emulator.client.connection import Misused, OnLoop, Refused, Unreachable
from emulator.client.results import Callback, ClockState, Entry, Flow, Message, Verdict
from emulator.client.twins import AsyncApplication

__all__ = [
    "Application",
    "AsyncApplication",
    "Callback",
    "Client",
    "ClockState",
    "Entry",
    "Flow",
    "Message",
    "Misused",
    "OnLoop",
    "Refused",
    "Unreachable",
    "Verdict",
]
