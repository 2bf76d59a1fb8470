"""The services that are emulated. To add one, add its folder and its home here.

Each is imported when its first request comes, or its first stored flow is read or rendered: together they are a fifth
of what a start would cost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from emulator.accounts.prices import Prices
    from emulator.channels.senders import Named
    from emulator.flow.request import Request
    from emulator.provider.service import Calls, Rendering, Service


class Home(Struct, frozen=True):
    """Where a service is: its folder, the value's name in the folder's `service`, and the path that all of its are
    below.
    """

    folder: str
    root: str
    name: str = "SERVICE"


HOMES: Final = MappingProxyType(
    {
        "failover": Home("failover", "/failover"),
        "transactional": Home("failover", "/failover/transactional", "TEMPLATED"),
        "otp": Home("otp", "/failover-otp"),
        "sms": Home("sms", "/sms"),
        "2step": Home("twostep", "/2step"),
        "viber": Home("viber", "/viber"),
        "voice": Home("voice", "/voice"),
    }
)
"""The services that send messages, by their kinds."""


def below(path: str, root: str) -> bool:
    """Whether a path is this one, or below it."""
    return path == root or path.startswith(f"{root}/")


@cache
def service(kind: str) -> Service:
    """The service of this kind. Raises KeyError if there is none."""
    home = HOMES[kind]
    found: Service = getattr(import_module(f"emulator.provider.{home.folder}.service"), home.name)
    return found


def services() -> tuple[Service, ...]:
    """The services that send messages."""
    return tuple(map(service, HOMES))


def silent() -> tuple[Calls, ...]:
    """The calls that send no message."""
    from emulator.provider import numbervalidator, templates
    from emulator.provider.account import service as account
    from emulator.provider.contacts import service as contacts

    return account.CALLS, contacts.CALLS, numbervalidator.CALLS, templates.CALLS


class Renderings(dict[str, "Rendering"]):
    """The rendering of callbacks for each kind of flow, made when it is first needed; `given` tells the prices then,
    and the names of senders by their ids.
    """

    def __init__(self, given: Callable[[], tuple[Prices, Named]]) -> None:
        super().__init__()
        self._given = given

    def __missing__(self, kind: str) -> Rendering:
        self[kind] = rendering = service(kind).rendering(*self._given())
        return rendering

    def prepare(self) -> None:
        """Make all of them now, and import what reading stored requests and naming senders takes."""
        for kind, home in HOMES.items():
            self[kind] = service(kind).rendering(*self._given())
            for name in ("reading", "wire"):
                if find_spec(module := f"emulator.provider.{home.folder}.{name}"):
                    import_module(module)
        _, named = self._given()
        named("")


def read_stored(kind: str, body: bytes) -> Request:
    """The request in stored JSON, which the service of this kind accepted before."""
    return service(kind).read_stored(body)
