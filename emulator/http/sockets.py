"""The sockets that a server listens on: one for each address of its host, all with the same port."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final

Place = tuple[socket.AddressFamily, tuple[Any, ...]]
"""An address: its family, and what a socket of that family binds to."""

ATTEMPTS: Final = 16
"""How many free ports are tried until one is free at all addresses."""
_ABSENT: Final = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def listening(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Sockets that listen on all addresses of a host; 0 is a port that is free at all of them. The address :: takes
    IPv4 too. If they are `shared`, others of the same user may listen there as well, if theirs are. Raises OSError,
    also if only one of several addresses is in use.
    """
    plain = host.encode() if host.isascii() else host  # bytes are not looked at as an international name
    found = socket.getaddrinfo(plain, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    places = list(dict.fromkeys((family, place) for family, _, _, _, place in found))
    for _ in range(ATTEMPTS - 1):
        try:
            return _bound(places, shared=shared)
        except OSError as error:
            if port or error.errno != errno.EADDRINUSE:
                raise
    return _bound(places, shared=shared)


def _bound(places: Sequence[Place], *, shared: bool) -> list[socket.socket]:
    """A socket for each place that this machine has, all with the port of the first. Raises OSError if it has none."""
    absent: list[OSError] = []
    made: list[socket.socket] = []
    with ExitStack() as undone:
        for family, (name, port, *more) in places:
            place = name, made[0].getsockname()[1] if made else port, *more
            both = name == "::" and socket.has_dualstack_ipv6()
            try:
                each = socket.create_server(place, family=family, dualstack_ipv6=both, reuse_port=shared)
            except OSError as error:
                if error.errno not in _ABSENT:
                    raise
                absent.append(error)
            else:
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or a body waits 40 ms for its head
                made.append(undone.enter_context(each))
        undone.pop_all()
    if not made:
        raise absent[0]
    return made
