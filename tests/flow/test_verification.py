"""The values of a verification."""

from __future__ import annotations

from msgspec import json

from emulator.flow.request import Request
from emulator.flow.verification import Standing, Terms, Verification
from tests.support.samples import NOW, sms


def test_a_new_verification_waits_for_its_first_answer() -> None:
    """Until its time is over."""
    made = Verification("1234", NOW, NOW + 1)
    assert (made.status, made.tried, made.timed) == (Standing.PENDING, 0, True)


def test_a_request_keeps_what_was_asked_of_its_verification() -> None:
    """In the provider's words; a request for anything else says nothing of it."""
    asked = Request([sms()], verification=Terms(4, 300, 3))
    encoded = json.encode(asked)
    assert json.decode(encoded)["verification"] == {"digits": 4, "lifetimeInSeconds": 300, "maxRetries": 3}
    assert json.decode(encoded, type=Request) == asked
    assert b"verification" not in json.encode(Request([sms()]))
