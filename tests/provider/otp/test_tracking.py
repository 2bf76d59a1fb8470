"""Which stories a query asks for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow.request import Request
from emulator.provider.otp.rendering import story
from emulator.provider.otp.tracking import meets
from tests.support.samples import flow, sms

MADE = flow([sms(to="+306912345678")])
FLOW = replace(MADE, request=Request(MADE.request.flow, asked=[{"label": "june"}]), kind="otp")


@pytest.mark.parametrize(
    ("query", "met"),
    [
        ({}, True),
        ({"status": "InProgress", "flow_id": "flow-1"}, True),
        ({"flow_id": "flow"}, False),
        ({"status": "Succeeded"}, False),
        ({"tag": "june"}, True),
        ({"tag": "jun"}, False),
        ({"phone_number": " 306912345678"}, True),
        ({"phone_number": "6912345678"}, False),
    ],
)
def test_all_that_is_asked_must_hold(query: dict[str, str], met: bool) -> None:
    """A + in a query that was not encoded is a blank."""
    assert meets(FLOW, story(FLOW, Prices()), query) is met
