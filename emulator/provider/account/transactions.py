"""How the provider shows what came to an account. Pure.

The provider does not list what messages cost, only top-ups. It shows the amount before one as the balance before and
after it, and what it came to in its action, as a live answer did.
"""

from __future__ import annotations

from emulator.clock import instants
from emulator.errors import Json
from emulator.seed import identifier
from emulator.store.records import TopUp

SOURCE = "Bank"
"""Where all money comes from: an own choice among the provider's words."""


def shown(application: str, number: int, top_up: TopUp) -> Json:
    """An application's top-up of this number, from 1."""
    amount = round(top_up.after - top_up.before, 8)
    at = instants.written(top_up.at)
    action = {
        "id": identifier("top-up", application, number, "action"),
        "type": "Status Changed",
        "amount": amount,
        "date": at,
        "balanceBefore": top_up.before,
        "balanceAfter": top_up.after,
        "status": "Completed",
    }
    return {
        "id": identifier("top-up", application, number),
        "source": SOURCE,
        "transactionType": "TopUp",
        "amount": amount,
        "status": "Completed",
        "balanceBefore": top_up.before,
        "balanceAfter": top_up.before,
        "date": at,
        "actions": [action],
    }
