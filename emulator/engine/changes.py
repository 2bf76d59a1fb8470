"""Changes flows otherwise than they were planned: whatever somebody does to one, and what a customer answers to a call.

What the flow's application has spent is settled with each change, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from emulator.store.contract import Decide, Store
from emulator.store.records import Change

if TYPE_CHECKING:
    from emulator.accounts.prices import Prices


class Changes:
    """The one way to change the flows of a store otherwise than they were planned. `prices` is asked at each change, so
    that a start does without them.
    """

    def __init__(self, store: Store, prices: Callable[[], Prices]) -> None:
        self._store = store
        self._prices = prices
        self.wanted = store.wanted

    async def make(self, flow_id: str, decide: Decide) -> Change | None:
        """Change a flow as `Flows.change` of the store does, and settle what it costs."""
        from emulator.accounts.balance import settled

        prices = self._prices()
        return await self._store.change(flow_id, lambda flow: settled(flow, decide(flow), prices))
