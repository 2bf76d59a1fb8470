"""What an emulator goes on with when it starts on a store that was used before: its seed, with the tokens that follow
from it, its clocks, and the scenarios and overrides that were chosen.
"""

from __future__ import annotations

import logging
import secrets
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from emulator.clock import instants
from emulator.clock.clock import EVERYBODY, INSTANT, LATEST, MANUAL_START, Clock, Clocks, RealTime
from emulator.seed import identifier
from emulator.settings import Settings, SettingsError
from emulator.store.contract import Store
from emulator.store.places import shown
from emulator.validation.hints import quoted

if TYPE_CHECKING:
    from emulator.planning.selection import Selection
    from emulator.scenario.files.catalogue import Catalogue

log = logging.getLogger(__name__)


async def seed(settings: Settings, store: Store) -> str:
    """The seed of a store: the one it has; for a new store, the one that is set, or else a random one."""
    seed = await store.fact("seed", settings.seed or secrets.token_hex(8))
    if settings.seed not in {"", seed}:
        log.warning("the store %s goes on with its own seed, not with %s", shown(settings.store), settings.seed)
    return seed


def drawn(seed: str, clocks: Clocks, application: str, parts: tuple[object, ...]) -> str:
    """An application's token. Where time stands still it follows from the seed and these parts, so that a test always
    gets the same one; elsewhere nobody can guess it.
    """
    clock = clocks.clock(clocks.name(application))
    if clock.standing and not clock.held:
        return identifier(seed, "token", application, *parts)
    return identifier(secrets.token_hex(16))


async def choices(store: Store, catalogue: Catalogue, selection: Selection) -> None:
    """Keep the scenarios and overrides in force that were chosen before a restart; forget a scenario that is gone, and
    texts that this emulator refuses.
    """
    from emulator.planning.selection import OVERRIDES
    from emulator.scenario import files

    for application, state in store.states().items():
        whose = application or "everybody"
        if state.scenario is not None:
            log.info("the store goes on with the scenario %s for %s", state.scenario, whose)
            try:
                if state.text is None:
                    selection.learn(catalogue.find(state.scenario))
                else:
                    catalogue.read(state.text, state.scenario)
            except files.ScenarioError as error:
                log.warning("the scenario that was chosen for %s is gone, so the choice is forgotten: %s", whose, error)
                await store.steer(application, lambda state: replace(state, scenario=None, text=None))
        try:
            for text in dict.fromkeys(override.rule for override in state.overrides):
                files.load_rules(text, OVERRIDES)
        except files.ScenarioError as error:
            log.warning("the overrides for %s can't be read, so they are forgotten: %s", whose, error)
            await store.steer(application, lambda state: replace(state, overrides=()))


async def clocks(settings: Settings, store: Store) -> Clocks:
    """The saved clocks; the default one goes on at its rate, unless another is set. A new store gets a new default
    clock. None is earlier than the journal, though the machine's time may have been set back. A process that joins
    others takes their clocks as they are. Raises SettingsError.
    """
    return await store.turn(partial(_clocks, settings, store))


async def _clocks(settings: Settings, store: Store) -> Clocks:
    real, place = RealTime(), shown(settings.store)
    saved = await store.clocks()
    if EVERYBODY in saved:
        if settings.start_at:
            log.warning("the store %s goes on at its own time, not at %s", place, settings.start_at)
        if not store.first:
            if settings.rate not in {None, saved[EVERYBODY].rate}:
                log.warning("the store %s goes on at its own rate, not at %s", place, settings.rate)
            return Clocks(real, saved)
        clock = saved[EVERYBODY]
        if settings.rate is not None:
            clock = clock.at_rate(real(), settings.rate)
    else:
        clock = new_clock(settings, real())
    moved = {EVERYBODY: clock}
    for application, at in (await store.latest_times()).items():
        name = application if application in saved else EVERYBODY
        known = moved.get(name) or saved[name]
        if name in saved and known.now(real()) < at:
            moved[name] = known.moved(real(), at)
    for name, each in moved.items():
        await store.save_clock(name, each)
    return Clocks(real, saved | moved)


def new_clock(settings: Settings, real: int) -> Clock:
    """A new shared clock: it starts at the time that is set, or else now, or at MANUAL_START if it does not run by
    itself. Raises SettingsError if the time can't be read.
    """
    rate = 1.0 if settings.rate is None else settings.rate
    if not settings.start_at:
        return Clock(real, MANUAL_START if rate in {0, INSTANT} else real, rate)
    try:
        return Clock(real, min(instants.read(settings.start_at), LATEST), rate)
    except (ValueError, OverflowError) as error:
        raise SettingsError(
            f"start-at must be {instants.expected(settings.start_at)}; it is {quoted(settings.start_at)}"
        ) from error
