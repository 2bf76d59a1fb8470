"""One emulator put together: its settings turned into a store, clocks, tokens, scenario, engine and courier."""

from __future__ import annotations

import logging
import secrets

from msgspec import Struct

from emulator import credentials, prices, times
from emulator.advance import Advancer
from emulator.clock import INSTANT, MANUAL_START, Clock, RealTime
from emulator.clocks import Clocks
from emulator.delivery import Courier
from emulator.engine import Engine
from emulator.loader import find
from emulator.ordinals import Ordinals
from emulator.planning import Planner
from emulator.prices import Prices
from emulator.settings import Settings, SettingsError
from emulator.store import DEFAULT_CLOCK, Store
from emulator.store.sqlite import SqliteStore
from emulator.tokens import Tokens

log = logging.getLogger(__name__)


class Emulation(Struct, frozen=True):
    """The parts of one emulator, as the doors use them. Made by `start`."""

    settings: Settings
    store: Store
    clocks: Clocks
    tokens: Tokens
    prices: Prices
    engine: Engine
    advancer: Advancer
    courier: Courier

    @classmethod
    async def start(cls, settings: Settings) -> Emulation:
        """Open the store, go on where it was left, and begin. Raises an EmulatorError that says what is wrong."""
        scenario = find(settings.scenario)
        if scenario.unplayed:
            told = "the scenario %s has %s, which this version reads and checks but does not play yet"
            log.warning(told, scenario.name, " and ".join(scenario.unplayed))
        table = prices.load(settings.prices)
        accounts = credentials.load(settings.credentials)
        store = SqliteStore(settings.store or None, settings.kept)
        await store.open()
        seed = await store.fact("seed", settings.seed or secrets.token_hex(8))
        clocks = await _clocks(settings, store)
        tokens = Tokens(seed, settings.token_lifetime, accounts, await store.grants())
        courier = Courier(store, clocks, settings.callback_timeout)
        planner = Planner(seed, scenario, Ordinals(await store.ordinals()))
        engine = Engine(store, clocks, planner, table, courier)
        engine.start()
        courier.start()
        return cls(settings, store, clocks, tokens, table, engine, Advancer(store, clocks, engine), courier)

    async def stop(self) -> None:
        """Stop what is under way and close the store; what is pending stays in it."""
        await self.engine.stop()
        await self.courier.stop()
        await self.store.close()


async def _clocks(settings: Settings, store: Store) -> Clocks:
    """The saved clocks, the default one at the rate that is set; a new one starts now, or where it is told."""
    real = RealTime()
    saved = await store.clocks()
    if DEFAULT_CLOCK in saved:
        clock = saved[DEFAULT_CLOCK].at_rate(real(), settings.rate)
    else:
        clock = Clock(real(), _beginning(settings, real()), settings.rate)
    await store.save_clock(DEFAULT_CLOCK, clock)
    return Clocks(real, saved | {DEFAULT_CLOCK: clock})


def _beginning(settings: Settings, real: int) -> int:
    """The time at which a new store's clock begins. Raises SettingsError."""
    if not settings.start_at:
        return MANUAL_START if settings.rate in {0, INSTANT} else real
    try:
        return times.read(settings.start_at)
    except (ValueError, OverflowError) as error:
        raise SettingsError(
            f"start-at must be a time such as 2026-01-01T00:00Z; it is '{settings.start_at}'"
        ) from error
