"""Clients that have the provider's hosts built in, and trust the CA of the tests' emulators."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.running import PATIENCE, Emulator, ca_folder

BASIC = {"Authorization": "Basic YTpi", "Content-Type": "application/x-www-form-urlencoded"}
GRANT = b"grant_type=client_credentials"
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="there is no node here")
needs_java = pytest.mark.skipif(not shutil.which("java"), reason="there is no java here")


def trusting() -> ssl.SSLContext:
    """A client's context that trusts the emulators' CA and nothing else; the CA is there once a server has TLS."""
    return ssl.create_default_context(cafile=str(ca_folder() / "ca.pem"))


def token_through(connection: http.client.HTTPConnection) -> str:
    """A token that the provider gives over this connection."""
    connection.request("POST", "/oauth/token", GRANT, BASIC)
    return str(json.loads(connection.getresponse().read())["access_token"])


@contextmanager
def tunnelled(server: Emulator, host: str, port: int = 443) -> Iterator[http.client.HTTPSConnection]:
    """A connection to this host by way of the emulator as its proxy."""
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=PATIENCE, context=trusting())
    connection.set_tunnel(host, port)
    try:
        yield connection
    finally:
        connection.close()


def noted(server: Emulator, kind: str, count: int) -> list[str]:
    """The texts of the journal's entries of a kind, once there are so many; the server may still be at them."""
    end = time.monotonic() + PATIENCE
    while True:
        found = [each["text"] for each in server.journal() if each["kind"] == kind]
        if len(found) >= count:
            return found
        assert time.monotonic() < end, found


def said(port: int, data: bytes) -> bytes:
    """All that a server answers to these bytes, after which the client sends no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


def program(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a program does with these variables, and no proxy of the machine's own."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=kept | variables)
