"""How much a store holds, counted as it is written, so that no reader has to count rows.

A tally follows the transactions of its connection: a rollback takes back what was counted in it. It is saved when the
store is closed and loaded when it is opened; after a crash the rows are counted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct, json
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.store.blocks import Marks

ENTRY_BYTES: Final = 200
"""About how many bytes a journal entry takes beside its data."""
_SAVED: Final = "tally"
"""The name of the fact under which a tally is saved."""


class Sums(Struct):
    """Sums over the whole store: flows that are `finished` (nothing is left to do) and their `flow_bytes`; callbacks
    that are `pending`; the journal's `entries` and their `entry_bytes`; how many flows and entries were dropped to stay
    within the limit; the number of the last `change`.
    """

    finished: int = 0
    pending: int = 0
    entries: int = 0
    flow_bytes: int = 0
    entry_bytes: int = 0
    dropped_flows: int = 0
    dropped_entries: int = 0
    change: int = 0


Group = tuple[str, str, str]
"""What flows that are counted together have in common: their application, and two names more."""


class _Saved(Struct):
    sums: Sums
    stages: dict[str, dict[str, int]]
    scenarios: dict[str, int]
    ordinals: dict[str, int]
    kinds: tuple[str, ...] = ("failover",)  # what an emulator saved that had no other


class Tally:
    """The sums; how many flows each application has in each stage; how many flows began under each scenario; in
    `ordinals` the highest request number of each application's flows, including those that were dropped (0 or missing:
    none); in `kinds` those that flows have, or had; in `marks` which blocks of flows changed. It follows the
    transactions.
    """

    def __init__(self) -> None:
        self.sums = Sums()
        self._stages: dict[str, dict[str, int]] = {}
        self._scenarios: dict[str, int] = {}
        self.ordinals: dict[str, int] = {}
        self.kinds: set[str] = set()
        self.marks = Marks()
        self._before = Sums()
        self._emptied: set[str] = set()
        self._log: list[tuple[dict[str, int], str, int]] = []

    def added(self, flows: Sequence[Group], ordinals: Iterable[tuple[str, int]]) -> None:
        """Count new flows, given by application, stage and scenario; `ordinals` are their applications with the request
        numbers.
        """
        self.add(flows)
        for application, ordinal in ordinals:
            self.number(application, ordinal)

    def add(self, flows: Iterable[Group], sign: int = 1) -> None:
        """Count flows, given by application, stage and scenario; with the sign -1, uncount them."""
        for (application, stage, scenario), count in _counted(flows).items():
            self.add_many(application, stage, scenario, sign * count)

    def add_many(self, application: str, stage: str, scenario: str, by: int) -> None:
        """Count `by` flows more of an application, stage and scenario."""
        self._count(self._scenarios, scenario, by)
        self._count(self._stages.setdefault(application, {}), stage, by)

    def move(self, flows: Iterable[Group]) -> None:
        """Move flows to other stages; each is given by its application, the stage before, and the stage after."""
        for (application, before, after), count in _counted(flows).items():
            stages = self._stages.setdefault(application, {})
            self._count(stages, before, -count)
            self._count(stages, after, count)

    def number(self, application: str, ordinal: int) -> None:
        """Note the request number of a flow."""
        more = ordinal - self.ordinals.get(application, 0)
        if more > 0:
            self._count(self.ordinals, application, more)

    def restart(self, application: str) -> None:
        """Forget an application's highest request number, and the application itself if it has no flows any more."""
        self._emptied.add(application)
        self._count(self.ordinals, application, -self.ordinals.get(application, 0))

    def _count(self, counts: dict[str, int], name: str, by: int) -> None:
        counts[name] = counts.get(name, 0) + by
        self._log.append((counts, name, by))

    def stages(self, application: str) -> dict[str, int]:
        """How many flows are in each stage, of one application or of everybody."""
        if application != EVERYBODY:
            return dict(self._stages.get(application, ()))
        found: dict[str, int] = {}
        for stages in self._stages.values():
            for stage, count in stages.items():
                found[stage] = found.get(stage, 0) + count
        return found

    def applications(self) -> dict[str, int]:
        """How many flows each application that has some has, by name."""
        found = {application: sum(stages.values()) for application, stages in sorted(self._stages.items())}
        return {application: count for application, count in found.items() if count}

    def scenarios(self) -> list[str]:
        """The names of the scenarios that flows began under."""
        return sorted(scenario for scenario, count in self._scenarios.items() if count)

    def flows(self, application: str = EVERYBODY) -> int:
        """How many flows there are, of one application or of everybody."""
        return sum(self.stages(application).values())

    def begin(self) -> None:
        """A transaction begins."""
        for application in self._emptied:  # applications that were reset; until now a rollback needed their counts
            if not any(self._stages.get(application, {}).values()):
                self._stages.pop(application, None)
            if not self.ordinals.get(application):
                self.ordinals.pop(application, None)
        self._emptied.clear()
        self._before = replace(self.sums)
        self._log.clear()

    def rollback(self) -> None:
        """It was rolled back: take back what it counted. Numbers of changes are not given twice."""
        self._before.change = self.sums.change
        self.sums = self._before
        for counts, name, by in self._log:
            counts[name] -= by
        self._log.clear()

    def count(self, connection: sqlite3.Connection) -> None:
        """Count the rows of a store. How many were dropped is then not known."""
        finished, flow_bytes, pending, change = connection.execute(
            "SELECT COUNT(done), IFNULL(SUM(CASE WHEN done IS NOT NULL THEN size + LENGTH(state) END), 0),"
            " IFNULL(SUM(pending), 0), IFNULL(MAX(changed), 0) FROM flow"
        ).fetchone()
        entries, entry_bytes = connection.execute(
            f"SELECT COUNT(*), IFNULL(SUM(LENGTH(data) + {ENTRY_BYTES}), 0) FROM entry"
        ).fetchone()
        self.sums = Sums(finished, pending, entries, flow_bytes, entry_bytes, change=change)
        self.kinds = {kind for (kind,) in connection.execute("SELECT DISTINCT kind FROM flow")}
        groups = "SELECT application, stage, scenario, COUNT(*) FROM flow GROUP BY application, stage, scenario"
        for group in connection.execute(groups):
            self.add_many(*group)
        ordinals = (
            "SELECT application, MAX(ordinal) FROM flow GROUP BY application UNION ALL"
            " SELECT application, last FROM counter WHERE name = ''"
        )
        for application, ordinal in connection.execute(ordinals):
            self.number(application, ordinal)

    def save(self, connection: sqlite3.Connection) -> None:
        """Save the tally, as the last thing that is written."""
        saved = _Saved(self.sums, self._stages, self._scenarios, self.ordinals, tuple(sorted(self.kinds)))
        connection.execute("INSERT OR REPLACE INTO fact VALUES(?, ?)", (_SAVED, json.encode(saved).decode()))

    def load(self, connection: sqlite3.Connection) -> None:
        """Load the tally that was saved, or else count. What was saved is deleted, since it is out of date soon."""
        self.marks.touch_all()
        found = connection.execute("DELETE FROM fact WHERE name = ? RETURNING value", (_SAVED,)).fetchone()
        if found is None:
            self.count(connection)
            return
        saved = json.decode(found[0], type=_Saved)
        self.kinds = set(saved.kinds)
        self.sums, self._stages = saved.sums, saved.stages
        self._scenarios, self.ordinals = saved.scenarios, saved.ordinals


def _counted(flows: Iterable[Group]) -> dict[Group, int]:
    """How many flows there are of each group. A transaction has few flows, for which collections.Counter is slow."""
    counts: dict[Group, int] = {}
    for group in flows:
        counts[group] = counts.get(group, 0) + 1
    return counts
