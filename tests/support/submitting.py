"""Requests submitted to an emulation in process, past the doors."""

from __future__ import annotations

from emulator.emulation import Emulation
from emulator.engine.submission import Accepted, Received
from emulator.flow.request import Request
from emulator.flow.state import Flow


async def submitted(emulation: Emulation, request: Request, application: str = "app") -> Flow:
    """The flow that a request of an application became."""
    accepted = await emulation.submissions.submit(
        Received("failover", application, "/failover", b"{}"), request, emulation.engine.now(application)
    )
    assert isinstance(accepted, Accepted)
    return accepted.flow
