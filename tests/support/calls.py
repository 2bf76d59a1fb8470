"""The table of the emulator's own calls, as an emulator makes it."""

from __future__ import annotations

import asyncio

from emulator.control.call import Call
from emulator.control.calls import calls
from emulator.control.doors import Doors
from emulator.emulation import Emulation
from emulator.settings import Settings


def table() -> tuple[Call, ...]:
    """All calls, of an emulator that has stopped already: to be read, not made."""

    async def made() -> tuple[Call, ...]:
        emulation = await Emulation.start(Settings())
        try:
            return calls(Doors(emulation))
        finally:
            await emulation.stop()

    return asyncio.run(made())


CALLS = table()
