"""The Sms service as a value, for the list in `provider.services`."""

from __future__ import annotations

from typing import Final

from emulator.provider.service import Service
from emulator.provider.sms import openapi, reading
from emulator.provider.sms.door import KIND, door
from emulator.provider.sms.rendering import Rendering
from emulator.provider.sms.tracking import routes

SERVICE: Final = Service(KIND, reading.again, Rendering, door, routes, openapi.paths, openapi.SCHEMAS)
