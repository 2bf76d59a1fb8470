"""What the provider's JSON makes of a flow, decoded."""

from __future__ import annotations

from typing import Any

from msgspec import json

from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.flow.state import Flow
from emulator.provider.failover import rendering
from tests.support.samples import NOW

PRICES = Prices(sms={"*": 0.03}, voice={"*": 0.12})


def shown(start: Flow, until: int = 10**9) -> Any:
    """The JSON of a flow once so much time has passed."""
    return json.decode(rendering.body(machine.due(machine.accept(start).flow, NOW + until).flow, PRICES))
