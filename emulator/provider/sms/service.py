"""The Sms service as a value, for the list in `provider.services`."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from emulator.provider.service import Parts, Service
from emulator.provider.sms import campaigns, openapi, reading, tracking
from emulator.provider.sms.door import KIND, door
from emulator.provider.sms.rendering import Rendering


def routes(parts: Parts) -> list[BaseRoute]:
    """Trackings and campaigns."""
    return [*tracking.routes(parts), *campaigns.routes(parts)]


SERVICE: Final = Service(KIND, reading.read_stored, Rendering, door, routes, openapi.paths, openapi.SCHEMAS)
