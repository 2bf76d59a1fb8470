"""A process that writes to a store and is killed: what it leaves is what was committed."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
from collections.abc import Awaitable, Callable

from emulator.store.contract import Store
from emulator.store.stores import store_at

Write = Callable[[Store], Awaitable[None]]
"""Writes to an open store; a function of a module, so that another process finds it."""


def killed_after(write: Write, place: str) -> None:
    """Have a store written at a place by a process that is killed as soon as it has."""
    command = [sys.executable, "-m", __name__, write.__module__, write.__name__, place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.kill()


async def main(module: str, write: str, place: str) -> None:
    """Write, say so, and wait for the end."""
    store = store_at(place)
    await store.open()
    await getattr(importlib.import_module(module), write)(store)
    print("written", flush=True)  # noqa: T201  # the parent reads it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
