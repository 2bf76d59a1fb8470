"""The failover service as a value, for the list in `provider.services`."""

from __future__ import annotations

from typing import Final

from emulator.provider.failover import openapi, quick
from emulator.provider.failover.door import KIND, door
from emulator.provider.failover.rendering import Rendering
from emulator.provider.failover.tracking import routes
from emulator.provider.service import Service

SERVICE: Final = Service(KIND, quick.again, Rendering, door, routes, openapi.paths, openapi.SCHEMAS)
