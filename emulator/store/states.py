"""What is in force for each application, as a process knows it: changed here first, and written by the transaction.

What a request takes (`Effects`) applies as soon as it is asked for, so that the next request goes by it, and is taken
back if its transaction fails. Each transaction ends by writing the applications that changed, once, however many
requests it has. This module knows no database.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.store.contract import Steer
from emulator.store.records import ApplicationState, Effects, Override

UNTOUCHED: Final = ApplicationState()
"""The state of an application that nothing was ever done to."""


class States:
    """The state of each application that has one, in `known`; `number` is that of the last override. Of an application
    to which nothing was done, or whose state was forgotten, nothing is kept.
    """

    def __init__(self, known: Mapping[str, ApplicationState], number: int) -> None:
        self.start(known, number)

    def start(self, known: Mapping[str, ApplicationState], number: int) -> None:
        """Begin anew with these states."""
        self.known = {name: state for name, state in known.items() if state != UNTOUCHED}
        self.number = number
        self._written = self.known.copy()
        self.unwritten: set[str] = set()
        self._replaced: dict[str, ApplicationState] = {}
        self._before: dict[str, ApplicationState] | None = None
        self._steered = 0

    def of(self, application: str) -> ApplicationState:
        """An application's state."""
        return self.known.get(application, UNTOUCHED)

    def steer(self, application: str, change: Steer, rest: Steer | None = None) -> None:
        """Change one application's state, and with `rest` those of all others."""
        self._steered += 1
        self._put(application, change(self.of(application)))
        if rest is not None:
            for other in self.known.keys() - {application}:
                self._put(other, rest(self.known[other]))

    def take(self, effects: Effects) -> Callable[[], None]:
        """Have a request's effects apply; the answer takes them back, unless somebody has steered meanwhile."""
        before = {name: self.of(name) for name in {effects.application, EVERYBODY}}
        for name, state in before.items():
            left = _used(state.overrides, effects.used)
            spent = effects.spent if name == effects.application else 0.0
            if spent or left is not state.overrides:
                self._put(name, replace(state, spent=state.spent + spent, overrides=left))
        after, steered = {name: self.of(name) for name in before}, self._steered

        def take_back() -> None:
            if steered != self._steered:
                return
            for name, state in before.items():
                now, spent = self.of(name), effects.spent if name == effects.application else 0.0
                given = _given_back(now.overrides, state.overrides, effects.used)
                left = replace(now, spent=now.spent - spent, overrides=given)
                self._put(name, state if now is after[name] else left)

        return take_back

    def forget(self, application: str, kept: Steer | None = None) -> None:
        """Put nothing in force any more but what is `kept`, for one application or for everybody."""
        for name in list(self.known) if application == EVERYBODY else [application]:
            self._put(name, UNTOUCHED if kept is None else kept(self.of(name)))
        self._steered += 1

    def learn(self, name: str, state: ApplicationState) -> None:
        """Take note of a state that somebody else has written. What is the same as before stays the same object."""
        before = self.of(name)
        same = {part: getattr(before, part) for part in ("text", "overrides")}
        kept = replace(state, **{part: value for part, value in same.items() if value == getattr(state, part)})
        if state == UNTOUCHED:
            self.known.pop(name, None)
        else:
            self.known[name] = kept
        self._note_written(name, kept)
        self.unwritten.discard(name)

    def remember(self) -> None:
        """From now on, remember the states that are replaced."""
        self._before = {}

    def put_back(self) -> None:
        """Put the states back that were replaced since `remember`."""
        self.settle()()

    def settle(self) -> Callable[[], None]:
        """What was replaced since `remember` stays replaced. The answer puts it back, unless somebody has steered
        meanwhile.
        """
        before, self._before = self._before or {}, None
        steered = self._steered

        def put_back() -> None:
            if steered == self._steered:
                for name, state in before.items():
                    self._put(name, state)

        return put_back

    def _put(self, name: str, state: ApplicationState) -> None:
        """Put a state in the place of an application's; number its new overrides."""
        if state.overrides and not state.overrides[0].number:
            state = replace(state, overrides=self._numbered(state.overrides))
        if self._before is not None:
            self._before.setdefault(name, self.of(name))
        if state == UNTOUCHED:
            self.known.pop(name, None)
        else:
            self.known[name] = state
        if state == self._written.get(name, UNTOUCHED):
            self.unwritten.discard(name)
        else:
            self.unwritten.add(name)

    def _numbered(self, overrides: tuple[Override, ...]) -> tuple[Override, ...]:
        made = []
        for override in itertools.takewhile(lambda each: not each.number, overrides):  # new ones are put before all
            self.number += 1
            made.append(replace(override, number=self.number))
        return (*made, *overrides[len(made) :])

    def changed(self, *, more: bool = False) -> list[tuple[str, ApplicationState, ApplicationState]]:
        """What is not written yet, by application: its state as it was written last, and as it is. From now on that
        counts as written; with `more`, by the same transaction as that of the call before.
        """
        names, self.unwritten = self.unwritten, set()
        found = [(name, self._written.get(name, UNTOUCHED), self.of(name)) for name in names]
        self._replaced = {name: before for name, before, _ in found} | (self._replaced if more else {})
        for name, _, state in found:
            self._note_written(name, state)
        return found

    def rollback(self) -> None:
        """What counts as `changed` since was rolled back: it must be written again."""
        for name, state in self._replaced.items():
            self._note_written(name, state)
        self.unwritten |= self._replaced.keys()

    def _note_written(self, name: str, state: ApplicationState) -> None:
        if state == UNTOUCHED:
            self._written.pop(name, None)
        else:
            self._written[name] = state


def _used(overrides: tuple[Override, ...], numbers: tuple[int, ...]) -> tuple[Override, ...]:
    """Overrides after a use of those of these numbers; one without uses left is gone. The same object if none is
    changed.
    """
    if not any(override.number in numbers and override.uses is not None for override in overrides):
        return overrides
    used = [
        replace(each, uses=each.uses - 1) if each.uses is not None and each.number in numbers else each
        for each in overrides
    ]
    return tuple([override for override in used if override.uses != 0])


def _given_back(
    now: tuple[Override, ...], before: tuple[Override, ...], numbers: tuple[int, ...]
) -> tuple[Override, ...]:
    """Overrides after a use of those of these numbers was taken back, in the places that they had before."""
    left = {override.number: override for override in now}
    given = []
    for override in before:
        there = left.get(override.number)
        if override.number not in numbers or override.uses is None:
            given += [there] if there else []
        else:
            given.append(replace(override, uses=1 + (there.uses or 0 if there else 0)))
    return tuple(given)
