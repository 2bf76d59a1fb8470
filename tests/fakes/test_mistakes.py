"""Requests with one mistake are refused for that mistake alone."""

from __future__ import annotations

import json

import pytest
from faker import Factory
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.errors import Json
from emulator.fakes import MISTAKES, FailoverProvider
from emulator.flow.request import Request
from emulator.provider.failover import reading
from emulator.provider.failover.reading import Invalid

SEEDS = st.integers(0, 2**32)


def fakes(seed: int, locale: str = "en_US") -> FailoverProvider:
    """The provider on a seeded generator of its own."""
    generator = Factory.create(locale)
    generator.seed_instance(seed)
    return FailoverProvider(generator)


def accepted(body: Json) -> Request:
    """The request of a body, as the emulator understands it."""
    return reading.failover(json.dumps(body).encode())


@pytest.mark.parametrize("mistake", MISTAKES)
@settings(max_examples=10)
@given(seed=SEEDS)
def test_a_mistake_is_refused_at_its_path_alone(mistake: str, seed: int) -> None:
    """Whatever else the body holds."""
    broken = fakes(seed).invalid_failover_flow(mistake=mistake)
    with pytest.raises(Invalid) as caught:
        accepted(broken.body)
    assert broken.mistake == mistake
    assert list(caught.value.properties) == [broken.path]


def test_every_mistake_is_made_unless_one_is_chosen() -> None:
    """Among a thousand bodies, each at least once."""
    fake = fakes(7)
    assert {fake.invalid_failover_flow().mistake for _ in range(1000)} == set(MISTAKES)


def test_a_mistake_that_there_is_not_is_refused() -> None:
    """By its name."""
    with pytest.raises(KeyError, match="sms-too-nice"):
        fakes(1).invalid_failover_flow("sms-too-nice")


def test_a_mistake_does_not_spoil_the_next_body() -> None:
    """Bodies don't share their wrong values."""
    fake = fakes(7)
    fake.invalid_failover_flow("viber-file-with-text").body["flow"].clear()
    first, second = (fake.invalid_failover_flow("callback-without-url").body["callback"] for _ in range(2))
    first["url"] = "http://127.0.0.1:8081/hook"
    assert second == {"strategy": "OnStep"}
