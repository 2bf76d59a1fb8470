"""For users' tests: the pytest plugin, an emulator in the test's process, a webhook receiver, all paths of a request.

    from emulator.testing import Emulator, Receiver

    with Emulator(rate=0) as emulator, Receiver() as receiver:
        app = emulator.client().application("shop")

Every pytest run of a user loads the plugin, so each name here is imported only when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.planning.paths import Path, paths
    from emulator.provider.failover.reading import failover as request_of
    from emulator.testing.embedded import Emulator
    from emulator.testing.receiver import Received, Receiver

__all__ = ["Emulator", "Path", "Received", "Receiver", "paths", "request_of"]

_MODULES = {
    "Emulator": ("emulator.testing.embedded", "Emulator"),
    "Path": ("emulator.planning.paths", "Path"),
    "Received": ("emulator.testing.receiver", "Received"),
    "Receiver": ("emulator.testing.receiver", "Receiver"),
    "paths": ("emulator.planning.paths", "paths"),
    "request_of": ("emulator.provider.failover.reading", "failover"),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is looked up. Raises AttributeError."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _MODULES[name]
    return getattr(import_module(module), attribute)
