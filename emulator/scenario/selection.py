"""Which scenario is in force for whom: one for all, another for an application or a request, overrides on top.

Overrides are rules that are asked before a scenario's own; one may be good for a number of requests only. All of it
lasts until it is reset, or until the emulator ends. An application "" means everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from emulator.scenario.rules import Rule, Scenario

EVERYBODY: Final = ""


class Override(Struct, frozen=True):
    """A rule on top of a scenario; `uses` is how many more requests it decides anything of (None: any number)."""

    rule: Rule
    uses: int | None = None


class Selection:
    """The scenario of each application; `scenario` is everybody's until another is chosen."""

    def __init__(self, scenario: Scenario) -> None:
        self._chosen = {EVERYBODY: scenario}
        self._first = scenario
        self._overrides: dict[str, tuple[Override, ...]] = {}
        self._merged: dict[str, tuple[Scenario, Scenario]] = {}
        self._count = 0

    def chosen(self, application: str) -> Scenario:
        """The scenario that was chosen for an application, or else for everybody; without overrides."""
        return self._chosen.get(application) or self._chosen[EVERYBODY]

    def in_force(self, application: str, scenario: Scenario | None = None) -> Scenario:
        """The scenario that decides an application's requests, or this one, below the overrides."""
        base = scenario or self.chosen(application)
        if not self.overrides(application):
            return base
        below, merged = self._merged.get(application, (None, base))
        if below is not base:
            rules = tuple(each.rule for each in self.overrides(application))
            merged = replace(base, rules=(*rules, *base.rules))
            self._merged[application] = base, merged
        return merged

    def overrides(self, application: str) -> tuple[Override, ...]:
        """The overrides that an application's requests meet, in their order: its own before everybody's."""
        if not self._overrides:
            return ()
        own = self._overrides.get(application, ()) if application != EVERYBODY else ()
        return (*own, *self._overrides.get(EVERYBODY, ()))

    def choose(self, application: str, scenario: Scenario) -> None:
        """Put a scenario in force for an application, below its overrides."""
        self._chosen[application] = scenario

    def override(self, application: str, rules: Iterable[tuple[Rule, int | None]]) -> tuple[Override, ...]:
        """Put rules, each with its number of uses, on top of all there are; answers them under the names they got."""
        made = []
        for rule, uses in rules:
            self._count += 1
            made.append(Override(replace(rule, name=f"override {self._count}: {rule.name}"), uses))
        self._set(application, (*made, *self._overrides.get(application, ())))
        return tuple(made)

    def used(self, application: str, names: Collection[str]) -> None:
        """Count a use of the overrides of these names; one without uses left is gone."""
        for owner in {application, EVERYBODY} & self._overrides.keys():
            spent = (_spent(each) if each.rule.name in names else each for each in self._overrides[owner])
            left = tuple(each for each in spent if each.uses is None or each.uses > 0)
            if left != self._overrides[owner]:
                self._set(owner, left)

    def reset(self, application: str) -> None:
        """Forget an application's choice and overrides; everybody's, and so all, for the application ""."""
        if application == EVERYBODY:
            self._chosen = {EVERYBODY: self._first}
            self._overrides.clear()
        else:
            self._chosen.pop(application, None)
            self._overrides.pop(application, None)
        self._changed(application)

    def reload(self, old: Scenario, new: Scenario) -> None:
        """Put a new version of a scenario in the place of the old one, wherever that is in force."""
        self._chosen = {owner: new if each is old else each for owner, each in self._chosen.items()}
        self._first = new if self._first is old else self._first

    def _set(self, application: str, overrides: tuple[Override, ...]) -> None:
        self._overrides[application] = overrides
        if not overrides:
            del self._overrides[application]
        self._changed(application)

    def _changed(self, application: str) -> None:
        """Forget what was put together of an application's overrides."""
        if application == EVERYBODY:
            self._merged.clear()
        else:
            self._merged.pop(application, None)


def _spent(override: Override) -> Override:
    return override if override.uses is None else replace(override, uses=override.uses - 1)
