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
        "flowId",
        "failover_from_message_token",
        "conversationTrackingId",
        "seq",
        "applicationId",
        "applicationName",
        "operator",
        "access_token",
        "expires_in",
        "scope",
        "permissions",
    }
)
"""The members of which only counts that they are there."""
_WORDS: Final = frozenset({"developerMessage", "error_description", "message", "detail", "msg", "value", "loc"})
"""The members of errors that have words, or what was asked for."""
_CENT: Final = 1e-9


class Difference(Struct, frozen=True):
    """Where a capture and the emulator differ: which flow, which field, and what each has there; and how many fields
    that stands for, since of what one of them does not have at all no field is told.
    """

    flow: str
    field: str
    captured: Any
    emulated: Any
    weight: int = 1

    def __str__(self) -> str:
        return f"{self.flow}: {self.field}: captured {self.captured}, emulated {self.emulated}"


def differences(flow: str, about: str, captured: Any, emulated: Any, *, refusal: bool = False) -> Iterator[Difference]:
    """The fields in which two bodies differ, `about` says of what; of a `refusal`, whose words are the provider's own,
    only what clients can tell apart.
    """
    likened = _unworded if refusal else _likened
    one, other = (dict(_fields(likened(each), about)) for each in (captured, emulated))
    for field in {**one, **other}:
        found, made = one.get(field, ABSENT), other.get(field, ABSENT)
        if found != made:
            yield Difference(flow, field, found, made)


def fields(body: Any) -> int:
    """How many fields a body has."""
    return len(list(_fields(body, "")))


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
    found: list[Json] = body.get("messages") or body.get("steps") or [body]
    return tuple([(each.get("order"), each.get("part"), _name(each.get("status"))) for each in found])


def _name(status: Any) -> Any:
    """The name of a status, which stands alone or with its time."""
    return status.get("name") if isinstance(status, dict) else status


def _likened(body: Any) -> Any:
    """A body without what only its maker knows."""
    if isinstance(body, list):
        return list(map(_likened, body))
    if not isinstance(body, dict):
        return body
    made = {name: "…" if name in _IDS else _likened(value) for name, value in body.items()}
    of_viber = body.get("type") == "Viber" or body.get("originatingService") == "Viber" or "sessionMessage" in body
    if of_viber and "status" in body and "from" in made:
        made["from"] = "…"
    if isinstance(price := body.get("price"), int | float):
        made["price"] = "free" if price == 0 else "charged"
    if isinstance(cost := body.get("total_cost"), int | float):
        made["total_cost"] = _total(cost, body.get("steps") or [])
    if isinstance(total := body.get("totalPrice"), int | float):
        made["totalPrice"] = _total(total, body.get("messages") or [])
    return made


def _unworded(body: Any) -> Any:
    """A refusal without its words: of texts only counts that they are there, of a time how it is written, and of what
    is wrong where it is.
    """
    if not isinstance(body, dict):
        return body
    made: Json = {}
    for name, value in body.items():
        if name == "properties" and isinstance(value, dict):
            made[name] = dict.fromkeys(value, "…")
        elif name == "errors" and isinstance(value, list):
            made[name] = [_unworded(each) for each in value]
        else:
            made[name] = "…" if name in _WORDS else type(value).__name__ if name == "timestamp" else value
    return made


def ids(captured: Any, emulated: Any) -> Iterator[tuple[str, str]]:
    """The ids in a body with those that the other has in their places."""
    if isinstance(captured, dict) and isinstance(emulated, dict):
        for name, value in captured.items():
            if name in _IDS and isinstance(value, str) and isinstance(emulated.get(name), str):
                yield value, emulated[name]
            else:
                yield from ids(value, emulated.get(name))
    elif isinstance(captured, list) and isinstance(emulated, list):
        for one, other in zip(captured, emulated, strict=False):
            yield from ids(one, other)


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
