"""The failover service as values, for the list in `provider.services`: flows of free-form messages, and those whose
Viber messages are templates. Both have the same trackings, which the first brings.
"""

from __future__ import annotations

from typing import Final

from emulator.flow.request import Request
from emulator.provider.failover import openapi, quick
from emulator.provider.failover.door import KIND, TRANSACTIONAL, door, transactional
from emulator.provider.failover.rendering import Rendering, Transactional
from emulator.provider.failover.tracking import routes
from emulator.provider.service import Service


def read_stored(body: bytes) -> Request:
    """The request of the body of a flow with templates that was accepted before."""
    from emulator.provider.failover import reading  # as in the door

    return reading.read(body, form=reading.TRANSACTIONAL).request


SERVICE: Final = Service(KIND, quick.read_stored, Rendering, door, routes, openapi.paths, openapi.SCHEMAS)
TEMPLATED: Final = Service(
    TRANSACTIONAL,
    read_stored,
    Transactional,
    transactional,
    lambda _: [],
    openapi.transactional_paths,
    openapi.TRANSACTIONAL_SCHEMAS,
)
