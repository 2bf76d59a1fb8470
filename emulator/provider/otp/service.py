"""Failover OTP as a value, for the list in `provider.services`."""

from __future__ import annotations

from typing import Final

from emulator.flow.request import Request
from emulator.provider.otp import openapi
from emulator.provider.otp.door import KIND, door
from emulator.provider.otp.rendering import Rendering
from emulator.provider.otp.tracking import routes
from emulator.provider.service import Service


def read_stored(body: bytes) -> Request:
    """The request of a body that was accepted before."""
    from emulator.provider.otp import reading  # as in the door

    return reading.read_stored(body)


SERVICE: Final = Service(KIND, read_stored, Rendering, door, routes, openapi.paths, openapi.SCHEMAS)
