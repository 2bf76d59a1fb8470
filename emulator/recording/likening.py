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
ANSWER: Final = "answer"
"""What the answer to the first request of a case is called: what it asked for becomes of it, or nothing."""
_IDS: Final = frozenset(
    {
        "trackingId",
        "messageId",
        "smsId",
        "flowId",
        "failover_from_message_token",
        "conversationTrackingId",
        "referenceTrackingId",
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
    """Where a capture and the emulator differ: in which case, which field, and what each has there. `about` is the
    answer or callback that has the field; `lost` says how many of them one side alone has, since no field is told then.
    """

    flow: str
    field: str
    captured: Any
    emulated: Any
    about: str = ""
    lost: int = 0

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
            yield Difference(flow, field, found, made, about)


def posts(flow: str, theirs: Sequence[Json], ours: Sequence[Json]) -> Iterator[Difference]:
    """Where what was posted about a case differs: posts that only one side has, posts that tell of something else, and
    the fields of those that tell of the same. Captured ones have their numbers, from 1.
    """
    for number, one, other in aligned(theirs, ours):
        about = f"callback {number}" if number else "another callback"
        if one is not None and other is not None and _key(one) == _key(other):
            yield from differences(flow, about, one, other)
        else:
            captured, made = (ABSENT if each is None else said(each) for each in (one, other))
            yield Difference(flow, about, captured, made, about, 1)


def aligned(captured: Sequence[Json], emulated: Sequence[Json]) -> Iterator[tuple[int, Json | None, Json | None]]:
    """Pairs of posts about one case that say the same of its messages, with the captured one's number, from 1; 0 and
    None where it is missing. Those between two pairs are paired in their order.
    """
    keys = [[_key(body) for body in bodies] for bodies in (captured, emulated)]
    for _, i1, i2, j1, j2 in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        for offset in range(max(i2 - i1, j2 - j1)):
            i, j = i1 + offset, j1 + offset
            one = captured[i] if i < i2 else None
            yield i + 1 if i < i2 else 0, one, emulated[j] if j < j2 else None


def said(body: Json) -> str:
    """What a post says, in a few words."""
    _, *told = _key(body)
    return ", ".join(" ".join(map(str, filter(None, each))) for each in told)


def _key(body: Json) -> tuple[tuple[Any, ...], ...]:
    """What a post says, beginning with the form of it: which messages, or parts, have which status; what a recipient
    wrote; or how a call asks to go on.
    """
    if body.get("direction") == "Inbound":
        return ("reply",), ("reply", body.get("message"), body.get("media"))
    if "conversationTrackingId" in body and "status" not in body:
        keys = body.get("collectedTones")
        return ("question",), ("how to go on", body.get("answeredBy"), None if keys is None else f"keys {keys}")
    listed = body.get("messages", body.get("steps"))
    found: list[Json] = listed if isinstance(listed, list) and listed else [body]
    named = [each.get("type") or each.get("channel") for each in found]
    return ("status",), *(
        (name, _name(each.get("status")), None if each.get("part", 1) == 1 else f"part {each['part']}")
        for name, each in zip(named, found, strict=True)
    )


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
    sender = "to" if "referenceTrackingId" in body else "from" if of_viber and "status" in body else ""
    made |= {sender: "…"} if sender in made else {}
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
