"""Which scenario is in force for whom: one for everybody, another for an application or a request, overrides on top.

The store holds what was chosen, as names and texts; here they are made into scenarios and rules, once each. Overrides
are rules that are asked before a scenario's own. An application "" means everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.scenario import files
from emulator.scenario.rules import Rule, Scenario
from emulator.store.records import ApplicationState, Override

OVERRIDES = "overrides"
"""What messages call a text of overrides."""


class PutRule(Struct, frozen=True):
    """A rule on top of a scenario; `uses` is how many more requests it may still affect (None: no limit)."""

    rule: Rule
    uses: int | None = None


class Selection:
    """Makes scenarios of what `states` tells: what is in force for an application, and for everybody. `first` is in
    force until another one is chosen; `own` has the user's scenarios by name, as their files now are.
    """

    def __init__(
        self,
        states: Callable[[str], tuple[ApplicationState, ApplicationState]],
        first: Scenario,
        own: Mapping[str, Scenario] = MappingProxyType({}),
    ) -> None:
        self._states = states
        self._first = first
        self._own = own
        self._named: dict[str, Scenario] = {}
        self._inline: dict[str, tuple[str, Scenario]] = {}
        self._rules: dict[str, dict[int, Rule]] = {}
        self._merged: dict[str, tuple[Scenario, tuple[Override, ...], tuple[Override, ...], Scenario]] = {}
        self._read: tuple[str, dict[str, Rule]] = "", {}

    def chosen(self, application: str) -> Scenario:
        """The scenario that was chosen for an application, or else for everybody; without overrides."""
        return self._chosen(application, *self._states(application))

    def _chosen(self, application: str, own: ApplicationState, everybody: ApplicationState) -> Scenario:
        owner, state = (application, own) if own.scenario is not None else (EVERYBODY, everybody)
        if state.scenario is None:
            return self._own.get(self._first.name) or self._first
        if state.text is None:
            return self._by_name(state.scenario)
        text, scenario = self._inline.get(owner, ("", self._first))
        if text is not state.text:
            scenario = files.load_text(state.text, state.scenario)
            self._inline[owner] = state.text, scenario
        return scenario

    def _by_name(self, name: str) -> Scenario:
        """The user's scenario as its file now is. A shipped one, or one whose file is gone, is as it was learned."""
        own = self._own.get(name)
        if own is not None:
            self._named[name] = own
        return own or self._named[name]

    def learn(self, scenario: Scenario, application: str = EVERYBODY, text: str | None = None) -> None:
        """Take note of a scenario that is about to be chosen: by its name, or for an application as this `text`."""
        if text is None:
            self._named[scenario.name] = scenario
        else:
            self._inline[application] = text, scenario

    def learn_rules(self, text: str, rules: Iterable[tuple[Rule, int | None]]) -> None:
        """Take note of the rules of a text of overrides that are about to be put."""
        self._read = text, {rule.name: rule for rule, _ in rules}

    def renamed(self, old: Scenario, new: Scenario) -> None:
        """Take note that the file of a scenario has another name in it now."""
        self._named[new.name] = new
        if self._first.name == old.name:
            self._first = new

    def in_force(self, application: str, scenario: Scenario | None = None) -> Scenario:
        """The scenario that decides an application's requests, or this one, below the overrides."""
        state, everybody = self._states(application)
        base = scenario or self._chosen(application, state, everybody)
        own, shared = state.overrides, everybody.overrides
        if not own and not shared:
            return base
        known = self._merged.get(application)
        if known and known[0] is base and known[1] is own and known[2] is shared:
            return known[3]
        put = self.overrides(application)
        merged = replace(base, rules=(*(each.rule for each in put), *base.rules), overrides=len(put))
        self._merged[application] = base, own, shared, merged
        return merged

    def overrides(self, application: str) -> tuple[PutRule, ...]:
        """The overrides that an application's requests meet, in their order: its own before everybody's."""
        owners = dict.fromkeys((application, EVERYBODY))
        return tuple(made for owner in owners for made in self._made(owner))

    def _made(self, owner: str) -> list[PutRule]:
        overrides, known = self._states(owner)[0].overrides, self._rules.get(owner, {})
        rules = {each.number: known.get(each.number) or self._rule(each) for each in overrides}
        self._rules[owner] = rules
        return [PutRule(rules[each.number], each.uses) for each in overrides]

    def _rule(self, override: Override) -> Rule:
        text, rules = self._read
        if text != override.rule:
            self.learn_rules(override.rule, files.load_rules(override.rule, OVERRIDES))
            _, rules = self._read
        return replace(rules[override.name], name=_label(override))

    def used(self, application: str, rules: Collection[str]) -> tuple[int, ...]:
        """The numbers of the overrides among these rules of an application that are good for so many uses only."""
        states = self._states(application) if application else self._states(EVERYBODY)[:1]
        return tuple(
            each.number
            for state in states
            for each in state.overrides
            if each.uses is not None and _label(each) in rules
        )


def _label(override: Override) -> str:
    """The name of an override among rules, which journal and plans show."""
    return f"override {override.number}: {override.name}"
