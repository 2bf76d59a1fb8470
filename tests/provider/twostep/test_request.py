"""The defaults of a verification."""

from __future__ import annotations

import re

from emulator.flow.verifying import PIN
from emulator.provider.twostep import request


def test_the_defaults_are_those_that_a_live_account_had() -> None:
    """Four digits, three retries; and the default text has a place for the code."""
    assert (request.DIGITS, request.RETRIES, request.LIFETIME, request.SENDER) == (4, 3, 300, "verify")
    assert re.search(PIN, request.TEMPLATE)
