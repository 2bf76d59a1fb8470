"""The shop under test, tied to the application and the time of its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from emulator.testing import Application
from tests.shop.shop import Outcome, Shop


class Log:
    """What a shop did: the `waits` that it took, in seconds, and the orders whose end it `told`."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.told: list[tuple[str, Outcome]] = []


@pytest.fixture
def log() -> Log:
    """What the shop of this test did."""
    return Log()


@pytest.fixture
def make_shop(
    failover: Application,
    failover_url: str,
    failover_credentials: tuple[str, str],
    pytestconfig: pytest.Config,
    log: Log,
) -> Iterator[Callable[[str], Shop]]:
    """Makes shops that keep their books in a file. When one waits, the emulator's time passes."""
    public = pytestconfig.getoption("--failover-receiver-host")
    host, listen = (public, "0.0.0.0") if public else ("127.0.0.1", "127.0.0.1")

    def wait(seconds: float) -> None:
        log.waits.append(seconds)
        failover.advance(f"{seconds:g}s")

    def told(order: str, outcome: Outcome) -> None:
        log.told.append((order, outcome))

    with ExitStack() as made:

        def make(database: str) -> Shop:
            shop = Shop(
                failover_url, *failover_credentials, host, listen=listen, database=database, wait=wait, told=told
            )
            made.callback(shop.close)
            return shop

        yield make


@pytest.fixture
def closed_shop(make_shop: Callable[[str], Shop]) -> Shop:
    """A shop that has an address but does not listen there yet."""
    return make_shop(":memory:")


@pytest.fixture
def shop(closed_shop: Shop) -> Shop:
    """A shop that listens."""
    closed_shop.open()
    return closed_shop
