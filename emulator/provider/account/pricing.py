"""The provider's list of prices, made of the table that messages are charged by. Pure.

A country's networks all have its price. What the table has no price for is free: replies, and fees.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from msgspec import Struct

from emulator.accounts.prices import ANYWHERE, CURRENCY, Prices, exact
from emulator.channels.networks import countries, mccs, networks
from emulator.errors import Json

Service = Literal["Sms", "Voice", "TwoStep", "Lookup", "NumberValidator", "Viber"]
SERVICES: Final[tuple[Service, ...]] = get_args(Service)


class Asked(Struct, frozen=True):
    """What a list is narrowed to: a country's code, a network's code, a service; None: to nothing."""

    mcc: str | None = None
    mnc: str | None = None
    service: Service | None = None


def listed(prices: Prices, asked: Asked) -> Json:
    """The prices that are asked for. The members `sms`, `twoStep` and `currency` are always there, since clients rely
    on them; if another service is asked for, `sms` is empty.
    """
    codes = [code for code in countries() if asked.mcc in {None, mccs()[code]}]
    services = SERVICES if asked.service is None else (asked.service,)
    found: Json = {"sms": _sms(prices, codes, asked.mnc) if "Sms" in services else []}
    if "Viber" in services:
        found["viber"] = [_place(code) | {"prices": _viber(prices, code)} for code in codes]
    if "Voice" in services:
        of = {code: _text(prices.voice.get(code, prices.voice[ANYWHERE])) for code in codes}
        found["voice"] = [_place(code) | {"landlinePrice": of[code], "mobilePrice": of[code]} for code in codes]
    found["twoStep"] = prices.two_step
    if "Lookup" in services:
        found["lookup"] = {"perRequest": prices.lookup}
    if "NumberValidator" in services:
        found["numberValidator"] = prices.number_validator
    return found | {"currency": dict(CURRENCY)}


def _place(code: str) -> Json:
    return {"country": countries()[code], "iso": code}


def _sms(prices: Prices, codes: list[str], mnc: str | None) -> list[Json]:
    """The prices of one part; a country without the network that is asked for is left out."""
    made = []
    for code in codes:
        price = prices.sms.get(code, prices.sms[ANYWHERE])
        found = [each for each in networks()[code] if mnc in {None, each.mnc}]
        shown = [{"network": each.name, "mnc": each.mnc, "price": price} for each in found]
        if shown:
            made.append({"mcc": mccs()[code]} | _place(code) | {"networks": shown})
    return made


def _viber(prices: Prices, code: str) -> Json:
    price = prices.viber.get(code, prices.viber[ANYWHERE])
    return {
        "transactionalOutbound": _text(price.transactional),
        "transactionalInbound": "0",
        "promotionalOutbound": _text(price.promotional),
        "promotionalInbound": "0",
        "fee": "0",
        "feePeriod": "Monthly",
    }


def _text(price: float) -> str:
    """A price as a text, without an exponent."""
    return f"{exact(price):f}"
