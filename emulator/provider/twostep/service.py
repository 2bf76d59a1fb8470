"""The two-step service as a value, for the list in `provider.services`."""

from __future__ import annotations

from typing import Final

from emulator.provider.service import Service
from emulator.provider.twostep import openapi, reading
from emulator.provider.twostep.door import KIND, door
from emulator.provider.twostep.rendering import Rendering
from emulator.provider.twostep.verifications import routes

SERVICE: Final = Service(KIND, reading.read_stored, Rendering, door, routes, openapi.paths, openapi.SCHEMAS)
