"""One emulator for each section, whose clock stands still, and a receiver for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.running import Emulator, Receiver, emulator, receiver


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator with the scenario default."""
    with emulator("--rate", "0", "--token-lifetime", "631139040") as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver that answers 200."""
    with receiver() as made:
        yield made
