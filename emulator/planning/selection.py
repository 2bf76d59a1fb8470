"""Which scenario is in force: the default one, or one chosen for an application or by a request, with overrides on top.

Overrides are rules that are asked before a scenario's own. The store holds names and texts; this module parses each
once and keeps the result as long as the store answers with the same object. It never writes to the store.
An application "" means everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.scenario import files
from emulator.scenario.rules import Rule, Scenario
from emulator.store.contract import Unavailable
from emulator.store.records import ApplicationState, Override

OVERRIDES = "overrides"
"""The name that error messages give to a text of overrides, which has no file."""


class PutRule(Struct, frozen=True):
    """An override in force, parsed; `uses` is how many more requests it may still affect (None: no limit)."""

    rule: Rule
    uses: int | None = None


class Selection:
    """Finds the scenario in force. `states` answers the states of an application and of everybody; `first` is in force
    until another scenario is chosen; `own` maps the user's scenarios by name to the latest version of their files;
    `read` makes a scenario of a text and its name; `seek` looks for one of a name that nobody has asked for here.
    """

    def __init__(
        self,
        states: Callable[[str], tuple[ApplicationState, ApplicationState]],
        first: Scenario,
        own: Mapping[str, Scenario] = MappingProxyType({}),
        read: Callable[[str, str], Scenario] = files.load_text,
        seek: Callable[[str], Scenario] = files.named,
    ) -> None:
        self.read = read
        self._seek = seek
        self._states = states
        self._first = first
        self._own = own
        self._named: dict[str, Scenario] = {}
        self._inline: dict[str, tuple[str, Scenario]] = {}
        self._rules: dict[str, dict[int, Rule]] = {}
        self._merged: dict[str, tuple[Scenario, tuple[Override, ...], tuple[Override, ...], Scenario]] = {}
        self._parsed: tuple[str, dict[str, Rule]] = "", {}

    def chosen(self, application: str) -> Scenario:
        """The scenario that was chosen for an application, or else for everybody; without overrides."""
        return self._chosen(application, *self._states(application))

    def _chosen(self, application: str, own: ApplicationState, everybody: ApplicationState) -> Scenario:
        owner, state = (application, own) if own.scenario is not None else (EVERYBODY, everybody)
        if state.scenario is None:
            return self._own.get(self._first.name) or self._first
        if state.text is None:  # the user's file as it is now; what was learned, if it is shipped or its file is gone
            found = self._own.get(state.scenario) or self._named.get(state.scenario) or self._sought(state.scenario)
            self._named[state.scenario] = found
            return found
        text, scenario = self._inline.get(owner, ("", self._first))
        if text is not state.text:
            scenario = self.read(state.text, state.scenario)
            self._inline[owner] = state.text, scenario
        return scenario

    def _sought(self, name: str) -> Scenario:
        """A scenario that another process has chosen. Raises Unavailable if it is not here."""
        try:
            return self._seek(name)
        except files.ScenarioError as error:
            raise Unavailable(f"another emulator has chosen a scenario that can't be read here: {error}") from error

    def learn(self, scenario: Scenario, application: str = EVERYBODY, text: str | None = None) -> None:
        """Keep a scenario that is about to be chosen, so that it need not be parsed again: by its name, or if it was
        given inline, as the `text` of this application.
        """
        if text is None:
            self._named[scenario.name] = scenario
        else:
            self._inline[application] = text, scenario

    def learn_rules(self, text: str, rules: Iterable[tuple[Rule, int | None]]) -> list[str]:
        """Keep the rules of a text of overrides that is about to be put in force, so that it need not be parsed again;
        only the last text is kept. Answers the names by which overrides refer to the rules: a second rule named `a` is
        `a (2)`.
        """
        named: dict[str, Rule] = {}
        for rule, _ in rules:
            name, number = rule.name, 1
            while name in named:
                number += 1
                name = f"{rule.name} ({number})"
            named[name] = rule
        self._parsed = text, named
        return list(named)

    def forget(self, application: str) -> None:
        """Drop what was parsed for an application, or for everybody and all applications, when its choice is reset.
        Anything still in force is parsed again when it is asked for.
        """
        caches: tuple[dict[str, Any], ...] = (self._inline, self._rules, self._merged)
        for cache in caches:
            if application == EVERYBODY:
                cache.clear()
            else:
                cache.pop(application, None)

    def renamed(self, old: Scenario, new: Scenario) -> None:
        """Keep the scenario of a file whose `name:` was edited, under its new name."""
        self._named[new.name] = new
        if self._first.name == old.name:
            self._first = new

    def in_force(self, application: str, scenario: Scenario | None = None) -> Scenario:
        """The scenario for an application's requests, with its overrides on top: the chosen one, or `scenario`."""
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
        return tuple(rule for owner in owners for rule in self._rules_of(owner))

    def _rules_of(self, owner: str) -> list[PutRule]:
        overrides, known = self._states(owner)[0].overrides, self._rules.pop(owner, {})
        if not overrides:
            return []
        rules = self._rules[owner] = {each.number: known.get(each.number) or self._parse(each) for each in overrides}
        return [PutRule(rules[each.number], each.uses) for each in overrides]

    def _parse(self, override: Override) -> Rule:
        text, rules = self._parsed
        if text != override.rule:
            self.learn_rules(override.rule, files.load_rules(override.rule, OVERRIDES))
            _, rules = self._parsed
        return replace(rules[override.name], name=label(override))

    def used(self, application: str, rules: Collection[str]) -> tuple[int, ...]:
        """The numbers of those overrides, among the rules of these names, that have a limited number of uses."""
        states = self._states(application) if application else self._states(EVERYBODY)[:1]
        return tuple(
            each.number
            for state in states
            for each in state.overrides
            if each.uses is not None and label(each) in rules
        )


def label(override: Override) -> str:
    """The name of an override's rule, as journal and plans show it. It is unique, since the number is."""
    return f"override {override.number}: {override.name}"
