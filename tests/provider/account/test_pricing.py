"""The list of prices, made of a table."""

from __future__ import annotations

from emulator.accounts.prices import Prices, ViberPrice
from emulator.provider.account.pricing import Asked, listed

PRICES = Prices(sms={"GR": 0.03, "*": 0.05}, viber={"*": ViberPrice(0.00001, 0.02)}, voice={"GR": 0.06, "*": 0.12})


def test_a_list_is_narrowed_to_a_country_and_a_network() -> None:
    """Countries without the network are left out."""
    told = listed(PRICES, Asked("202", "05", "Sms"))["sms"]
    assert [(each["iso"], [network["mnc"] for network in each["networks"]]) for each in told] == [("GR", ["05"])]
    assert listed(PRICES, Asked("202", "99"))["sms"] == []


def test_what_clients_rely_on_is_there_whatever_is_asked_for() -> None:
    """Sms, two-step and currency."""
    told = listed(PRICES, Asked("202", service="Voice"))
    assert list(told) == ["sms", "voice", "twoStep", "currency"]
    assert (told["sms"], told["voice"]) == (
        [],
        [{"country": "Greece", "iso": "GR", "landlinePrice": "0.06", "mobilePrice": "0.06"}],
    )


def test_prices_of_viber_and_voice_are_texts_and_those_of_sms_numbers() -> None:
    """As documented."""
    told = listed(PRICES, Asked("280"))
    assert told["sms"][0]["networks"][0]["price"] == 0.05
    outbound = [told["viber"][0]["prices"][f"{kind}Outbound"] for kind in ("transactional", "promotional")]
    assert outbound == ["0.00001", "0.02"]
    assert list(told) == ["sms", "viber", "voice", "twoStep", "lookup", "numberValidator", "currency"]
