"""Steers an emulator from outside: chooses scenarios, puts overrides on top, sets balances, revokes tokens, resets.

Everything that is in force is kept in the store. Each act also writes a journal entry. An application "" means
everybody. Nothing here knows HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from emulator.accounts import balance
from emulator.accounts.balance import GIVEN
from emulator.clock.clock import EVERYBODY, Clock
from emulator.engine.engine import Engine
from emulator.journal import kinds
from emulator.journal.entry import Details, Entry
from emulator.planning.selection import Selection, label
from emulator.scenario import files
from emulator.scenario.rules import Rule, Scenario
from emulator.store.contract import Steer, Store
from emulator.store.counters import CHOSEN
from emulator.store.records import ApplicationState, Grant, Override, TopUp
from emulator.store.sharing import counted

TOP_UPS: Final = 1000
"""How many changes of an application's balance are remembered."""


class Steering:
    """The acts by which one emulator is steered."""

    def __init__(self, engine: Engine, store: Store, selection: Selection) -> None:
        self._engine = engine
        self._store = store
        self._selection = selection

    async def choose(self, application: str, scenario: Scenario, text: str | None = None) -> None:
        """Put a scenario in force: by its name, or if it was given inline, as its `text`. Its balance is full again;
        if it is chosen for everybody, so is the balance of every application.
        """
        self._selection.learn(scenario, application, text)
        await counted(self._store, application, CHOSEN)
        await self._steer(
            application,
            lambda state: replace(_full_again(state), scenario=scenario.name, text=text),
            lambda _: kinds.ScenarioChanged(chosen=scenario.name),
            _full_again,
        )

    async def override(self, application: str, text: str, rules: Sequence[tuple[Rule, int | None]]) -> None:
        """Put the rules of a text on top of all overrides so far, each with its number of uses (None: no limit)."""
        names = self._selection.learn_rules(text, rules)
        put = tuple(Override(0, name, text, uses) for name, (_, uses) in zip(names, rules, strict=True))
        await self._steer(
            application,
            lambda state: replace(state, overrides=(*put, *state.overrides)),
            lambda state: kinds.ScenarioChanged(overrides=[label(each) for each in state.overrides[: len(put)]]),
        )

    async def clear_overrides(self, application: str, name: str = "") -> None:
        """Take back the overrides of an application, or of everybody and all applications. With a `name`, that one
        which journal and plans call so, whosever it is.
        """

        def without(state: ApplicationState) -> ApplicationState:
            kept = tuple(each for each in state.overrides if name and label(each) != name)
            return replace(state, overrides=kept) if kept != state.overrides else state

        told = kinds.ScenarioChanged(taken=name) if name else kinds.ScenarioChanged(overrides=[])
        await self._steer(EVERYBODY if name else application, without, lambda _: told, without)

    async def forget_choice(self, application: str) -> None:
        """Forget the scenario and overrides of an application, or of everybody and all applications. Balances are full
        again.
        """
        await counted(self._store, application, CHOSEN)
        await self._steer(application, _without_choice, lambda _: kinds.ScenarioChanged(reset=True), _without_choice)
        self._selection.forget(application)

    async def renamed(self, old: Scenario, new: Scenario) -> None:
        """Keep a scenario in force after the `name:` in its file was edited: every choice of the old name becomes one
        of the new name.
        """

        def rename(state: ApplicationState) -> ApplicationState:
            named = state.scenario == old.name and state.text is None
            return replace(state, scenario=new.name) if named else state

        self._selection.renamed(old, new)
        await self._steer(EVERYBODY, rename, None, rename)

    async def keep(self, scenario: Scenario, text: str, instead_of: str = "") -> bool:
        """Keep a user's text under its scenario's name, and forget the one that is named. Where a text of either name
        is in force, it is this one now, unless that refuses what the parameters were set to. False, with nothing done,
        if there is none that is named, or another one has the name.
        """
        name = scenario.name

        def rewrite(state: ApplicationState) -> ApplicationState:
            if state.text is None or files.base_of(state.scenario or "") not in {name, instead_of}:
                return state
            called = files.call(name, files.called(state.scenario or "")[1])
            with suppress(files.ScenarioError):
                return replace(state, scenario=self._selection.read(text, called).name, text=text)
            return state

        if not await self._store.keep_scenario(name, text, instead_of):
            return False
        await self._steer(EVERYBODY, rewrite, lambda _: kinds.ScenarioChanged(kept=name), rewrite)
        return True

    async def drop(self, name: str) -> bool:
        """Forget the text that a user keeps under this name; where it is in force, it stays so. Answer whether there
        was one.
        """
        if not await self._store.drop_scenario(name):
            return False
        await self._engine.note(EVERYBODY, kinds.ScenarioChanged(deleted=name))
        return True

    def balance(self, application: str) -> float | None:
        """How much an application has left to spend; None if it can't run out of money."""
        state = self._store.state(application)
        limit = balance.limit(self._selection.chosen(application).balance, state)
        return None if limit is None else balance.left(limit, state.spent)

    async def set_balance(self, application: str, before: float, left: float) -> None:
        """Set how much an application, which has so much on its account `before`, has left to spend."""
        scenario, now = self._selection.chosen(application), self._engine.now(application)
        full = GIVEN if scenario.balance is None else scenario.balance

        def top_up(state: ApplicationState) -> ApplicationState:
            top_ups = (*state.top_ups, TopUp(now, before, left))[-TOP_UPS:]
            return replace(_full_again(state), spent=full - left, top_ups=top_ups)

        await self._steer(application, top_up, lambda _: kinds.BalanceSet(left))

    async def revoke(self, token: str) -> Grant | None:
        """Revoke a token at once; answer its grant, or None if there is no such token."""

        async def act() -> Grant | None:
            grant = self._store.grant(token)
            if grant is None:
                return None
            now = self._engine.now(grant.application)
            revoked = Entry(now, grant.application, None, kinds.TokenRevoked(token))
            return await self._store.revoke(token, [revoked])

        return await self._store.turn(act)

    async def reset(self, application: str, clock: Clock | None = None, *, keep: bool = False) -> None:
        """Forget everything of one application, or of everybody: flows, callbacks, journal, tokens, choices, overrides,
        counts, what was spent, and the application's own clock. `clock` is the new one that all share, if it is given.
        With `keep`, choices and overrides stay, with the uses that those have left.
        """
        entry = Entry(self._engine.now(application), application, None, kinds.Reset())
        choice: Steer = lambda state: ApplicationState(state.scenario, state.text, state.overrides)  # noqa: E731
        await self._engine.forget(application, entry, clock, choice if keep else None)
        self._selection.forget(application)

    async def _steer(
        self,
        application: str,
        change: Steer,
        told: Callable[[ApplicationState], Details] | None,
        rest: Steer | None = None,
    ) -> None:
        """Change an application's state in the store. `told` makes of the new state what the journal has about it.
        `rest` changes all other applications' states with it, but only if `application` is everybody.
        """
        now = self._engine.now
        tell = None if told is None else lambda state: [Entry(now(application), application, None, told(state))]
        await self._store.steer(application, change, tell, rest=rest if application == EVERYBODY else None)


def _without_choice(state: ApplicationState) -> ApplicationState:
    return replace(_full_again(state), scenario=None, text=None, overrides=())


def _full_again(state: ApplicationState) -> ApplicationState:
    """The state with another balance, of which nothing is spent: what was accepted before is not settled with it."""
    another = bool(state.spent or state.top_ups)
    return replace(state, spent=0.0, top_ups=(), balance=state.balance + another)
