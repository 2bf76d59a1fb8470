"""Makes two bodies comparable, the provider's and the emulator's, and tells in which fields they differ. Pure.

Ids are made by whoever answers, names of senders and prices belong to an account: of an id only counts that it is
there, of a price whether there is one, and of a total how it follows from the prices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from msgspec import Struct

from emulator.errors import Json

ABSENT: Final = "(not there)"
POSTED: Final = "(posted)"
_IDS: Final = frozenset(
    {
        "trackingId",
        "messageId",
        "smsId",
        "conversationTrackingId",
        "seq",
        "applicationId",
        "applicationName",
        "operator",
    }
)
_CENT: Final = 1e-9


class Difference(Struct, frozen=True):
    """Where a capture and the emulator differ: which flow, which field, and what each has there."""

    flow: str
    field: str
    captured: Any
    emulated: Any

    def __str__(self) -> str:
        return f"{self.flow}: {self.field}: captured {self.captured}, emulated {self.emulated}"


def differences(flow: str, about: str, captured: Any, emulated: Any) -> Iterator[Difference]:
    """The fields in which two bodies differ, `about` says of what."""
    one, other = (dict(_fields(_likened(each), about)) for each in (captured, emulated))
    for field in {**one, **other}:
        found, made = one.get(field, ABSENT), other.get(field, ABSENT)
        if found != made:
            yield Difference(flow, field, found, made)


def aligned(captured: Sequence[Json], emulated: Sequence[Json]) -> Iterator[tuple[int, Json | None, Json | None]]:
    """Pairs of callbacks about one flow that say the same of its messages, numbered from 1; None where one is missing.
    Those between two pairs are paired in their order.
    """
    keys = [[_key(body) for body in bodies] for bodies in (captured, emulated)]
    number = 0
    for _, i1, i2, j1, j2 in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        for offset in range(max(i2 - i1, j2 - j1)):
            number += 1
            one = captured[i1 + offset] if i1 + offset < i2 else None
            yield number, one, emulated[j1 + offset] if j1 + offset < j2 else None


def _key(body: Json) -> tuple[Any, ...]:
    """What a callback says of its messages: which have which status."""
    messages = body.get("messages", [body])
    return tuple((each.get("order"), each.get("part"), each.get("status", {}).get("name")) for each in messages)


def _likened(body: Any) -> Any:
    """A body without what only its maker knows."""
    if isinstance(body, list):
        return list(map(_likened, body))
    if not isinstance(body, dict):
        return body
    made = {name: "…" if name in _IDS else _likened(value) for name, value in body.items()}
    if body.get("type") == "Viber" and "status" in body and "from" in made:
        made["from"] = "…"
    if isinstance(price := body.get("price"), int | float):
        made["price"] = "free" if price == 0 else "charged"
    if isinstance(total := body.get("totalPrice"), int | float):
        made["totalPrice"] = _total(total, body.get("messages") or [])
    return made


def _total(total: float, messages: list[Json]) -> str:
    """How a total follows from the prices: it is the sum, or else the last message's, of all its parts."""
    prices = [each.get("price") or 0 for each in messages]
    last = [each.get("price") or 0 for each in messages if each.get("order") == messages[-1].get("order")]
    if abs(total - sum(prices)) < _CENT:
        return "the sum of the prices"
    return "the price of the last message" if abs(total - sum(last)) < _CENT else f"{total:g}"


def _fields(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The leaves of a body by their paths."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _fields(each, f"{path}.{name}")
    elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        for index, each in enumerate(value):
            yield from _fields(each, f"{path}[{index}]")
    else:
        yield path, value
