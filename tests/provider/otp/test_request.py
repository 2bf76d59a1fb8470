"""What the service of one-time passwords is called."""

from __future__ import annotations

from emulator.provider.otp import request


def test_everything_is_below_the_documented_path() -> None:
    """At the host of the API."""
    assert (request.PATH, request.SEND) == ("/failover-otp", "/failover-otp/otp/send-failover")
