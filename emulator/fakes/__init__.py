"""Made-up requests, numbers and callbacks for users' tests: a provider for Faker. It needs no server.

    fake = Faker()
    fake.add_provider(FailoverProvider)
    fake.seed_instance(7)
    fake.failover_flow(channels=("Viber", "Sms"))

Equal seeds give equal values, as with all of Faker. Faker is imported when one of the names below is first used; the
fixed `samples` don't need it. Nothing here knows stores, engines or HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.fakes.mistakes import MISTAKES, Broken
    from emulator.fakes.provider import FailoverProvider

__all__ = ["MISTAKES", "Broken", "FailoverProvider"]


def __dir__() -> list[str]:
    """The names of the module, with those that are not imported yet."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """One of the public names, imported when it is first asked for. Raises AttributeError for any other."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from emulator.fakes import mistakes, provider

    return getattr(provider if name == "FailoverProvider" else mistakes, name)
