"""What a proxy is asked for, in all its spellings."""

from __future__ import annotations

import asyncio
import socket

import pytest

from emulator.http.proxy.targets import Address, Refusal, Target, addresses, reached, target


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("auth.routee.net:443", Target("auth.routee.net", 443)),
        ("AUTH.Routee.net.:443", Target("auth.routee.net", 443)),
        ("[::1]:8443", Target("::1", 8443)),
        ("127.0.0.1:1", Target("127.0.0.1", 1)),
    ],
)
def test_a_host_and_a_port_are_read(text: str, found: Target) -> None:
    """In small letters; and written again as a URL has them."""
    assert target(text) == found
    assert target(str(found)) == found


@pytest.mark.parametrize("text", ["", ":443", "host", "host:", "host:0", "host:x", "host:70000", "[::1", "host:1/x"])
def test_anything_else_is_refused(text: str) -> None:
    """With what would be right."""
    with pytest.raises(Refusal, match="HOST:PORT") as refused:
        target(text)
    assert refused.value.status == 400


def test_a_url_s_host_may_do_without_a_port() -> None:
    """Then it is the usual one."""
    assert target("http://connect.routee.net") == Target("connect.routee.net", 80)
    assert target("https://connect.routee.net").port == 443
    assert target("HTTP://connect.routee.net:8080").port == 8080


async def _own(host: str) -> set[bool]:
    return {each.own for each in await addresses(Target(host, 80))}


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.9.9.9", "127.1", "2130706433", "0x7f.1", "0.0.0.0", "::ffff:127.0.0.1"]
)
def test_an_address_of_this_machine_is_known_in_any_form(host: str) -> None:
    """As names, short, as numbers, unspecified, or mapped into IPv6."""
    assert asyncio.run(_own(host)) == {True}


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6 here")
def test_so_is_one_of_ipv6() -> None:
    """Long or short."""
    assert asyncio.run(_own("0:0:0:0:0:0:0:1")) == {True}
    assert asyncio.run(_own("::")) == {True}


@pytest.mark.parametrize("host", ["203.0.113.7", "2001:db8::7", "::ffff:203.0.113.7"])
def test_an_address_of_another_machine_is_known(host: str) -> None:
    """No packet is sent for it."""
    assert asyncio.run(_own(host)) == {False}


def test_a_name_that_leads_nowhere_is_refused() -> None:
    """As a proxy does, with 502."""
    with pytest.raises(Refusal, match=r"nowhere\.invalid is not found") as refused:
        asyncio.run(addresses(Target("nowhere.invalid", 80)))
    assert refused.value.status == 502


def test_the_first_address_that_answers_is_taken() -> None:
    """The reason of the last one is told if none does."""

    async def both() -> str:
        tried: list[str] = []

        async def connect(host: str, _: int) -> str:
            tried.append(host)
            if host == "a":
                raise ConnectionRefusedError(111, "Connection refused")
            return host

        places = [Address(socket.AF_INET, (host, 80)) for host in ("a", "b", "c")]
        assert await reached(places, connect) == "b"
        assert tried == ["a", "b"]
        with pytest.raises(Refusal, match="no connection: Connection refused"):
            await reached(places[:1], connect)
        with pytest.raises(Refusal, match="it has no address"):
            await reached([], connect)
        return "done"

    assert asyncio.run(both()) == "done"
