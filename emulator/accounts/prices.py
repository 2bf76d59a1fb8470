"""Prices of messages: a table by channel and country, and how a message is charged by it.

The provider publishes no price for failover itself: a flow costs what its messages cost. An Sms is charged by the part,
a Viber message as a whole (text alone is transactional, anything else promotional), a call by the second once it is
answered, a code by its message. What a failed message costs is not documented: it is a choice, but what was never sent
is free. Amounts are exact decimals: a sum of them is the sum of what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal

from msgspec import DecodeError, Meta, Struct, field, json
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.errors import EmulatorError
from emulator.flow.priced import OwnPrice
from emulator.flow.request import Step, ViberStep
from emulator.flow.state import Flow, Message
from emulator.flow.usage import CODE, UNSENT, Usage, sort, used
from emulator.validation import encoding

ANYWHERE: Final = "*"
"""The key in a price table for all countries that it does not list."""
DECIMALS: Final = 8
"""To how many decimals an amount is rounded that has no end; the provider has shown as many."""
FREE: Final = Decimal(0)
CURRENCY: Final = MappingProxyType({"code": "EUR", "name": "Euro", "sign": "€"})
"""The currency of all amounts."""
_COUNTRY: Final = r"[A-Z]{2}|\*"
ONE_EACH: Final = "messages"
"""In place of a table of prices: each message costs 1, whatever its length, unless it was never sent."""

Price = Annotated[float, Meta(ge=0)]
"""What one unit costs, in the account's currency."""


class PricesError(EmulatorError):
    """The price file can't be read; the message says where, and what is expected there."""


class ViberPrice(Struct, frozen=True, forbid_unknown_fields=True):
    """The prices of a Viber message: `transactional` if it has only text, else `promotional`."""

    transactional: Price
    promotional: Price


class TwoStepPrice(Struct, frozen=True, forbid_unknown_fields=True):
    """The prices of a two-step verification, by how its code is sent."""

    sms: Price
    voice: Price


class ValidationPrice(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The prices of the validation of a number, with and without a look whether it was ported."""

    with_ported_info: Price
    without_ported_info: Price


class Prices(Struct, frozen=True, forbid_unknown_fields=True):
    """Prices by country code (`*`: all other countries) of one part (Sms), one message (Viber), one minute (Voice); and
    those of what costs everywhere the same; that of looking numbers up, only the provider's price list shows.
    """

    sms: dict[str, Price] = field(name="Sms", default_factory=lambda: {"GR": 0.035, "CY": 0.03, ANYWHERE: 0.05})
    viber: dict[str, ViberPrice] = field(name="Viber", default_factory=lambda: {ANYWHERE: ViberPrice(0.01, 0.02)})
    voice: dict[str, Price] = field(name="Voice", default_factory=lambda: {"GR": 0.06, ANYWHERE: 0.12})
    two_step: TwoStepPrice = field(name="TwoStep", default=TwoStepPrice(0.06, 0.07))
    lookup: Price = field(name="Lookup", default=0.009)
    number_validator: ValidationPrice = field(name="NumberValidator", default=ValidationPrice(0.008, 0.004))

    def __str__(self) -> str:
        viber = {
            country: f"{price.transactional:g} (text) or {price.promotional:g}" for country, price in self.viber.items()
        }
        messages = f"Sms a part {_listed(self.sms)}; Viber a message {_listed(viber)}"
        code = f"a code {self.two_step.sms:g} by Sms, {self.two_step.voice:g} by a call"
        return f"{messages}; Voice a minute {_listed(self.voice)}; {code}"


Charging = Prices | Literal["messages"]
"""How messages are charged: by a table, or ONE_EACH."""


def _listed(table: Mapping[str, float | str]) -> str:
    """The prices of a channel in words, those of all other countries last."""
    named = [f"{price} {country}" for country, price in table.items() if country != ANYWHERE]
    return ", ".join([*named, f"{table[ANYWHERE]} {'elsewhere' if named else 'everywhere'}"])


def load(source: str) -> Prices:
    """The prices in a JSON file; the built-in ones for an empty source. Raises PricesError."""
    if not source:
        return Prices()
    text = ""
    try:
        text = encoding.text(Path(source).read_bytes())
        prices = json.decode(text, type=Prices)
    except encoding.NotText as error:
        raise PricesError(f"{source} {error}") from error
    except OSError as error:
        raise PricesError(f"{source}: {error.strerror}; expected a JSON file such as {_EXAMPLE}") from error
    except DecodeError as error:
        from emulator.validation.locating import located

        raise PricesError(f"{source}:{located(text, error, Prices)}; expected {_EXAMPLE}") from error
    for channel, table in (("Sms", prices.sms), ("Viber", prices.viber), ("Voice", prices.voice)):
        wrong = next((country for country in table if not re.fullmatch(_COUNTRY, country)), None)
        if wrong is not None:
            from emulator.validation.locating import line

            place = f"{source}:{line(text, [channel, wrong])}"
            raise PricesError(
                f'{place}: {channel} names "{wrong}"; a country is two capitals, such as GR, or "*" for all others'
            )
        if ANYWHERE not in table:
            raise PricesError(f'{source}: {channel} has no price for "*", which stands for all other countries')
    return prices


_EXAMPLE: Final = '{"Sms": {"GR": 0.03, "*": 0.05}, "Viber": {"*": {"transactional": 0.01, "promotional": 0.02}}}'


@lru_cache(1024)
def exact(amount: float) -> Decimal:
    """An amount as it is written: 0.1 is a tenth."""
    return Decimal(repr(amount))


def cost(flow: Flow, message: Message, prices: Charging) -> Decimal:
    """What a message costs in its present status, in the account's currency. Or 1, if messages are counted."""
    if prices == ONE_EACH:
        return Decimal(message.status not in UNSENT)
    return priced(used(flow, message), over(prices, flow.prices) if flow.prices else prices)


def priced(usage: Usage, prices: Prices) -> Decimal:
    """What that costs, in the account's currency; of a call, to DECIMALS."""
    price = exact(_unit(prices, usage.of, usage.country, usage.kind))
    return round(price * usage.units / 60, DECIMALS) if usage.of == Channel.VOICE else price * usage.units


def over(prices: Prices, own: Iterable[OwnPrice]) -> Prices:
    """A table of prices with these in place of its own."""
    sms, viber, voice, two_step = prices.sms.copy(), prices.viber.copy(), prices.voice.copy(), prices.two_step
    for each in own:
        if each.of == "TwoStep":
            two_step = replace(two_step, **{each.kind: each.price})
        elif each.of == "Viber":
            for country in (each.country,) if each.country else tuple(viber):
                viber[country] = replace(viber.get(country, viber[ANYWHERE]), **{each.kind: each.price})
        else:
            table = sms if each.of == "Sms" else voice
            if not each.country:
                table.clear()
            table[each.country or ANYWHERE] = each.price
    return replace(prices, sms=sms, viber=viber, voice=voice, two_step=two_step)


def unit(prices: Prices, step: Step, country: str) -> float:
    """The price of one part (Sms), one message (Viber) or one minute (Voice) of a step, to a country ("": unknown)."""
    return _unit(prices, step.channel, country, sort(step) if isinstance(step, ViberStep) else "")


def _unit(prices: Prices, of: str, country: str, kind: str) -> float:
    if of == Channel.VIBER:
        price = prices.viber.get(country, prices.viber[ANYWHERE])
        return price.transactional if kind == "transactional" else price.promotional
    if of == CODE:
        return prices.two_step.voice if kind == "voice" else prices.two_step.sms
    table = prices.sms if of == Channel.SMS else prices.voice
    return table.get(country, table[ANYWHERE])
