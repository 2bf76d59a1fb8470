"""Steering what happens: which scenario is in force, overrides on top, balances, tokens that end, and being as new.

Each act changes what its room holds, and writes an entry into the journal.
"""

from __future__ import annotations

from collections.abc import Iterable

from emulator.accounts.balance import Balances
from emulator.accounts.tokens import Tokens
from emulator.engine.engine import Engine
from emulator.errors import EmulatorError
from emulator.journal.entry import Entry
from emulator.planning.ordinals import Ordinals
from emulator.planning.repeats import Repeats
from emulator.scenario.rules import Rule, Scenario
from emulator.scenario.selection import Selection
from emulator.store.contract import Store
from emulator.store.records import Grant


class NoBalance(EmulatorError):
    """The scenario in force has no balance, so there is none to set."""


class Steering:
    """What can be steered in one emulator. An application "" is everybody."""

    def __init__(  # noqa: PLR0913, PLR0917  # all that a reset makes as new
        self,
        engine: Engine,
        store: Store,
        selection: Selection,
        balances: Balances,
        tokens: Tokens,
        ordinals: Ordinals,
        repeats: Repeats,
    ) -> None:
        self._engine = engine
        self._store = store
        self._selection = selection
        self._balances = balances
        self._tokens = tokens
        self._ordinals = ordinals
        self._repeats = repeats

    def chosen(self, application: str) -> Scenario:
        """The scenario in force for an application, without overrides."""
        return self._selection.chosen(application)

    async def choose(self, application: str, scenario: Scenario) -> None:
        """Put another scenario in force; its balance begins anew."""
        self._selection.choose(application, scenario)
        self._balances.reset(application)
        await self._engine.note("scenario", application, {"chosen": scenario.name})

    async def override(self, application: str, rules: Iterable[tuple[Rule, int | None]]) -> None:
        """Put rules, each with its number of uses, on top of the scenario in force."""
        made = self._selection.override(application, rules)
        await self._engine.note("scenario", application, {"overrides": [each.rule.name for each in made]})

    async def forget_choice(self, application: str) -> None:
        """Forget an application's choice and overrides; all of them for everybody."""
        self._selection.reset(application)
        self._balances.reset(application)
        await self._engine.note("scenario", application, {"reset": True})

    def balance(self, application: str) -> float | None:
        """What an application has left of its scenario's balance; None if that has none."""
        scenario = self.chosen(application)
        return None if scenario.balance is None else self._balances.left(application, scenario.balance)

    async def set_balance(self, application: str, left: float) -> None:
        """Have an application have so much left. Raises NoBalance."""
        scenario = self.chosen(application)
        if scenario.balance is None:
            raise NoBalance(f"the scenario {scenario.name} has no balance, so prices consume nothing")
        self._balances.put(application, scenario.balance, left)
        await self._engine.note("balance", application, {"balance": left})

    async def revoke(self, token: str) -> Grant | None:
        """Make a token worthless now; None if there is none such."""
        grant = self._tokens.revoke(token)
        if grant is not None:
            await self._store.revoke(token)
            await self._engine.note("token revoked", grant.application, {"token": token})
        return grant

    async def reset(self, application: str | None) -> None:
        """Be as new for one application, or for all: no flows, callbacks, journal or tokens, nothing chosen, spent or
        counted. An application's own clock goes.
        """
        name = application or ""
        await self._engine.forget(application, Entry(self._engine.now(name), "reset", name, None, {}))
        self._tokens.reset(application)
        self._ordinals.reset(application)
        self._repeats.reset(application)
        self._selection.reset(name)
        self._balances.reset(name)
