"""Sleeping until a ring or a time."""

from __future__ import annotations

import asyncio

import pytest

from emulator.clock.alarm import Alarm

pytestmark = pytest.mark.anyio


async def test_a_ring_ends_the_sleep() -> None:
    """Of a sleeper that has no time of its own."""
    alarm = Alarm()
    asyncio.get_running_loop().call_soon(alarm.ring)
    await alarm.sleep(None)


async def test_a_ring_while_nobody_sleeps_ends_the_next_sleep_and_only_that() -> None:
    """Two rings count as one."""
    alarm = Alarm()
    alarm.ring()
    alarm.ring()
    await alarm.sleep(None)
    sleeper = asyncio.ensure_future(alarm.sleep(None))
    await asyncio.sleep(0)
    assert not sleeper.done()
    alarm.ring()
    await sleeper


async def test_a_sleep_ends_by_itself_when_its_time_is_over() -> None:
    """Nobody rings."""
    await Alarm().sleep(0.001)


async def test_a_sleep_that_is_cancelled_leaves_no_ring_behind() -> None:
    """Its timer is gone with it."""
    alarm = Alarm()
    sleeper = asyncio.ensure_future(alarm.sleep(0.001))
    await asyncio.sleep(0)
    sleeper.cancel()
    await asyncio.gather(sleeper, return_exceptions=True)
    next_sleeper = asyncio.ensure_future(alarm.sleep(None))
    await Alarm().sleep(0.005)
    assert not next_sleeper.done()
    alarm.ring()
    await next_sleeper
