"""The price table, and how messages are charged by it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from emulator.accounts.prices import (
    ONE_EACH,
    Prices,
    PricesError,
    TwoStepPrice,
    ViberPrice,
    cost,
    load,
    over,
    priced,
    unit,
)
from emulator.flow import machine
from emulator.flow.priced import OwnPrice
from emulator.flow.request import Action, ViberMessage
from emulator.flow.usage import Usage
from tests.support.samples import SECOND, flow, plan, sms, viber, voice


def test_a_price_goes_by_channel_and_country() -> None:
    """With one for all other countries."""
    prices = Prices(sms={"GR": 1, "*": 2}, voice={"*": 3})
    assert [unit(prices, sms(), code) for code in ("GR", "SE", "")] == [1, 2, 2]
    assert unit(prices, voice(), "GR") == 3


def test_a_viber_message_of_text_alone_is_transactional() -> None:
    """Anything else is promotional."""
    button = ViberMessage(text="Hi", action=Action("Open", "https://a.example"))
    assert unit(Prices(), viber(), "GR") == 0.01
    assert unit(Prices(), replace(viber(), message=button), "GR") == 0.02


@pytest.mark.parametrize(
    ("usage", "price"),
    [
        (Usage("Sms", "GR", "", 3), "0.3"),
        (Usage("Sms", "SE", "", 1), "0.2"),
        (Usage("Sms", "GR", "", 0), "0"),
        (Usage("Viber", "", "transactional", 1), "0.01"),
        (Usage("Viber", "", "promotional", 1), "0.02"),
        (Usage("Voice", "GR", "", 90), "0.15"),
        (Usage("Voice", "GR", "", 1), "0.00166667"),
        (Usage("TwoStep", "", "sms", 1), "0.06"),
        (Usage("TwoStep", "", "voice", 1), "0.07"),
    ],
)
def test_what_is_used_has_its_price(usage: Usage, price: str) -> None:
    """By the part, the message, the second, the code; exactly, but for a call."""
    assert priced(usage, Prices(sms={"GR": 0.1, "*": 0.2}, voice={"*": 0.1})) == Decimal(price)


def test_a_message_costs_what_it_uses_at_the_prices_of_its_flow() -> None:
    """Or one, where messages are counted, unless it was never sent."""
    sent = machine.run_out(flow([sms()], (plan((SECOND, "Delivered")),))).flow
    lost = machine.run_out(flow([sms()], (plan((SECOND, "Failed")),))).flow
    assert cost(sent, sent.messages[0], Prices()) == Decimal("0.035")
    own = replace(sent, prices=(OwnPrice("Sms", 5),))
    assert cost(own, own.messages[0], Prices()) == 5
    assert [cost(each, each.messages[0], ONE_EACH) for each in (sent, lost)] == [1, 0]


def test_a_file_sets_the_prices_it_names(tmp_path: Path) -> None:
    """The others stay as they are."""
    path = tmp_path / "prices.json"
    path.write_text('{"Sms": {"*": 0.5}}')
    prices = load(str(path))
    assert (unit(prices, sms(), "GR"), unit(prices, viber(), "GR")) == (0.5, 0.01)
    assert load("") == Prices()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "1: Input data was truncated; expected"),
        ('{"Fax": {}}', "Fax"),
        ('{"Sms": {"*": "free"}}', r"1: Sms\.\*: Expected `float`"),
        ('{"Sms": {"*": -1}}', r"1: Sms\.\*: Expected `float`"),
        ('{"Sms":\n {"gr": 1, "*": 1}}', 'json:2: Sms names "gr"; a country is two capitals'),
        ('{"Voice": {"GR\\n": 1, "*": 1}}', "Voice names"),
        ('{"Sms": {"GR": 1}}', 'Sms has no price for "\\*"'),
    ],
)
def test_a_bad_file_is_told_with_its_name(tmp_path: Path, text: str, told: str) -> None:
    """And with what would be right."""
    path = tmp_path / "prices.json"
    path.write_text(text)
    with pytest.raises(PricesError, match=told) as caught:
        load(str(path))
    assert str(path) in str(caught.value)


def test_a_missing_file_is_told_with_its_name(tmp_path: Path) -> None:
    """As is one that is no file; both with what would be right."""
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(PricesError, match="expected a JSON file such as") as caught:
            load(str(path))
        assert str(path) in str(caught.value)


def test_own_prices_stand_over_those_of_the_table() -> None:
    """One for everywhere takes the place of all countries; what has no own price keeps its own."""
    table = Prices(sms={"GR": 1, "*": 2}, voice={"GR": 3, "*": 4})
    own = [OwnPrice("Sms", 5, "CY"), OwnPrice("Voice", 6), OwnPrice("TwoStep", 7, kind="voice")]
    own += [OwnPrice("Viber", 8, "GR", "promotional"), OwnPrice("Viber", 9, "", "transactional")]
    made = over(table, own)
    assert (made.sms, made.voice) == ({"GR": 1, "*": 2, "CY": 5}, {"*": 6})
    assert made.viber == {"*": ViberPrice(9, 0.02), "GR": ViberPrice(9, 8)}
    assert made.two_step == TwoStepPrice(table.two_step.sms, 7)
    assert over(table, ()) == table == Prices(sms={"GR": 1, "*": 2}, voice={"GR": 3, "*": 4})
