"""Reading `balance` and `prices`: what an account has, and what messages cost."""

from __future__ import annotations

import re
from typing import Final

from emulator.flow.priced import OwnPrice
from emulator.scenario.files.cursor import Cursor

PRICED: Final = ("Sms", "Viber", "Voice", "TwoStep")
"""What has prices."""
KINDS: Final = {"Viber": ("transactional", "promotional"), "TwoStep": ("sms", "voice")}
"""The kinds of messages that have prices of their own."""


def balance(cursor: Cursor) -> float:
    """An amount of money, or a number of messages."""
    if counted := re.fullmatch(r"\s*([0-9]{1,12})\s*messages?\s*", str(cursor.value)):
        told = "must be an amount of money, such as 3.50, or a number of messages"
        cursor.wrong(f"{told}; did you mean {{ messages: {int(counted[1])} }}?")
        return 0.0
    if not isinstance(cursor.value, dict):
        return cursor.number(0)
    if "messages" not in cursor.value:
        cursor.expected("an amount of money, such as 3.50, or a number of messages, as { messages: 3 } has it")
        return 0.0
    return float(cursor.fields(("messages",))["messages"].whole(0))


def prices(cursor: Cursor) -> tuple[OwnPrice, ...]:
    """The prices that a map has, of each channel for everywhere or by country."""
    members = cursor.fields(PRICED)
    if cursor.value == {}:
        cursor.expected("a map with Sms, Viber, Voice or TwoStep")
    found = list[OwnPrice]()
    for of, member in members.items():
        if of == "TwoStep" or not isinstance(member.value, dict) or {*KINDS.get(of, ())} & member.value.keys():
            found += _prices(of, "", member)
            continue
        for country, each in member.fields(tuple(map(str, member.value))).items():
            if not re.fullmatch(r"[A-Z]{2}|\*", country):
                told = f'a country is two capitals, such as GR, or "*" for all others; found {country}'
                each.wrong(told, on_key=True)
            found += _prices(of, country, each)
    return tuple(found)


def _prices(of: str, country: str, cursor: Cursor) -> list[OwnPrice]:
    """A price for all kinds alike, or those of some."""
    kinds = KINDS.get(of, ("",))
    if isinstance(cursor.value, dict) and of in KINDS:
        return [OwnPrice(of, each.number(0), country, kind) for kind, each in cursor.fields(kinds).items()]
    price = cursor.number(0)
    return [OwnPrice(of, price, country, kind) for kind in kinds]
