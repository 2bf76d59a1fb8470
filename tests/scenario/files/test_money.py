"""Reading what an account has, and what messages cost."""

from __future__ import annotations

import pytest

from emulator.flow.priced import OwnPrice
from emulator.scenario.files.money import balance, prices
from tests.support.scenarios import cursor

BOTH = (OwnPrice("Viber", 0.2, "", "transactional"), OwnPrice("Viber", 0.2, "", "promotional"))


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"Sms": 0.04}, (OwnPrice("Sms", 0.04),)),
        ({"Voice": {"GR": 1, "*": 2}}, (OwnPrice("Voice", 1, "GR"), OwnPrice("Voice", 2, "*"))),
        ({"Viber": 0.2}, BOTH),
        ({"Viber": {"transactional": 0.2}}, BOTH[:1]),
        ({"Viber": {"CY": {"promotional": 3}}}, (OwnPrice("Viber", 3, "CY", "promotional"),)),
        ({"TwoStep": {"voice": 4}}, (OwnPrice("TwoStep", 4, "", "voice"),)),
    ],
)
def test_prices_are_for_everywhere_or_by_country(value: object, read: object) -> None:
    """Of Viber for both kinds of messages, or for one."""
    reading, findings = cursor(value)
    assert (prices(reading), findings) == (read, [])


@pytest.mark.parametrize(("value", "read"), [(0.1, 0.1), ({"messages": 20}, 20.0)])
def test_a_balance_is_an_amount_or_a_number_of_messages(value: object, read: float) -> None:
    """What it counts is told by its form."""
    reading, findings = cursor(value)
    assert (balance(reading), findings) == (read, [])
