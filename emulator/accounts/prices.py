"""What messages cost: a table by channel and country, and what is charged of it.

The provider publishes no prices for failover: a flow costs what its messages cost. Sms by the part, Viber by the
message (text alone is transactional, anything else promotional), calls by the second and only once answered. What a
failed message costs is not documented either: here only one that was never sent is free.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

from msgspec import UNSET, DecodeError, Meta, Struct, field, json

from emulator.channels import numbers
from emulator.channels.table import Channel
from emulator.channels.text import count
from emulator.errors import EmulatorError
from emulator.flow.content import sent, talked
from emulator.flow.request import SmsStep, Step, ViberStep, VoiceStep, recipient
from emulator.flow.state import Flow, Message

ANYWHERE: Final = "*"
_COUNTRY: Final = r"[A-Z]{2}|\*"
UNSENT: Final = frozenset({"Failed", "FAILED", "Unsent", "UNSENT"})
"""Statuses of messages that were never sent, and so cost nothing."""

Price = Annotated[float, Meta(ge=0)]
"""What one unit costs, in the account's currency."""


class PricesError(EmulatorError):
    """The price file can't be read; the message says where and what would be right."""


class ViberPrice(Struct, frozen=True, forbid_unknown_fields=True):
    """The price of a Viber message by its kind."""

    transactional: Price
    promotional: Price


class Prices(Struct, frozen=True, forbid_unknown_fields=True):
    """Prices by country code, `*` for all others: of a part (Sms), a message (Viber), a minute (Voice)."""

    sms: dict[str, Price] = field(name="Sms", default_factory=lambda: {"GR": 0.035, "CY": 0.03, ANYWHERE: 0.05})
    viber: dict[str, ViberPrice] = field(name="Viber", default_factory=lambda: {ANYWHERE: ViberPrice(0.01, 0.02)})
    voice: dict[str, Price] = field(name="Voice", default_factory=lambda: {"GR": 0.06, ANYWHERE: 0.12})


def load(source: str) -> Prices:
    """The prices of a JSON file; the built-in ones for an empty source. Raises PricesError."""
    if not source:
        return Prices()
    try:
        prices = json.decode(Path(source).read_bytes(), type=Prices)
    except OSError as error:
        raise PricesError(f"{source}: {error.strerror}; expected a JSON file such as {_EXAMPLE}") from error
    except DecodeError as error:
        raise PricesError(f"{source}: {error}; expected {_EXAMPLE}") from error
    for channel, table in (("Sms", prices.sms), ("Viber", prices.viber), ("Voice", prices.voice)):
        _check(f"{source}: {channel}", list(table))
    return prices


def _check(where: str, countries: list[str]) -> None:
    for country in countries:
        if not re.fullmatch(_COUNTRY, country):
            raise PricesError(
                f'{where} names "{country}"; a country is two capitals, such as GR, or "*" for all others'
            )
    if ANYWHERE not in countries:
        raise PricesError(f'{where} has no price for "*", which stands for all other countries')


_EXAMPLE: Final = '{"Sms": {"GR": 0.03, "*": 0.05}, "Viber": {"*": {"transactional": 0.01, "promotional": 0.02}}}'


def cost(flow: Flow, message: Message, prices: Prices) -> float:
    """The price of a message in its present status, in the account's currency: of all its parts, or of the seconds
    that a call was talked.
    """
    step = flow.step(message)
    parts = count(sent(flow, step)) if isinstance(step, SmsStep) else 1
    price = unit(prices, step, numbers.country(recipient(step)))
    return charged(step.channel, price, parts, message.status, talked(message))


def unit(prices: Prices, step: Step, country: str) -> float:
    """The price of one part (Sms), the message (Viber) or one minute (Voice) of a step."""
    match step:
        case SmsStep():
            return prices.sms.get(country, prices.sms[ANYWHERE])
        case VoiceStep():
            return prices.voice.get(country, prices.voice[ANYWHERE])
        case ViberStep():
            price = prices.viber.get(country, prices.viber[ANYWHERE])
            return price.transactional if _text_only(step) else price.promotional


def _text_only(step: ViberStep) -> bool:
    content = step.message
    return content.image_url is content.action is content.viber_file is content.viber_video is UNSET


def charged(channel: Channel, price: float, parts: int, status: str, seconds: int) -> float:
    """What a message in this status costs; `seconds` is how long a call was talked."""
    if channel is Channel.VOICE:
        return round(price * seconds / 60, 4)
    return 0.0 if status in UNSENT else round(price * parts, 4)
