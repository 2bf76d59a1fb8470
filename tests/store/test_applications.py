"""The state of applications, in the store's contract: what is in force, counts, tokens, repeated bodies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.flow.state import Flow
from emulator.journal.entry import Entry
from emulator.journal.kinds import Stranded
from emulator.store.contract import Store
from emulator.store.counters import CHOSEN
from emulator.store.records import ApplicationState, Change, Effects, Grant, JournalQuery, Override, Search
from emulator.store.stores import store_at
from tests.store.killed import killed_after
from tests.support.samples import NOW, SECOND, flow, sms

pytestmark = pytest.mark.anyio
UNWRITABLE = 2**70
"""A time that no database takes."""


def chosen(state: ApplicationState) -> ApplicationState:
    """The state with a scenario by its name, and money spent."""
    return replace(state, scenario="busy", text=None, spent=1.5)


def overridden(state: ApplicationState) -> ApplicationState:
    """The state with two rules on top, the first one good for two requests."""
    new = (Override(0, "first", "rule: 1", 2), Override(0, "second", "rule: 2"))
    return replace(state, overrides=(*new, *state.overrides))


def entry(error: str, at: int = NOW) -> Entry:
    """A journal entry of no flow."""
    return Entry(at, "app", None, Stranded(error))


def asked(ordinal: int, effects: Effects | None = None, at: int = NOW) -> Change:
    """A new flow, of the application's request of this number."""
    made = replace(flow([sms()], name=f"f{ordinal}"), ordinal=ordinal, created_at=at)
    return Change(made, (), (), None, effects)


def replying(to: str, at: int, text: str, flow: Flow) -> Change:
    """A recipient writes something back."""
    return Change(flow, replied=((to, at, text),))


@asynccontextmanager
async def opened(place: str) -> AsyncIterator[Store]:
    """The store at a place."""
    store = store_at(place)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


# --- what is in force --------------------------------------------------------------------------------------------


async def test_steering_changes_what_is_in_force_with_its_entries(store: Store) -> None:
    """Other applications' states stay."""
    assert store.state("app") == ApplicationState()
    steered = await store.steer("app", chosen, lambda _: [entry("scenario")])
    assert steered == store.state("app") == ApplicationState("busy", None, (), 1.5)
    await store.steer("app", lambda state: replace(state, scenario="inline", text="rules: []", spent=0.0))
    assert store.state("app") == ApplicationState("inline", "rules: []")
    assert store.states() == {"app": store.state("app")}
    assert [bytes(each.data) for each in await store.journal(JournalQuery())] == [b'{"error":"scenario"}']


async def test_steering_everybody_can_change_the_rest_with_it(store: Store) -> None:
    """What is in force for everybody, and what each application spent."""
    for name in ("app", "other"):
        await store.steer(name, chosen)
    await store.steer(EVERYBODY, chosen, rest=lambda state: replace(state, spent=0.0))
    assert store.state(EVERYBODY) == ApplicationState("busy", None, (), 1.5)
    assert store.state("app") == store.state("other") == ApplicationState("busy")


async def test_overrides_are_numbered_across_applications(store: Store) -> None:
    """And keep their numbers while others come on top; no number comes twice, not even after a reset."""
    await store.steer("app", overridden)
    await store.steer(EVERYBODY, overridden)
    await store.steer("app", overridden)
    assert [each.number for each in store.state("app").overrides] == [5, 6, 1, 2]
    assert [each.number for each in store.state(EVERYBODY).overrides] == [3, 4]
    await store.reset(EVERYBODY, entry("reset"))
    assert store.state("app").overrides == store.state(EVERYBODY).overrides == ()
    assert [each.number for each in (await store.steer("app", overridden)).overrides] == [7, 8]


async def test_a_change_that_can_t_be_committed_leaves_what_was_in_force(store: Store) -> None:
    """In memory and in the file."""
    await store.steer("app", chosen)
    with pytest.raises(OverflowError):
        await store.steer("app", overridden, lambda _: [entry("bad", UNWRITABLE)])
    assert store.state("app") == ApplicationState("busy", None, (), 1.5)
    with pytest.raises(ValueError, match="no"):
        await store.steer("app", fail)
    assert store.state("app") == ApplicationState("busy", None, (), 1.5)


def fail(_: ApplicationState) -> ApplicationState:
    """A change that can't be made."""
    raise ValueError("no")


# --- what requests take ------------------------------------------------------------------------------------------


async def test_what_a_request_takes_applies_before_its_flow_is_committed(alone: Store) -> None:
    """So the next request goes by it; an override without uses left is gone, everybody's too."""
    await alone.steer("app", overridden)
    await alone.steer(EVERYBODY, overridden)
    adding = asyncio.ensure_future(alone.add(asked(1, Effects("app", 0.25, (1, 2, 3))), EVERYBODY))
    await asyncio.sleep(0)
    assert alone.state("app").spent == 0.25
    assert [(each.number, each.uses) for each in alone.state("app").overrides] == [(1, 1), (2, None)]
    assert [(each.number, each.uses) for each in alone.state(EVERYBODY).overrides] == [(3, 1), (4, None)]
    await adding
    done = asyncio.get_running_loop().create_future()
    alone.add_soon(asked(2, Effects("app", 0.5, (1,))), EVERYBODY, lambda _, error: done.set_result(error))
    assert (alone.state("app").spent, [each.number for each in alone.state("app").overrides]) == (0.75, [2])
    assert await done is None
    await alone.record([entry("refused")], Effects("app", used=(3,)))
    assert [each.number for each in alone.state(EVERYBODY).overrides] == [4]
    await alone.add_taking(asked(3, Effects("app", 0.25)), EVERYBODY, NOW)
    assert alone.state("app").spent == 1.0


async def test_what_a_failed_request_took_is_taken_back(alone: Store) -> None:
    """An override that it used up stands again where it stood; what other requests took stays taken."""
    await alone.steer("app", overridden)
    await alone.add(asked(1, Effects("app", 1.0, (1,))), EVERYBODY)
    failing = asyncio.ensure_future(alone.add(asked(2, Effects("app", 2.0, (1,)), UNWRITABLE), EVERYBODY))
    done = asyncio.get_running_loop().create_future()
    bad = asked(3, Effects("app", 4.0), UNWRITABLE)
    alone.add_soon(bad, EVERYBODY, lambda _, error: done.set_result(error))
    good = asyncio.ensure_future(alone.add(asked(4, Effects("app", 8.0)), EVERYBODY))
    await asyncio.sleep(0)
    assert (alone.state("app").spent, [each.number for each in alone.state("app").overrides]) == (15.0, [2])
    with pytest.raises(OverflowError):
        await failing
    assert isinstance(await done, OverflowError)
    await good
    assert alone.state("app").spent == 9.0
    assert [(each.number, each.uses) for each in alone.state("app").overrides] == [(1, 1), (2, None)]


async def test_what_was_steered_after_a_request_is_not_undone_by_its_failure(alone: Store) -> None:
    """What it took is forgotten by then."""
    ended: list[Exception | None] = []
    both = asyncio.Event()

    def done(_: object, error: Exception | None) -> None:
        ended.append(error)
        if len(ended) == 2:
            both.set()

    alone.add_soon(asked(1, Effects("app", 4.0)), EVERYBODY, done)
    alone.add_soon(asked(2, Effects("app", 4.0), UNWRITABLE), EVERYBODY, done)
    assert alone.state("app").spent == 8.0
    await alone.steer("app", lambda state: replace(state, spent=0.0))
    await both.wait()
    assert [type(error) for error in ended] == [type(None), OverflowError]
    assert alone.state("app").spent == 0.0


async def test_in_a_turn_what_a_request_takes_applies_to_the_next_one(store: Store) -> None:
    """Before either is committed, whatever kind of store it is; what a turn took that failed is taken back."""
    await store.steer("app", overridden)
    seen = list[tuple[float, list[int]]]()

    async def taking(*changes: Change) -> None:
        written = list[asyncio.Future[None]]()
        for change in changes:
            future = asyncio.get_running_loop().create_future()
            written.append(future)
            store.add_soon(change, EVERYBODY, partial(told, future))
            state = store.state("app")
            seen.append((state.spent, [each.number for each in state.overrides]))
        await asyncio.gather(*written)

    await store.turn(lambda: taking(*[asked(number, Effects("app", 2.0**number, (1,))) for number in (1, 2)]))
    assert seen == [(2.0, [1, 2]), (6.0, [2])]
    with pytest.raises(OverflowError):
        await store.turn(lambda: taking(asked(3, Effects("app", 8.0, (2,)), UNWRITABLE)))
    assert (store.state("app").spent, [each.number for each in store.state("app").overrides]) == (6.0, [2])


async def test_a_flow_is_planned_when_it_has_its_turn(store: Store) -> None:
    """With what is in force by then, in the order of asking; one that is not wanted any more is not written."""
    futures = [asyncio.get_running_loop().create_future() for _ in range(4)]

    def plan(wanted: bool) -> tuple[Change, str] | None:
        (number,) = store.counters.count("app", [""])
        return (asked(number, Effects("app", 1.0 + store.state("app").spent)), EVERYBODY) if wanted else None

    for number, future in enumerate(futures):
        store.add_planned(partial(plan, number != 1), partial(told, future))
    await asyncio.gather(*futures)
    page = await store.search(Search("app", oldest=True))
    assert [each.ordinal for each in page.flows] == [1, 3, 4]
    assert store.state("app").spent == 7.0


def told(future: asyncio.Future[None], _: object, error: Exception | None) -> None:
    """Set a future as a write has ended."""
    future.set_result(None) if error is None else future.set_exception(error)


async def test_a_scenario_s_text_and_overrides_are_the_same_objects_while_they_stay(store: Store) -> None:
    """So what was made of them can be kept by their identity."""
    before = await store.steer("app", overridden)
    await store.add(asked(1, Effects("app", 1.0, (2,))), EVERYBODY)
    assert store.state("app").overrides is before.overrides


# --- counts ------------------------------------------------------------------------------------------------------


async def test_calls_are_counted_by_application_and_name(store: Store) -> None:
    """From 1; the same name twice counts twice; requests go on from the flows there are."""
    assert store.counters.count("app", ["", "to +30", "to +30", "token"]) == [1, 1, 2, 1]
    assert store.counters.count("app", [""]) == [2]
    assert store.counters.count("other", ["", "token"]) == [1, 1]
    await store.add(asked(7), EVERYBODY)
    assert store.counters.count("app", ["", "to +30"]) == [8, 3]


async def test_requests_are_counted_within_periods_of_the_clock(store: Store) -> None:
    """Each length by itself, each name too; a later period begins anew, a reset as well."""
    assert [store.counters.within("app", "", 1000, now) for now in (0, 999, 1000, 1001)] == [1, 2, 1, 2]
    assert (store.counters.within("app", "", 60_000, 1001), store.counters.within("app", "token", 1000, 1001)) == (1, 1)
    assert (store.counters.within("other", "", 1000, 1001), store.counters.within("app", "", 1000, 1002)) == (1, 3)
    await store.reset("app", entry("reset"))
    assert (store.counters.within("app", "", 1000, 1003), store.counters.within("other", "", 1000, 1003)) == (1, 2)


async def test_the_first_request_under_a_scenario_is_remembered_until_one_is_chosen(store: Store) -> None:
    """Or until a reset; for the application, or for everybody."""
    assert [store.counters.began("app", "busy", now) for now in (5, 7)] == [5, 5]
    assert (store.counters.began("app", "other", 8), store.counters.began("other", "busy", 9)) == (8, 9)
    store.counters.count("app", [CHOSEN])
    assert (store.counters.began("app", "busy", 10), store.counters.began("other", "busy", 11)) == (10, 9)
    store.counters.count(EVERYBODY, [CHOSEN])
    assert (store.counters.began("app", "busy", 12), store.counters.began("other", "busy", 13)) == (12, 13)
    await store.reset("app", entry("reset"))
    assert (store.counters.began("app", "busy", 3), store.counters.began("other", "busy", 14)) == (3, 13)


async def test_the_last_reply_of_a_recipient_is_remembered(store: Store) -> None:
    """Until a reset, by its application alone."""
    await store.add(asked(1), EVERYBODY)

    for at, (to, text) in enumerate((("+301", "STOP"), ("+302", "Yes, please"), ("+301", "START"))):
        await store.change("f1", partial(replying, to, at, text))
    assert [store.counters.replied("app", to, 9) for to in ("+301", "+302", "+303")] == ["START", "Yes, please", ""]
    assert store.counters.replied("other", "+301", 9) == ""
    await store.reset("app", entry("reset"))
    assert store.counters.replied("app", "+301", 9) == ""


# --- tokens ------------------------------------------------------------------------------------------------------

LONG = Grant("t1", "app", ("sms", "viber"), NOW + 5)
SHORT = Grant("t2", "app", ("sms",), NOW + SECOND)
FOREIGN = Grant("t3", "other", ("sms",), NOW)


async def test_tokens_are_found_by_themselves_and_by_their_scopes(store: Store) -> None:
    """The oldest first; those of an application that have ended go when it gets another one."""
    for grant in (LONG, SHORT, FOREIGN):
        await store.save_grant(grant, NOW - 1)
    assert (store.grant("t1"), store.grant("nothing")) == (LONG, None)
    assert (store.granted("app", ("sms",)), store.granted("app", ("voice",))) == (SHORT, None)
    assert (store.grants(), store.grants("app")) == ([LONG, SHORT, FOREIGN], [LONG, SHORT])
    later = replace(SHORT, token="t4", expires_at=NOW + 2 * SECOND)
    await store.save_grant(later, NOW + 5)
    assert store.grants() == [SHORT, FOREIGN, later]
    assert store.granted("app", ("sms",)) == later


async def test_a_revoked_token_is_gone_and_counted(store: Store) -> None:
    """With its journal entries, which are not written if there is no such token."""
    await store.save_grant(LONG, NOW)
    assert await store.revoke("t1", [entry("token revoked")]) == LONG
    assert (store.grant("t1"), store.granted("app", LONG.scopes), store.state("app").revoked) == (None, None, 1)
    assert await store.revoke("t1", [entry("token revoked")]) is None
    assert len(await store.journal(JournalQuery())) == 1


async def test_a_token_that_can_t_be_saved_or_revoked_is_as_before(store: Store) -> None:
    """In memory too."""
    with pytest.raises(OverflowError):
        await store.save_grant(replace(LONG, expires_at=UNWRITABLE), NOW)
    assert store.grants() == []
    await store.save_grant(LONG, NOW)
    with pytest.raises(OverflowError):
        await store.revoke("t1", [entry("bad", UNWRITABLE)])
    assert (store.grant("t1"), store.state("app").revoked) == (LONG, 0)


# --- repeated bodies, resets -------------------------------------------------------------------------------------


async def test_a_body_that_came_within_a_minute_is_known(store: Store) -> None:
    """With the flow that it became; of the same application only."""
    assert store.repeated.remember("app", b"body", NOW, "f1") is None
    assert store.repeated.remember("other", b"body", NOW, "g1") is None
    assert store.repeated.remember("app", b"body", NOW + 60 * SECOND, "f2") == "f1"
    assert store.repeated.remember("app", b"body", NOW + 120 * SECOND + 1, "f3") is None


async def test_a_body_that_became_no_flow_is_not_remembered(store: Store) -> None:
    """Not even one that became a flow before."""
    store.repeated.remember("app", b"body", NOW, "f1")
    store.repeated.remember("app", b"body", NOW, "f2")
    store.repeated.drop("app", b"body")
    store.repeated.drop("app", b"other")
    assert store.repeated.remember("app", b"body", NOW, "f3") is None


async def test_only_the_latest_bodies_are_remembered(store: Store) -> None:
    """A thousand of them; one that comes again counts as the latest."""
    for number in range(1000):
        store.repeated.remember("app", b"%d" % number, NOW, f"f{number}")
    store.repeated.remember("app", b"0", NOW, "again")
    store.repeated.remember("app", b"new", NOW, "new")
    earlier = [store.repeated.remember("app", body, NOW, "later") for body in (b"new", b"0", b"2", b"1")]
    assert earlier == ["new", "again", "f2", None]


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_a_reset_forgets_the_state_of_one_application_or_of_all(store: Store, application: str) -> None:
    """What is in force, counts, tokens and bodies."""
    for name in ("app", "other", EVERYBODY):
        await store.steer(name, chosen)
        store.counters.count(name, ["", "token"])
        await store.save_grant(Grant(f"of {name}", name, (), NOW), 0)
        store.repeated.remember(name, b"body", NOW, "f")
    await store.add(asked(9), EVERYBODY)
    await store.reset(application, entry("reset"))
    for name in ("app", "other", EVERYBODY):
        gone = application in {EVERYBODY, name}
        assert store.state(name) == (ApplicationState() if gone else ApplicationState("busy", None, (), 1.5))
        assert store.counters.count(name, ["", "token"]) == ([1, 1] if gone else [2, 2])
        forgotten = store.repeated.remember(name, b"body", NOW, "g") is None
        assert (store.grant(f"of {name}") is None, forgotten) == (gone, gone)


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_what_a_reset_keeps_is_in_force_all_the_while(store: Store, application: str) -> None:
    """It and the rest are one transaction: whoever looks meanwhile sees it too, and what was spent is there until then
    or not at all.
    """
    await store.steer("app", lambda state: replace(chosen(state), overrides=(Override(0, "r", "rule", 2),)))
    await store.steer("other", chosen)
    before = store.state("app")
    kept = replace(before, spent=0.0)
    resetting = asyncio.create_task(store.reset(application, entry("reset"), None, lambda s: replace(s, spent=0.0)))
    seen = [store.state("app")]
    while not resetting.done():
        await asyncio.sleep(0)
        seen.append(store.state("app"))
    await resetting
    assert all(each in (before, kept) for each in seen)
    assert store.state("app") == kept
    assert store.state("other").spent == (0.0 if application == EVERYBODY else 1.5)


async def test_a_reset_that_can_t_be_committed_forgets_nothing(store: Store) -> None:
    """Neither what is in force nor the counts."""
    await store.steer("app", chosen)
    store.counters.count("app", ["token"])
    await store.save_grant(LONG, NOW)
    with pytest.raises(OverflowError):
        await store.reset("app", entry("reset", UNWRITABLE), None, lambda state: replace(state, scenario="other"))
    assert (store.state("app").scenario, store.counters.count("app", ["token"]), store.grants()) == (
        "busy",
        [2],
        [LONG],
    )


# --- a killed process --------------------------------------------------------------------------------------------


async def act(store: Store) -> None:
    """Do something of everything."""
    await store.steer("app", chosen)
    await store.steer("app", overridden)
    await store.steer(EVERYBODY, lambda state: replace(state, scenario="inline", text="rules: []"))
    await store.steer("reset", overridden)
    await store.reset("reset", entry("reset"))
    store.counters.count("app", [""])
    await store.add(asked(1, Effects("app", 0.25, (1,))), EVERYBODY)
    store.counters.count("app", ["", "to +30", "to +30", "token"])
    store.counters.began("app", "busy", 5)
    store.counters.within("app", "", 60_000, NOW)
    for at, text in ((7, "STOP it"), (8, "START it"), (9, "STOP it")):
        await store.change("f1", partial(replying, "+30", at, text))
    await store.save_grant(LONG, NOW)
    await store.save_grant(SHORT, NOW)
    await store.revoke("t2", [entry("token revoked")])


@pytest.mark.parametrize("killed", [False, True])
async def test_a_restart_finds_the_state_of_applications(place: str, killed: bool) -> None:
    """Whether the store was closed or its process killed; only repeated bodies are forgotten."""
    if killed:
        killed_after(act, place)
    else:
        async with opened(place) as store:
            await act(store)
    async with opened(place) as store:
        overrides = (Override(1, "first", "rule: 1", 1), Override(2, "second", "rule: 2"))
        assert store.state("app") == ApplicationState("busy", None, overrides, 1.75, 1)
        assert store.state(EVERYBODY) == ApplicationState("inline", "rules: []")
        assert store.state("reset") == ApplicationState()
        assert store.counters.count("app", ["", "to +30", "token", "tracking"]) == [3, 3, 2, 1]
        assert (store.counters.began("app", "busy", 99), store.counters.replied("app", "+30", 99)) == (5, "STOP it")
        assert store.counters.within("app", "", 60_000, NOW + 1) == 2
        assert store.grants() == [LONG]
        assert [each.number for each in (await store.steer("new", overridden)).overrides] == [5, 6]


async def test_what_a_rollback_undid_is_written_by_the_next_commit(place: str) -> None:
    """Counts and states that were about to be committed with a state that can't be written."""
    async with opened(place) as store:
        await store.steer("app", overridden)

        async def counted() -> None:
            store.counters.count("app", ["", "token"])

        await store.turn(counted)
        with pytest.raises(OverflowError):
            await store.steer("app", lambda state: replace(state, revoked=UNWRITABLE), lambda _: [entry("bad")])
        await store.add(asked(2, Effects("app", 0.5, (1,))), EVERYBODY)
        before = store.state("app")
    async with opened(place) as store:
        assert store.state("app") == before
        assert (before.spent, before.revoked, [each.uses for each in before.overrides]) == (0.5, 0, [1, None])
        assert store.counters.count("app", ["", "token"]) == [3, 2]
        assert await store.journal(JournalQuery()) == []


async def test_counts_are_written_when_the_store_is_closed(place: str) -> None:
    """Even if nothing was written after them."""
    async with opened(place) as store:
        store.counters.count("app", ["", "", "tracking"])
    async with opened(place) as store:
        assert store.counters.count("app", ["", "tracking"]) == [3, 2]
