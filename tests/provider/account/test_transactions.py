"""How a top-up is shown."""

from __future__ import annotations

from emulator.provider.account.transactions import shown
from emulator.store.records import TopUp
from tests.support.samples import NOW


def test_a_top_up_shows_the_balance_before_it_and_its_action_that_after_it() -> None:
    """In the recorded order of members; its id stays the same."""
    told = shown("app", 2, TopUp(NOW, 0.05, 35.05))
    assert list(told) == [
        *("id", "source", "transactionType", "amount", "status", "balanceBefore", "balanceAfter", "date", "actions"),
    ]
    assert (told["amount"], told["balanceBefore"], told["balanceAfter"]) == (35.0, 0.05, 0.05)
    (action,) = told["actions"]
    assert list(action) == ["id", "type", "amount", "date", "balanceBefore", "balanceAfter", "status"]
    assert (action["type"], action["balanceAfter"]) == ("Status Changed", 35.05)
    assert told["id"] == shown("app", 2, TopUp(NOW, 0.05, 35.05))["id"] != shown("app", 1, TopUp(NOW, 0, 1))["id"]
