"""What is written about connections that never brought a request."""

from __future__ import annotations

from msgspec import json

from emulator.journal.kinds import ProxyRefused, TlsFailed


def test_a_failed_handshake_tells_why() -> None:
    """In words alone."""
    told = TlsFailed("a client is older than TLS 1.2")
    assert json.decode(json.encode(told), type=TlsFailed) == told
    assert told.text() == "a client is older than TLS 1.2"


def test_a_refused_target_stands_before_the_reason() -> None:
    """As it was asked for."""
    told = ProxyRefused("example.org:443", "nothing leaves this machine")
    assert json.encode(told) == b'{"target":"example.org:443","why":"nothing leaves this machine"}'
    assert told.text() == "example.org:443: nothing leaves this machine"
