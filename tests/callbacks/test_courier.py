"""The courier: its ladder, and its limits on a real receiver."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence

import pytest

from emulator.callbacks.courier import ROOM
from emulator.callbacks.poster import ANSWER_LIMIT
from emulator.callbacks.retries import LADDER
from emulator.clock.clock import EVERYBODY, Clock
from emulator.store.records import Claimed, Settlement
from emulator.store.sqlite.store import SqliteStore
from tests.callbacks.bench import bench
from tests.support.running import receiver
from tests.support.samples import NOW, SECOND

pytestmark = pytest.mark.anyio


async def test_the_whole_ladder_ends_with_giving_up() -> None:
    """Thirteen posts in a day; the flow's next callback has not waited for any but the first."""
    with receiver() as hook:
        hook.judge = lambda body, _: 200 if body == b'{"n":1}' else 500
        async with bench() as made:
            await made.told("flow", hook.url, hook.url)
            for attempt, after in enumerate([0, *LADDER]):
                await made.pass_time(NOW + after - made.time)
                assert len(await made.attempts(attempt + 2)) == attempt + 2
            attempts = await made.attempts(14)
        assert [each["outcome"] for each in attempts] == ["refused", "received", *["refused"] * 11, "given up"]
        assert attempts[0]["next"] == "2026-03-02T09:16:14.44Z"
        assert hook.next() == {"n": 1}


class Stubborn(SqliteStore):
    """A store that can never write how the attempts at one flow's callbacks end."""

    async def claim(
        self, now: Mapping[str, int], room: Callable[[str], int], settlements: Sequence[Settlement] = ()
    ) -> Claimed:
        """See Store. Raises OSError."""
        if any(settlement.delivery.flow == "bad" for settlement in settlements):
            raise OSError("no space left")
        return await super().claim(now, room, settlements)


async def test_an_end_that_can_t_be_written_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the ends of others that came with it, nor callbacks that fall due later; it is not posted again."""
    with receiver() as hook:
        async with bench(Stubborn()) as made:
            for name in ("bad", "good"):
                await made.told(name, hook.url)
            assert (await made.attempts(1))[0]["id"] == "good0"
            await made.told("later", hook.url)
            assert (await made.attempts(2))[1]["id"] == "later0"
        assert hook.count == 3
    assert "could not be written together" in caplog.text


async def test_a_host_that_is_not_allowed_gets_no_post_and_no_retry() -> None:
    """The journal has the status 0, and says where callbacks may go; the flow's next callback has its turn."""
    with receiver() as hook:
        async with bench(None, "shop.test", "*.example") as made:
            await made.told("flow", hook.url, hook.url)
            for attempt in await made.attempts(2):
                assert (attempt["status"], attempt["outcome"], attempt.get("next")) == (0, "given up", None)
                assert attempt["answer"] == "callbacks may only go to shop.test, *.example"
        assert hook.count == 0


async def test_nothing_is_repeated_before_its_time() -> None:
    """A millisecond before, nothing; then it comes."""
    with receiver() as hook:
        hook.answer = lambda count: 500 if count == 1 else 200
        async with bench() as made:
            await made.told("flow", hook.url)
            await made.attempts(1)
            await made.pass_time(30 * SECOND - 1)
            await made.told("other", hook.url)
            assert (await made.attempts(2))[1]["id"] == "other0"
            await made.pass_time(1)
            assert (await made.attempts(3))[2]["id"] == "flow0"


async def test_a_receiver_that_does_not_answer_in_time_is_dropped() -> None:
    """And told so in the journal."""
    held = threading.Event()
    with receiver() as hook:

        def wait(_: int) -> int:
            held.wait(10)
            return 200

        hook.answer = wait
        async with bench() as made:
            await made.told("flow", hook.url)
            (attempt,) = await made.attempts(1)
            held.set()
        assert (attempt["status"], attempt["answer"]) == (None, "no answer within 0.5 s")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "http://nowhere.invalid/x", "http://127.0.0.1:99999/x", "http://av[:].@/x"]
)
async def test_an_address_that_can_t_be_reached_is_an_attempt_that_failed(url: str) -> None:
    """With the reason."""
    async with bench() as made:
        await made.told("flow", url)
        (attempt,) = await made.attempts(1)
    assert (attempt["status"], attempt["outcome"]) == (None, "refused")
    assert attempt["answer"]


async def test_a_slow_receiver_takes_no_more_than_its_room() -> None:
    """However many callbacks wait for it, another's goes out at once."""
    held = threading.Event()
    with receiver() as slow, receiver() as quick:

        def wait(_: int) -> int:
            held.wait(10)
            return 200

        slow.answer = wait
        async with bench() as made:
            for number in range(ROOM + 20):
                await made.told(f"slow{number}", slow.url)
            await made.told("quick", quick.url)
            (first, *_) = await made.attempts(1)
            assert first["id"] == "quick0"
            held.set()


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    """The start of it is enough, and is kept."""
    writers: list[asyncio.StreamWriter] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + b"x" * ANSWER_LIMIT)
        await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with bench() as made:
        await made.told("flow", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook")
        (attempt,) = await made.attempts(1)
    writers[0].close()
    server.close()
    assert (attempt["status"], attempt["outcome"], attempt["answer"]) == (200, "received", "x" * 200)


async def test_connections_are_kept_alive() -> None:
    """Many callbacks, few connections."""
    with receiver() as hook:
        async with bench() as made:
            await made.told("flow", *[hook.url] * 20)
            await made.attempts(20)
        assert [hook.next()["n"] for _ in range(20)] == list(range(20))
        assert hook.connections == 1


async def test_how_late_an_attempt_begins_is_counted_in_real_seconds_where_time_runs() -> None:
    """On a clock of rate 10, a second is a tenth of one; on one that stands, nothing is late."""
    with receiver() as hook:
        async with bench() as made:
            late, other = await made.taken("late", hook.url), await made.taken("other", hook.url)
            made.clocks.set(EVERYBODY, Clock(NOW, NOW, 10))
            made.time += 100
            await made.courier.attempt(late)
            made.clocks.set(EVERYBODY, Clock(NOW, NOW + 2000, 0))
            await made.courier.attempt(other)
            lateness = made.courier.receivers.lateness
            assert made.courier.receivers.outcomes == {"received": 2}
            assert (sum(lateness.counts), lateness.total) == (1, 0.1)
