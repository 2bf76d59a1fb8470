"""TLS and the proxy of an emulator inside the process, on asyncio's own event loop."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.testing import Emulator
from tests.support.running import PATIENCE, receiver
from tests.support.trusting import BASIC, GRANT, token_through


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the CA is."""
    return tmp_path_factory.mktemp("ca")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Emulator]:
    """An emulator that passes on what is not for it."""
    with Emulator(tls_port=0, ca=str(folder), proxy_others=True) as emulator:
        yield emulator


def port(url: str) -> int:
    """The port of a URL."""
    return int(url.rpartition(":")[2])


def test_it_tells_where_its_tls_port_is(running: Emulator, folder: Path) -> None:
    """And serves there."""
    assert running.tls_url.startswith("https://127.0.0.1:")
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    client = http.client.HTTPSConnection("127.0.0.1", port(running.tls_url), timeout=PATIENCE, context=context)
    assert token_through(client)
    client.request("POST", "/oauth/token", GRANT + b"&scope=" + b"x" * 500_000, BASIC)
    assert client.getresponse().status == 400
    client.close()


def test_it_is_a_proxy_too(running: Emulator, folder: Path) -> None:
    """For the provider's hosts and for others."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    client = http.client.HTTPSConnection("127.0.0.1", port(running.url), timeout=PATIENCE, context=context)
    client.set_tunnel("auth.routee.net")
    assert token_through(client)
    client.close()
    with receiver() as hook:
        tunnel = http.client.HTTPConnection("127.0.0.1", port(running.url), timeout=PATIENCE)
        tunnel.set_tunnel("127.0.0.1", port(hook.url.removesuffix("/hook")))
        tunnel.request("POST", "/hook", b'"' + b"x" * 1_000_000 + b'"')
        assert tunnel.getresponse().status == 200
        tunnel.close()
