"""Whose turn it is to move a clock, and who is told that the turn does not come."""

from __future__ import annotations

import asyncio

import pytest

from emulator.engine.turns import Busy, Turns
from emulator.store.sharing import Alone

pytestmark = pytest.mark.anyio


async def taking(turns: Turns) -> None:
    """Take a turn that does nothing."""
    async with turns.turn():
        pass


async def test_calls_have_their_turns_in_the_order_in_which_they_came() -> None:
    """However long a turn takes, as long as it waits for no callback."""
    turns, order = Turns(0, Alone(), ""), list[int]()

    async def call(number: int) -> None:
        async with turns.turn():
            await asyncio.sleep(0)
            order.append(number)

    async with turns.lock:
        calls = [asyncio.create_task(call(number)) for number in range(3)]
        for _ in range(10):
            await asyncio.sleep(0)
    await asyncio.gather(*calls)
    assert order == [0, 1, 2]


async def test_a_call_does_not_overtake_one_whose_turn_has_come() -> None:
    """Though the lock is free until that one goes on."""
    turns, order = Turns(0, Alone(), ""), list[int]()

    async def call(number: int) -> None:
        async with turns.turn():
            order.append(number)

    await turns.lock.acquire()
    first = asyncio.create_task(call(1))
    for _ in range(10):
        await asyncio.sleep(0)
    turns.lock.release()
    await call(2)
    await first
    assert order == [1, 2]


async def test_a_call_behind_a_call_that_waits_without_answers_is_refused() -> None:
    """And nobody's turn is lost by it."""
    turns = Turns(0, Alone(), "")
    async with turns.turn():
        with turns.waiting(), pytest.raises(Busy, match="a callback which is not answered yet"):
            await taking(turns)
    await taking(turns)
    assert not turns.lock.locked()


async def test_nobody_is_refused_for_callbacks_that_no_call_waits_for(caplog: pytest.LogCaptureFixture) -> None:
    """The call has its turn after them, and the log tells why that takes so long."""
    turns = Turns(0, Alone(), "")
    async with turns.lock:
        with turns.waiting():
            call = asyncio.create_task(taking(turns))
            for _ in range(20):
                await asyncio.sleep(0)
            assert not call.done()
    await call
    assert caplog.messages == [
        "a call to move time waits for a callback that is not answered; is it the handler's own?"
    ]


async def test_a_call_is_not_refused_while_answers_come() -> None:
    """Whoever gives them does not wait for it."""
    turns = Turns(0, Alone(), "")
    async with turns.turn():
        with turns.waiting() as heard:
            call = asyncio.create_task(taking(turns))
            for _ in range(20):
                await asyncio.sleep(0)
                heard()
            assert not call.done()
    await call


async def test_nobody_is_refused_for_callbacks_that_began_later() -> None:
    """They can't be waiting for a call that was there before them."""
    turns = Turns(0, Alone(), "")
    async with turns.turn():
        call = asyncio.create_task(taking(turns))
        await asyncio.sleep(0)
        with turns.waiting():
            for _ in range(20):
                await asyncio.sleep(0)
            assert not call.done()
    await call


async def test_a_call_that_is_cancelled_while_it_waits_takes_nobody_s_turn() -> None:
    """As one whose client has left."""
    turns = Turns(0, Alone(), "")
    async with turns.lock:
        call = asyncio.create_task(taking(turns))
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        assert turns.lock.locked()
    await taking(turns)
