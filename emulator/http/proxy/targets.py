"""What a proxy is asked for: a host and a port, the addresses that these lead to, and which of them are our own."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from emulator.errors import EmulatorError

T = TypeVar("T")
PORTS: Final = MappingProxyType({"http": 80, "https": 443})
"""The usual ports of URLs."""
PATIENCE: Final = 10.0
"""Real seconds that a connection to a server elsewhere may take."""


class Refusal(EmulatorError):
    """A target is refused, with this HTTP status; the message says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Target(Struct, frozen=True):
    """A host, in small letters and without a dot at its end, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Address(Struct, frozen=True):
    """An address of a target, as a socket is told it."""

    family: socket.AddressFamily
    place: tuple[Any, ...]

    @property
    def own(self) -> bool:
        """Whether it is one of this machine's, in whichever form: then a socket can be bound to it."""
        family, place = self.family, self.place
        mapped = ipaddress.IPv6Address(place[0].partition("%")[0]).ipv4_mapped if family == socket.AF_INET6 else None
        if mapped is not None:
            family, place = socket.AF_INET, (str(mapped), 0)
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((place[0], 0, *place[2:]))
            except OSError:
                return False
        return True


def target(text: str) -> Target:
    """The target of a CONNECT, HOST:PORT, or of the beginning of a URL, http://HOST. Raises Refusal 400."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        found = Target((parts.hostname or "").rstrip("."), parts.port or PORTS.get(parts.scheme, 0))
    except ValueError:
        found = Target("", 0)
    if not (found.host and found.port) or parts.path:
        raise Refusal(400, "a proxy is asked for HOST:PORT")
    return found


async def addresses(asked: Target) -> list[Address]:
    """The addresses of a target. Raises Refusal 502 if there are none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(asked.host, asked.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refusal(502, f"{asked.host} is not found") from error
    return [Address(family, place) for family, _, _, _, place in found]


async def reached(places: Sequence[Address], connect: Callable[[str, int], Awaitable[T]]) -> T:
    """What connecting to the first of these addresses that answers gives. Raises Refusal 502 if none does."""
    reason = "it has no address"
    for host, port, *_ in (each.place for each in places):
        try:
            async with asyncio.timeout(PATIENCE):
                return await connect(host, port)
        except TimeoutError:
            reason = "it does not answer"
        except OSError as error:
            reason = error.strerror or str(error)
    raise Refusal(502, f"no connection: {reason}")
