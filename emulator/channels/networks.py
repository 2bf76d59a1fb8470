"""The mobile networks of a country, and its code. Pure.

They are the networks that messages are shown with (`numbers.network`): the known ones, and the invented ones. A
country's code (mcc) is the real one, the first if it has several; the code of a network (mnc) is invented: it is its
place in the list.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from emulator.channels import numbers
from emulator.channels.carriers import carriers

_DIGITS: Final = 11
"""How many digits a prefix is filled up to, so that the country of its numbers can be told."""


class Network(Struct, frozen=True):
    """A network of a country."""

    name: str
    mnc: str


@cache
def mccs() -> dict[str, str]:
    """The code of each country that has numbers, in the order of their names."""
    return {country: mcc for country, mcc, _ in _listed()}


@cache
def countries() -> dict[str, str]:
    """The English name of each country that has numbers, in the order of their names."""
    return {country: name for country, _, name in _listed()}


def _listed() -> list[list[str]]:
    """The country, the code and the name of each line of the table."""
    lines = Path(__file__).with_name("countries.txt").read_text(encoding="utf-8").splitlines()
    return [line.split(" ", 2) for line in lines if not line.startswith("#")]


@cache
def names() -> frozenset[str]:
    """What the networks of all numbers are called."""
    return frozenset({*carriers().values()}.union(*map(numbers.invented, (*numbers.countries(), numbers.UNKNOWN))))


@cache
def networks() -> dict[str, tuple[Network, ...]]:
    """The networks of each country. This takes a while at the first call, since they are known by prefixes."""
    found: dict[str, set[str]] = {}
    for prefix, name in carriers().items():
        found.setdefault(numbers.country(f"+{prefix.ljust(_DIGITS, '5')}"), set()).add(name)
    return {
        country: tuple(
            Network(name, f"{number:02d}")
            for number, name in enumerate([*sorted(found.get(country, ())), *numbers.invented(country)], 1)
        )
        for country in mccs()
    }
