"""The state of applications, in the store's contract: what is in force, counts, tokens, repeated bodies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.journal.entry import Entry
from emulator.journal.kinds import Stranded
from emulator.store.contract import Store
from emulator.store.records import ApplicationState, Change, Effects, Grant, JournalQuery, Override
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


async def test_what_a_request_takes_applies_before_its_flow_is_committed(store: Store) -> None:
    """So the next request goes by it; an override without uses left is gone, everybody's too."""
    await store.steer("app", overridden)
    await store.steer(EVERYBODY, overridden)
    adding = asyncio.ensure_future(store.add(asked(1, Effects("app", 0.25, (1, 2, 3))), EVERYBODY))
    await asyncio.sleep(0)
    assert store.state("app").spent == 0.25
    assert [(each.number, each.uses) for each in store.state("app").overrides] == [(1, 1), (2, None)]
    assert [(each.number, each.uses) for each in store.state(EVERYBODY).overrides] == [(3, 1), (4, None)]
    await adding
    done = asyncio.get_running_loop().create_future()
    store.add_soon(asked(2, Effects("app", 0.5, (1,))), EVERYBODY, lambda _, error: done.set_result(error))
    assert (store.state("app").spent, [each.number for each in store.state("app").overrides]) == (0.75, [2])
    assert await done is None
    await store.record([entry("refused")], Effects("app", used=(3,)))
    assert [each.number for each in store.state(EVERYBODY).overrides] == [4]
    await store.add_taking(asked(3, Effects("app", 0.25)), EVERYBODY, NOW)
    assert store.state("app").spent == 1.0


async def test_what_a_failed_request_took_is_taken_back(store: Store) -> None:
    """An override that it used up stands again where it stood; what other requests took stays taken."""
    await store.steer("app", overridden)
    await store.add(asked(1, Effects("app", 1.0, (1,))), EVERYBODY)
    failing = asyncio.ensure_future(store.add(asked(2, Effects("app", 2.0, (1,)), UNWRITABLE), EVERYBODY))
    done = asyncio.get_running_loop().create_future()
    bad = asked(3, Effects("app", 4.0), UNWRITABLE)
    store.add_soon(bad, EVERYBODY, lambda _, error: done.set_result(error))
    good = asyncio.ensure_future(store.add(asked(4, Effects("app", 8.0)), EVERYBODY))
    await asyncio.sleep(0)
    assert (store.state("app").spent, [each.number for each in store.state("app").overrides]) == (15.0, [2])
    with pytest.raises(OverflowError):
        await failing
    assert isinstance(await done, OverflowError)
    await good
    assert store.state("app").spent == 9.0
    assert [(each.number, each.uses) for each in store.state("app").overrides] == [(1, 1), (2, None)]


async def test_what_was_steered_after_a_request_is_not_undone_by_its_failure(store: Store) -> None:
    """What it took is forgotten by then."""
    ended: list[Exception | None] = []
    both = asyncio.Event()

    def done(_: object, error: Exception | None) -> None:
        ended.append(error)
        if len(ended) == 2:
            both.set()

    store.add_soon(asked(1, Effects("app", 4.0)), EVERYBODY, done)
    store.add_soon(asked(2, Effects("app", 4.0), UNWRITABLE), EVERYBODY, done)
    assert store.state("app").spent == 8.0
    await store.steer("app", lambda state: replace(state, spent=0.0))
    await both.wait()
    assert [type(error) for error in ended] == [type(None), OverflowError]
    assert store.state("app").spent == 0.0


async def test_a_scenario_s_text_and_overrides_are_the_same_objects_while_they_stay(store: Store) -> None:
    """So what was made of them can be kept by their identity."""
    before = await store.steer("app", overridden)
    await store.add(asked(1, Effects("app", 1.0, (2,))), EVERYBODY)
    assert store.state("app").overrides is before.overrides


# --- counts ------------------------------------------------------------------------------------------------------


async def test_calls_are_counted_by_application_and_name(store: Store) -> None:
    """From 1; the same name twice counts twice; requests go on from the flows there are."""
    assert store.count("app", ["", "to +30", "to +30", "token"]) == [1, 1, 2, 1]
    assert store.count("app", [""]) == [2]
    assert store.count("other", ["", "token"]) == [1, 1]
    await store.add(asked(7), EVERYBODY)
    assert store.count("app", ["", "to +30"]) == [8, 3]


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
    store.repeated.remember("app", b"body", NOW, "f1")
    assert store.repeated.earlier("app", b"body", NOW + 60 * SECOND) == "f1"
    assert store.repeated.earlier("app", b"body", NOW + 60 * SECOND + 1) is None
    assert store.repeated.earlier("other", b"body", NOW) is None


async def test_only_the_latest_bodies_are_remembered(store: Store) -> None:
    """A thousand of them; one that comes again counts as the latest."""
    for number in range(1000):
        store.repeated.remember("app", b"%d" % number, NOW, f"f{number}")
    store.repeated.remember("app", b"0", NOW, "again")
    store.repeated.remember("app", b"new", NOW, "new")
    assert [store.repeated.earlier("app", body, NOW) for body in (b"0", b"1", b"2", b"new")] == [
        "again",
        None,
        "f2",
        "new",
    ]


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_a_reset_forgets_the_state_of_one_application_or_of_all(store: Store, application: str) -> None:
    """What is in force, counts, tokens and bodies."""
    for name in ("app", "other", EVERYBODY):
        await store.steer(name, chosen)
        store.count(name, ["", "token"])
        await store.save_grant(Grant(f"of {name}", name, (), NOW), 0)
        store.repeated.remember(name, b"body", NOW, "f")
    await store.add(asked(9), EVERYBODY)
    await store.reset(application, entry("reset"))
    for name in ("app", "other", EVERYBODY):
        gone = application in {EVERYBODY, name}
        assert store.state(name) == (ApplicationState() if gone else ApplicationState("busy", None, (), 1.5))
        assert store.count(name, ["", "token"]) == ([1, 1] if gone else [2, 2])
        assert (store.grant(f"of {name}") is None, store.repeated.earlier(name, b"body", NOW) is None) == (gone, gone)


async def test_a_reset_that_can_t_be_committed_forgets_nothing(store: Store) -> None:
    """Neither what is in force nor the counts."""
    await store.steer("app", chosen)
    store.count("app", ["token"])
    await store.save_grant(LONG, NOW)
    with pytest.raises(OverflowError):
        await store.reset("app", entry("reset", UNWRITABLE))
    assert (store.state("app").scenario, store.count("app", ["token"]), store.grants()) == ("busy", [2], [LONG])


# --- a killed process --------------------------------------------------------------------------------------------


async def act(store: Store) -> None:
    """Do something of everything."""
    await store.steer("app", chosen)
    await store.steer("app", overridden)
    await store.steer(EVERYBODY, lambda state: replace(state, scenario="inline", text="rules: []"))
    await store.steer("reset", overridden)
    await store.reset("reset", entry("reset"))
    store.count("app", [""])
    await store.add(asked(1, Effects("app", 0.25, (1,))), EVERYBODY)
    store.count("app", ["", "to +30", "to +30", "token"])
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
        assert store.count("app", ["", "to +30", "token", "tracking"]) == [3, 3, 2, 1]
        assert store.grants() == [LONG]
        assert [each.number for each in (await store.steer("new", overridden)).overrides] == [5, 6]


async def test_what_a_rollback_undid_is_written_by_the_next_commit(place: str) -> None:
    """Counts and states that were about to be committed with a state that can't be written."""
    async with opened(place) as store:
        await store.steer("app", overridden)
        store.count("app", ["", "token"])
        with pytest.raises(OverflowError):
            await store.steer("app", lambda state: replace(state, revoked=UNWRITABLE), lambda _: [entry("bad")])
        await store.add(asked(2, Effects("app", 0.5, (1,))), EVERYBODY)
        before = store.state("app")
    async with opened(place) as store:
        assert store.state("app") == before
        assert (before.spent, before.revoked, [each.uses for each in before.overrides]) == (0.5, 0, [1, None])
        assert store.count("app", ["", "token"]) == [3, 2]
        assert await store.journal(JournalQuery()) == []


async def test_counts_are_written_when_the_store_is_closed(place: str) -> None:
    """Even if nothing was written after them."""
    async with opened(place) as store:
        store.count("app", ["", "", "tracking"])
    async with opened(place) as store:
        assert store.count("app", ["", "tracking"]) == [3, 2]
