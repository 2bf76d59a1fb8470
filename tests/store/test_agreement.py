"""The stores agree: the same calls, in the same order, give the same answers on SQLite and on PostgreSQL, whether by
one process or by two in turn.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from emulator.clock.clock import EVERYBODY, Clock
from emulator.flow.state import Flow, FlowStatus, Message, Report
from emulator.journal.entry import Entry
from emulator.journal.kinds import Attempt, Reset, Stranded
from emulator.store.contract import Store
from emulator.store.records import (
    CallbackQuery,
    Change,
    Delivery,
    Effects,
    Filter,
    Grant,
    JournalQuery,
    Override,
    Post,
    Search,
    Settlement,
)
from emulator.store.stores import store_at
from tests.support import postgres
from tests.support.samples import NOW, SECOND, flow, sms, viber

APPLICATIONS = ("a", "b")
CLOCKS = (EVERYBODY, *APPLICATIONS)
ORIGINS = ("http://x", "http://y")
CONDITIONS = [
    tuple(Filter(*each) for each in given)
    for given in (
        (),
        [("status", "is", "Failed")],
        [("scenario", "is_not", "s1"), ("flowKind", "contains", "S")],
        [("type", "is", "Sms"), ("terminationChannel", "starts_with", "Vi")],
        [("rescued", "is_not", "")],
    )
]
"""What flows are counted by."""
Act = tuple[str, int]


def _started(count: int) -> tuple[Message, ...]:
    """The messages of so many steps."""
    return tuple(Message(step, "Queued", "", "", NOW, NOW) for step in range(count))


class Played:
    """A store, and what the acts so far have left to be done with it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._taken: list[Delivery] = []
        self._own: set[str] = set()
        self._made = 0

    async def act(self, name: str, number: int) -> Any:
        """Do one of the things that a store can be asked to do; what is answered, without numbers of rows."""
        act: Callable[[int], Any] = getattr(self, f"_{name}")
        try:
            return await act(number)
        except ValueError as error:
            return str(error)

    def _clock(self, number: int) -> str:
        application = APPLICATIONS[number % 2]
        return application if application in self._own else EVERYBODY

    def _new(self, number: int) -> Change:
        application, self._made = APPLICATIONS[number % 2], self._made + 1
        agenda = () if number % 3 == 0 else (Report(NOW + number % 5 * SECOND, 0, "Sent"),)
        name = f"f{self._made}"
        made = replace(flow([sms(), viber(2)], name=name, application=application), agenda=agenda)
        made = replace(
            made, ordinal=self._made, created_at=NOW + number % 4, kind="sms" if number % 5 == 0 else "failover"
        )
        made = replace(made, scenario=f"s{number % 3}", messages=_started(number % 3))
        posts = tuple(self._post(f"{name}-{place}", number + place) for place in range(number % 4))
        effects = Effects(application, 0.25, (1, 2)) if number % 6 == 0 else None
        return Change(made, (Entry(NOW, application, name, Stranded(name)),), posts, None, effects)

    def _post(self, name: str, number: int) -> Post:
        origin = ORIGINS[number % 2]
        return Post(name, f"{origin}/{name}", origin, name.encode(), NOW + number % 3 * SECOND, number % 5 == 0)

    def _decide(self, number: int) -> Callable[[Flow], Change]:
        def decide(found: Flow) -> Change:
            if number % 7 == 0:
                raise ValueError(f"{found.id} can't")
            status = (found.status, FlowStatus.FAILED, FlowStatus.SUCCEEDED)[number % 3]
            posts = tuple(self._post(f"{found.id}-{found.told}-{place}", number + place) for place in range(number % 3))
            agenda = () if number % 4 else (Report(NOW + 3 * SECOND, 0, "Sent"),)
            entry = Entry(NOW, found.application, found.id, Stranded(f"{number}"))
            messages = found.messages or _started(number % 3)
            told = replace(found, status=status, agenda=agenda, messages=messages, told=found.told + 1)
            return Change(told, (entry,), posts)

        return decide

    def _settled(self, number: int) -> list[Settlement]:
        now, self._taken = self._taken[: number % 4], self._taken[number % 4 :]
        again, outcome = (NOW + 2 * SECOND, "refused") if number % 2 else (None, "received")
        told = [Attempt(each.id, each.url, each.attempts + 1, outcome, 200, number, "") for each in now]
        entries = [Entry(NOW, each.application, each.flow, data) for each, data in zip(now, told, strict=True)]
        return [Settlement(each, NOW + 1, again, outcome, entry) for each, entry in zip(now, entries, strict=True)]

    def _took(self, taken: list[Delivery]) -> list[Any]:
        self._taken += taken
        return [asdict(replace(each, number=0, flow_seq=0)) for each in taken]

    async def _add(self, number: int) -> None:
        await self.store.add(self._new(number), self._clock(number))

    async def _add_taking(self, number: int) -> list[Any]:
        return self._took(await self.store.add_taking(self._new(number), self._clock(number), NOW + SECOND))

    async def _carry(self, number: int) -> Any:
        clock, now = CLOCKS[number % 3], NOW + number % 6 * SECOND
        decide, moved = self._decide(number), Clock(0, now, 0.0) if clock in self._own else None
        found = await self.store.carry(
            clock, now, 3, decide, lambda _: 2, moved=moved, settlements=self._settled(number)
        )
        return self._took(found.deliveries), replace(found, deliveries=[])

    async def _claim(self, number: int) -> Any:
        now = dict.fromkeys(CLOCKS[: 1 + number % 3], NOW + number % 4 * SECOND)
        found = await self.store.claim(now, lambda origin: len(origin) % 5 + number % 2, self._settled(number))
        return self._took(found.deliveries), found.next_due, found.held

    async def _change(self, number: int) -> None:
        await self.store.change(f"f{number % 9}", self._decide(number))

    async def _drop(self, number: int) -> bool | None:
        return await self.store.drop(f"f{number % 9}", Entry(NOW, "a", None, Stranded("dropped")))

    async def _steer(self, number: int) -> Any:
        override = Override(0, f"r{number}", "rule", 1 + number % 2 or None)
        whose = CLOCKS[number % 3]
        return await self.store.steer(
            whose,
            lambda state: replace(state, scenario=f"s{number}", overrides=(override, *state.overrides)),
            lambda state: [Entry(NOW, whose, None, Stranded(f"{state.scenario}"))],
            rest=(lambda state: replace(state, spent=0.0)) if whose == EVERYBODY else None,
        )

    async def _count(self, number: int) -> list[int]:
        return self.store.counters.count(APPLICATIONS[number % 2], ["", "token"][: 1 + number % 2])

    async def _grant(self, number: int) -> None:
        grant = Grant(f"t{number}", APPLICATIONS[number % 2], ("sms",) * (number % 3), NOW + number)
        await self.store.save_grant(grant, NOW + 3)

    async def _revoke(self, number: int) -> Any:
        return await self.store.revoke(f"t{number}", [Entry(NOW, "a", None, Stranded("revoked"))])

    async def _own_clock(self, number: int) -> None:
        name = APPLICATIONS[number % 2]
        await self.store.save_clock(name, Clock(0, NOW, number / 2), [Entry(NOW, name, None, Stranded("clock"))])
        self._own.add(name)

    async def _reset(self, number: int) -> None:
        whose = CLOCKS[number % 3]
        await self.store.reset(whose, Entry(NOW, whose, None, Reset()))
        self._own -= set(APPLICATIONS) if whose == EVERYBODY else {whose}
        self._taken = [each for each in self._taken if whose not in {EVERYBODY, each.application}]

    async def _charge(self, number: int) -> Any:
        return (await self.store.charged(APPLICATIONS[number % 2], NOW, lambda found: 0.1 * found.told)).spent


ACTS = [name[1:] for name in vars(Played) if name[0] == "_" and name[1] != "_"]
ACTS = [name for name in ACTS if name not in {"clock", "new", "post", "decide", "settled", "took"}]


async def seen(store: Store) -> Any:
    """All that readers can see, without numbers of rows."""
    searches = (
        Search(size=99),
        Search("a", size=3, offset=1),
        Search(conditions=(Filter("webhooks", "is", "failing"),), oldest=True),
        Search("b", conditions=(Filter("status", "is_not", "FAILED"), Filter("all", "contains", "F1"))),
        Search(kinds=("sms",), start=NOW + 1, end=NOW + 2),
    )
    groups = [(each.name, each.count, each.flows) for each in await store.grouped(Search(size=2))]
    entries = [
        await store.journal(query)
        for query in (
            JournalQuery(),
            JournalQuery(before=10**9, limit=3, application="a"),
            JournalQuery(flows=("f1", "f2"), text="F"),
            JournalQuery(flow="f3", kinds=("stranded",), size=30),
        )
    ]
    callbacks = [
        await store.callbacks(query)
        for query in (CallbackQuery(), CallbackQuery("f2"), CallbackQuery(outcome="failing", before=10**9))
    ]
    return {
        "flows": [await store.search(search) for search in searches],
        "every": [flows async for some in store.every(Search("a")) for flows in some],
        "groups": sorted(groups, key=lambda group: group[0]),
        "journal": [[replace(each, seq=0) for each in some] for some in entries],
        "callbacks": [[replace(each, number=0) for each in some] for some in callbacks],
        "posts": [one.posts for block in await store.blocks() async for some in store.block(block) for one in some],
        "due": [await store.next_due(clock) for clock in CLOCKS],
        "overdue": await store.overdue(lambda clock: NOW + SECOND if clock != "b" else None),
        "waiting": [await store.waiting(CLOCKS, origin) for origin in ORIGINS],
        "clocks": await store.clocks(),
        "states": store.states(),
        "grants": store.grants(),
        "counts": await store.counts(),
        "others": [await store.applications(), await store.scenarios(), await store.dropped()],
        "times": await store.latest_times(),
    }


async def counted(store: Store) -> None:
    """What a store says that there is, is what is found when all is read."""
    flows = [flow async for some in store.every(Search()) for flow in some]
    assert {each.application: each.flows for each in await store.applications()} == Counter(
        f.application for f in flows
    )
    assert await store.scenarios() == sorted({flow.scenario for flow in flows})
    for application, kinds in itertools.product(CLOCKS, ((), ("sms",), ("sms", "failover"), ("viber",))):
        found = [f for f in flows if application in {EVERYBODY, f.application} and (not kinds or f.kind in kinds)]
        assert (await store.search(Search(application, kinds=kinds))).total == len(found)
    for application, size, conditions in itertools.product(CLOCKS, (0, 2), CONDITIONS):
        wanted = Search(application, size=size, conditions=conditions)
        said, read = [
            {each.name: (each.count, [flow.id for flow in each.flows]) for each in await store.grouped(search)}
            for search in (wanted, replace(wanted, start=0))
        ]
        assert said == read
        assert await store.search(wanted) == await store.search(replace(wanted, start=0))
    counts = await store.counts()
    assert counts["liveFlows"] + counts["finishedFlows"] == len(flows)
    assert counts["journalEntries"] == len(await store.journal(JournalQuery(limit=10**6)))
    assert counts["pendingCallbacks"] == len(await store.callbacks(CallbackQuery(outcome="pending")))


async def both(acts: list[Act], one: Store, others: tuple[Store, ...]) -> None:
    """Play on a store, and on others that are at one place, in turn."""
    alone, shared, turns = Played(one), Played(others[0]), itertools.cycle(others)
    for act in acts:
        shared.store = next(turns)
        await shared.store.fresh()
        assert await alone.act(*act) == await shared.act(*act), act
        if act[0] == "count":  # a count is told with the next write
            await shared.store.record([])
    first = await seen(one)
    for store in others:
        await store.fresh()
        second = await seen(store)
        for what, found in first.items():
            assert found == second[what], what
    for store in (one, *others):
        await counted(store)
    for store in (one, others[0]):
        await store.reset(EVERYBODY, Entry(NOW, EVERYBODY, None, Reset()))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("alone", "processes"), [("", 1), ("{folder}/store.db", 2)])
def test_the_same_calls_give_the_same_answers_on_each_store(
    postgresql: postgres.Server, tmp_path: Path, alone: str, processes: int
) -> None:
    """Whatever is written, and whatever is asked afterwards; what they have counted is what there is."""
    one, place = store_at(alone.format(folder=tmp_path)), postgresql.schema()
    others = tuple(store_at(place) for _ in range(processes))

    @settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
    @given(acts=st.lists(st.tuples(st.sampled_from(["add", "carry", "claim", *ACTS]), st.integers(0, 40)), max_size=25))
    def agree(acts: list[Act]) -> None:
        runner.run(both(acts, one, others))

    with asyncio.Runner() as runner:
        for store in (one, *others):
            runner.run(store.open())
        try:
            agree()
        finally:
            for store in (one, *others):
                runner.run(store.close())
