"""The sockets of a server, bound to addresses as a name would give them."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from emulator.http import sockets

ABSENT = "203.0.113.1"
"""An address that no machine has."""


@contextmanager
def listening(host: str, port: int = 0) -> Iterator[list[Any]]:
    """The places of the sockets, while they listen."""
    made = sockets.listening(host, port)
    try:
        yield [each.getsockname()[:2] for each in made]
    finally:
        for each in made:
            each.close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, ...]]:
    """Names and their addresses in IPv4, to be added to by a test."""
    known: dict[str, tuple[str, ...]] = {}

    def found(host: bytes, port: int, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in known[host.decode()]]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return known


def test_a_name_has_one_port_at_all_its_addresses(names: dict[str, tuple[str, ...]]) -> None:
    """An address that is found twice has one socket, and one that this machine lacks has none."""
    names["both"] = ("127.0.0.1", ABSENT, "127.0.0.2", "127.0.0.1")
    with listening("both") as places:
        assert [host for host, _ in places] == ["127.0.0.1", "127.0.0.2"]
        assert places[0][1] == places[1][1]


def test_a_free_port_is_free_at_all_addresses(
    names: dict[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one is tried if it is in use at one of them."""
    names["both"] = ("127.0.0.1", "127.0.0.2")
    refused = iter([errno.EADDRINUSE])
    create = socket.create_server

    def created(place: tuple[Any, ...], **more: Any) -> socket.socket:
        if place[0] == "127.0.0.2" and (code := next(refused, 0)):
            raise OSError(code, "in use")
        return create(place, **more)

    monkeypatch.setattr(socket, "create_server", created)
    with listening("both") as places:
        assert len(places) == 2


@pytest.mark.parametrize(
    ("addresses", "why"),
    [((ABSENT,), "assign requested address"), (("127.0.0.1", "127.0.0.2"), "already in use")],
)
def test_no_address_or_a_port_in_use_is_an_error(
    names: dict[str, tuple[str, ...]], addresses: tuple[str, ...], why: str
) -> None:
    """Also if another address of the name could be had."""
    names["name"] = addresses
    with socket.create_server(("127.0.0.2", 0)) as taken, pytest.raises(OSError, match=why):
        sockets.listening("name", taken.getsockname()[1])


def test_connections_send_each_part_of_an_answer_at_once() -> None:
    """Head and body are written apart; a part that waits for the acknowledgement of the other comes 40 ms later."""
    (made,) = sockets.listening("127.0.0.1", 0)
    with made, socket.create_connection(made.getsockname()), made.accept()[0] as taken:
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
