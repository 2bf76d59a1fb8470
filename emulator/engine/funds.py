"""What an application has on its account, as the provider shows it: one answer for whoever asks.

Under a scenario with a balance it is what is left of that, so it counts what the balance counts. Under any other, each
message is charged its price, when somebody asks; once somebody has set the balance, when it is sent.
"""

from __future__ import annotations

from functools import partial

from emulator.accounts import balance
from emulator.accounts.balance import GIVEN, charge
from emulator.accounts.prices import Prices, over
from emulator.clock.clock import EVERYBODY
from emulator.engine.steering import Steering
from emulator.planning.selection import Selection
from emulator.scenario.rules import Scenario
from emulator.store.contract import Store
from emulator.store.records import TopUp


class Funds:
    """The accounts of one emulator's applications."""

    def __init__(self, store: Store, selection: Selection, steering: Steering, prices: Prices) -> None:
        self._store = store
        self._selection = selection
        self._steering = steering
        self._prices = prices
        self._charge = partial(charge, prices=prices)

    def prices(self, application: str, scenario: Scenario | None = None) -> Prices:
        """What an application's messages cost under its scenario, or under the one that a request names."""
        own = (scenario or self._selection.chosen(application)).prices
        return over(self._prices, own) if own else self._prices

    async def left(self, application: str, now: int) -> float:
        """How much an application has, or of everybody what each has at first; `now` is the time on its clock."""
        left = self._steering.balance(application)
        if left is not None or application == EVERYBODY:
            return GIVEN if left is None else left
        return balance.left(GIVEN, (await self._store.charged(application, now, self._charge)).spent)

    async def set(self, application: str, left: float, now: int) -> None:
        """Set how much an application has. It is all that it can spend from now on, until a scenario is chosen."""
        await self._steering.set_balance(application, await self.left(application, now), left)

    async def top_ups(self, application: str, now: int) -> list[TopUp]:
        """What came to an application's account, oldest first: all that it had at the start, and each change that a
        user made of its balance since its scenario was chosen.
        """
        full = self._selection.chosen(application).balance
        ledger = await self._store.charged(application, now, self._charge)
        opening = TopUp(ledger.opened_at, 0.0, GIVEN if full is None else full)
        return [opening, *self._store.state(application).top_ups]
