"""The price table, and how messages are charged by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from emulator.accounts.prices import Prices, PricesError, charged, exact, load, unit
from emulator.channels.table import Channel
from emulator.flow.request import Action, ViberMessage
from tests.support.samples import sms, viber, voice


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
    ("channel", "status", "parts", "seconds", "price"),
    [
        (Channel.SMS, "Delivered", 3, 0, 0.3),
        (Channel.SMS, "Queued", 1, 0, 0.1),
        (Channel.SMS, "Failed", 3, 0, 0),
        (Channel.VIBER, "EXPIRED", 1, 0, 0.1),
        (Channel.VIBER, "UNSENT", 1, 0, 0),
        (Channel.VOICE, "Completed", 1, 90, 0.15),
        (Channel.VOICE, "Busy", 1, 0, 0),
    ],
)
def test_what_is_charged(channel: Channel, status: str, parts: int, seconds: int, price: float) -> None:
    """By the part, the message, the second; what was never sent is free."""
    assert charged(channel, 0.1, parts, status, seconds) == exact(price)


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
        ("{", "expected"),
        ('{"Fax": {}}', "Fax"),
        ('{"Sms": {"*": "free"}}', r"Sms\[\.\.\.\]: Expected `float`"),
        ('{"Sms": {"*": -1}}', r"Sms\[\.\.\.\]: Expected `float`"),
        ('{"Sms": {"gr": 1, "*": 1}}', 'Sms names "gr"; a country is two capitals'),
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
