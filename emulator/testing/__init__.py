"""For users' tests, and the one import of all that is public: the client and what it returns, an emulator in the test's
process, a webhook receiver, all paths of a request. The pytest plugin hands most of it over as fixtures.

    from emulator.testing import Application, Emulator, Receiver

    with Emulator(rate=0) as emulator, Receiver() as receiver:
        app: Application = emulator.client().application("shop")

Each name is imported only when it is first used, so that a test pays for no more than it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.client.client import Application, Client
    from emulator.client.connection import Misused, OnLoop, Refused, Unreachable
    from emulator.client.results import Callback, ClockState, Entry, Flow, Message, Verdict
    from emulator.client.twins import AsyncApplication
    from emulator.errors import EmulatorError
    from emulator.fakes import FailoverProvider
    from emulator.planning.paths import Path, paths
    from emulator.provider.requests import request_of
    from emulator.testing.embedded import Emulator
    from emulator.testing.forwarding import asgi, django, wsgi
    from emulator.testing.receiver import Received, Receiver

__all__ = [
    "Application",
    "AsyncApplication",
    "Callback",
    "Client",
    "ClockState",
    "Emulator",
    "EmulatorError",
    "Entry",
    "FailoverProvider",
    "Flow",
    "Message",
    "Misused",
    "OnLoop",
    "Path",
    "Received",
    "Receiver",
    "Refused",
    "Unreachable",
    "Verdict",
    "asgi",
    "django",
    "paths",
    "request_of",
    "wsgi",
]

_PLACES = {
    "emulator.client": (
        *("Application", "AsyncApplication", "Callback", "Client", "ClockState", "Entry", "Flow", "Message", "OnLoop"),
        *("Misused", "Refused", "Unreachable", "Verdict"),
    ),
    "emulator.errors": ("EmulatorError",),
    "emulator.fakes": ("FailoverProvider",),
    "emulator.planning.paths": ("Path", "paths"),
    "emulator.provider.requests": ("request_of",),
    "emulator.testing.embedded": ("Emulator",),
    "emulator.testing.forwarding": ("asgi", "django", "wsgi"),
    "emulator.testing.receiver": ("Received", "Receiver"),
}
"""Each module, and the public names that it has."""


def __dir__() -> list[str]:
    """The names of the module, with those that are not imported yet."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Import a public name when it is looked up. Raises AttributeError."""
    place = next((place for place, names in _PLACES.items() if name in names), None)
    if name not in __all__ or place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(place), name)
