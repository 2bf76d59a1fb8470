"""The failover service as a value."""

from __future__ import annotations

from typing import Final

from emulator.provider.failover import quick
from emulator.provider.failover.door import FailoverDoor
from emulator.provider.failover.rendering import Rendering
from emulator.provider.failover.tracking import routes
from emulator.provider.service import Service

SERVICE: Final = Service("failover", quick.again, Rendering, FailoverDoor, routes)
