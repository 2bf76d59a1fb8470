"""Steering what happens: which scenario is in force, overrides on top, balances, tokens that end, and being as new.

What is in force lies in the store. Each act also writes an entry into the journal.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from emulator.accounts import balance
from emulator.clock.clock import EVERYBODY
from emulator.engine.engine import Engine
from emulator.errors import EmulatorError
from emulator.journal import kinds
from emulator.journal.entry import Entry
from emulator.planning.selection import Selection
from emulator.scenario.rules import Rule, Scenario
from emulator.store.contract import Steer, Store
from emulator.store.records import ApplicationState, Grant, Override


class NoBalance(EmulatorError):
    """The scenario in force has no balance, so there is none to set."""


class Steering:
    """What can be steered in one emulator. An application "" is everybody."""

    def __init__(self, engine: Engine, store: Store, selection: Selection) -> None:
        self._engine = engine
        self._store = store
        self._selection = selection

    async def choose(self, application: str, scenario: Scenario, text: str | None = None) -> None:
        """Put another scenario in force, by its name, or as this `text`; its balance begins anew."""
        self._selection.learn(scenario, application, text)
        await self._steer(
            application, lambda state: replace(state, scenario=scenario.name, text=text, spent=0.0), _with_all_money
        )
        await self._engine.note(application, kinds.ScenarioChanged(chosen=scenario.name))

    async def override(self, application: str, text: str, rules: Sequence[tuple[Rule, int | None]]) -> None:
        """Put the rules of a text, each with its number of uses, on top of all there are."""
        self._selection.learn_rules(text, rules)
        put = tuple(Override(0, rule.name, text, uses) for rule, uses in rules)
        await self._steer(application, lambda state: replace(state, overrides=(*put, *state.overrides)))
        names = [each.rule.name for each in self._selection.overrides(application)[: len(put)]]
        await self._engine.note(application, kinds.ScenarioChanged(overrides=names))

    async def forget_choice(self, application: str) -> None:
        """Forget an application's choice and overrides; all of them for everybody."""
        await self._steer(application, _without_choice, _without_choice)
        await self._engine.note(application, kinds.ScenarioChanged(reset=True))

    async def renamed(self, old: Scenario, new: Scenario) -> None:
        """Keep a scenario in force whose file has another name in it now."""
        self._selection.renamed(old, new)
        for application, state in self._store.states().items():
            if state.scenario == old.name and state.text is None:
                await self._steer(application, lambda state: replace(state, scenario=new.name))

    def balance(self, application: str) -> float | None:
        """What an application has left of its scenario's balance; None if that has none."""
        scenario = self._selection.chosen(application)
        if scenario.balance is None:
            return None
        return balance.left(scenario.balance, self._store.state(application).spent)

    async def set_balance(self, application: str, left: float) -> None:
        """Have an application have so much left. Raises NoBalance."""
        scenario = self._selection.chosen(application)
        if scenario.balance is None:
            raise NoBalance(f"the scenario {scenario.name} has no balance, so prices consume nothing")
        spent = scenario.balance - left
        await self._steer(application, lambda state: replace(state, spent=spent))
        await self._engine.note(application, kinds.BalanceSet(left))

    async def revoke(self, token: str) -> Grant | None:
        """Make a token worthless now; None if there is none such."""
        grant = self._store.grant(token)
        if grant is None:
            return None
        now = self._engine.now(grant.application)
        revoked = Entry(now, grant.application, None, kinds.TokenRevoked(token))
        return await self._store.revoke(token, [revoked])

    async def reset(self, application: str) -> None:
        """Be as new for one application, or for everybody: no flows, callbacks, journal or tokens, nothing chosen,
        spent or counted. An application's own clock goes.
        """
        entry = Entry(self._engine.now(application), application, None, kinds.Reset())
        await self._engine.forget(application, entry)

    async def _steer(self, application: str, change: Steer, rest: Steer | None = None) -> None:
        """Change what is in force for an application; if that is everybody, `rest` changes it for all others too."""
        await self._store.steer(application, change, rest=rest if application == EVERYBODY else None)


def _with_all_money(state: ApplicationState) -> ApplicationState:
    return replace(state, spent=0.0)


def _without_choice(state: ApplicationState) -> ApplicationState:
    return replace(state, scenario=None, text=None, overrides=(), spent=0.0)
