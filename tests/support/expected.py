"""What scenarios do not come to although they expect it."""

from __future__ import annotations

from collections.abc import Callable

from emulator.accounts.prices import Prices
from emulator.flow.request import Request
from emulator.planning.expectations import Unmet, each_unmet
from emulator.planning.rehearsal import Rejected, all_taken
from emulator.scenario.rules import Expectation, Scenario


def unmet(
    scenario: Scenario,
    request_of: Callable[[Expectation], Request],
    prices: Prices | None = None,
    application: str = "app",
    rejected: Rejected = all_taken,
) -> list[Unmet]:
    """See `each_unmet`; in the order of the expectations."""
    found = each_unmet(scenario, request_of, prices, application, rejected)
    return [each for place in sorted(found) for each in found[place]]
