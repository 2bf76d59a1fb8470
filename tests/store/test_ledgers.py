"""What an application's messages have cost, in the store's contract."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.contract import Store
from emulator.store.ledgers import SLICE
from emulator.store.records import ApplicationState, Change, Ledger, TopUp
from emulator.store.stores import store_at
from tests.support.samples import NOW, flow, sms

pytestmark = pytest.mark.anyio
RESET = Entry(NOW, "app", None, Reset())


def sent(number: int, application: str = "app", at: int = NOW) -> Change:
    """A new flow."""
    name = f"{application}{number}"
    return Change(replace(flow([sms()], name=name), application=application, ordinal=number, created_at=at))


def dime(_: Flow) -> float:
    """What each flow costs."""
    return 0.1


async def test_each_flow_is_charged_once(store: Store) -> None:
    """To its own application, however often and late somebody asks."""
    for number in (1, 2, 3):
        await store.add(sent(number), EVERYBODY)
        await store.add(sent(number, "other"), EVERYBODY)
    assert [(await store.charged("app", NOW, dime)).spent for _ in range(2)] == [0.3, 0.3]
    await store.add(sent(4), EVERYBODY)
    assert (await store.charged("app", NOW, dime)).spent == 0.4
    assert (await store.charged("other", NOW, dime)).spent == 0.3


async def test_many_flows_are_looked_at_some_at_a_time(store: Store) -> None:
    """None is left out."""
    for number in range(1, SLICE + 3):
        store.add_soon(sent(number), EVERYBODY, lambda _, __: None)
    assert (await store.charged("app", NOW, dime)).spent == round((SLICE + 2) * 0.1, 8)


async def test_a_ledger_is_opened_at_the_first_flow_or_when_it_is_asked_for(store: Store) -> None:
    """And stays so."""
    await store.add(sent(1, at=NOW - 5), EVERYBODY)
    assert await store.charged("app", NOW, dime) == Ledger(NOW - 5, 1, 0.1)
    assert (await store.charged("other", NOW, dime)).opened_at == NOW
    assert (await store.charged("other", NOW + 9, dime)).opened_at == NOW


async def test_a_price_that_can_t_be_told_charges_nothing(store: Store) -> None:
    """The error comes to whoever asks, and a later call charges the flow."""

    def unknown(_: Flow) -> float:
        raise ValueError("no")

    await store.add(sent(1), EVERYBODY)
    with pytest.raises(ValueError, match="no"):
        await store.charged("app", NOW, unknown)
    assert (await store.charged("app", NOW, dime)).spent == 0.1


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_a_reset_forgets_ledger_and_top_ups(store: Store, application: str) -> None:
    """Those of one application, or of all; what comes after it is charged."""
    await store.add(sent(1), EVERYBODY)
    await store.add(sent(1, "other"), EVERYBODY)
    for name in ("app", "other"):
        await store.charged(name, NOW, dime)
        await store.steer(name, lambda state: replace(state, top_ups=(TopUp(NOW, 0, 1),)))
    await store.reset(application, RESET)
    await store.add(sent(2), EVERYBODY)
    assert await store.charged("app", NOW + 1, dime) == Ledger(NOW, (await store.charged("app", NOW, dime)).number, 0.1)
    assert store.state("app") == ApplicationState()
    kept = application == "app"
    assert bool(store.state("other").top_ups) is kept
    assert (await store.charged("other", NOW, dime)).spent == (0.1 if kept else 0.0)


async def test_a_restart_finds_ledgers_and_top_ups(place: str) -> None:
    """As they were."""
    made = TopUp(NOW, 0.5, 2.5), TopUp(NOW + 1, 2.5, 1.0)
    first = store_at(place)
    await first.open()
    await first.add(sent(1), EVERYBODY)
    ledger = await first.charged("app", NOW, dime)
    await first.steer("app", lambda state: replace(state, top_ups=made))
    await first.close()
    again = store_at(place)
    await again.open()
    assert await again.charged("app", NOW + 99, dime) == ledger
    assert again.state("app").top_ups == made
    await again.steer("app", lambda state: replace(state, top_ups=()))
    await again.close()
