"""Reading `answer` and `callbacks`: what goes wrong with the HTTP answer, and with posts to the customer's URL."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from emulator.channels.table import CHANNELS
from emulator.flow.faults import CallbackFaults, Cut, Which
from emulator.scenario.answers import BODILESS, ERRORS, AnswerFault
from emulator.scenario.files import delays
from emulator.scenario.files.cursor import Cursor, shown
from emulator.validation import schema
from emulator.validation.hints import listed

_STATUSES: Final = tuple(dict.fromkeys(status for traits in CHANNELS.values() for status in traits.statuses))
_NONE: Final = ("none", "no", "off", "nothing", "None", False, None)
"""What people write for never."""
OWN_HEADERS: Final = ("content-length", "transfer-encoding", "date")
"""The headers that a scenario may not set: the server sets them, so that every answer stays HTTP."""


def answer(cursor: Cursor) -> AnswerFault:
    """A fault of the answer: the name of an error, or a map, whose members win over those of an `error` in it."""
    if re.fullmatch("[2-5][0-9]{2}", str(cursor.value)):
        cursor.wrong(f"must be the name of an error, or a map; did you mean {{ status: {cursor.value} }}?")
        return AnswerFault()
    if not isinstance(cursor.value, dict):
        return _error(cursor)
    members = cursor.fields(("error", *ANSWER))
    if cursor.value == {}:
        cursor.expected("the name of an error, or a map that says what is wrong with the answer")
    base = _error(members.pop("error")) if "error" in members else AnswerFault()
    read = {name: ANSWER[name](member) for name, member in members.items()}
    made = replace(base, **read, named=base.named and "status" not in members)
    if made.status in BODILESS:
        for name in {"body", "truncate"} & members.keys():
            members[name].wrong(f"an answer of status {made.status} has no body", on_key=True)
    status = cursor.value.get("status", 200 if cursor.lacks("error", "status") else None)
    if "error" not in cursor.value and isinstance(status, int) and 200 <= status < 400:
        for name in {"code", "message"} & members.keys():
            members[name].wrong(f"'{name}' stands in errors only; it needs a status from 400 on", on_key=True)
    return made


def callbacks(cursor: Cursor) -> CallbackFaults:
    """Faults of the callbacks: `never`, or a map."""
    if cursor.value == "never":
        return CallbackFaults(never=True)
    if cursor.value in _NONE:
        cursor.wrong(
            f"must be never, or a map that says what goes wrong; found {shown(cursor.value)}; did you mean never?"
        )
        return CallbackFaults(never=True)
    members = cursor.fields(tuple(CALLBACKS))
    if cursor.value == {}:
        cursor.expected("never, or a map that says what goes wrong")
    made: dict[str, Any] = {}
    if len(sorting := [name for name in ("order", "reverse", "reorder") if name in members]) > 1:
        members[sorting[-1]].wrong(f"callbacks have one of {' and '.join(sorting)}, not both", on_key=True)
    for name, member in members.items():
        read = CALLBACKS[name](member)
        made |= read if isinstance(read, dict) else {name: read}
    return CallbackFaults(**made)


def _error(cursor: Cursor) -> AnswerFault:
    if re.fullmatch("[2-5][0-9]{2}", str(cursor.value)):
        named = [name for name, each in ERRORS.items() if each.status == int(cursor.value)]
        near = listed(named) if named else f"{{ status: {cursor.value} }}"
        cursor.wrong(f"must be the name of an error; found {shown(cursor.value)}; did you mean {near}?")
        return AnswerFault()
    return ERRORS.get(cursor.name(tuple(ERRORS)), AnswerFault())


def _headers(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """The headers of a map; notes what HTTP or the server does not allow."""
    if not isinstance(cursor.value, dict) or not cursor.value:
        cursor.expected("a map of header names and their values")
        return ()
    headers = []
    for name, member in cursor.fields(tuple(map(str, cursor.value))).items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            member.wrong(f"'{name}' cannot be a header's name", on_key=True)
        if name.lower() in OWN_HEADERS:
            member.wrong(f"the server itself sets {name}; to spoil an answer, use truncate or close", on_key=True)
        value = (
            str(member.value) if isinstance(member.value, int) and not isinstance(member.value, bool) else _text(member)
        )
        if not all(" " <= sign <= "~" for sign in value):
            member.wrong("a header's value is one line of ASCII")
        if name.lower() == "connection" and value != "close":
            member.expected("close, the only word on the connection that the server leaves to others")
        headers.append((name, value))
    return tuple(headers)


def _text(cursor: Cursor) -> str:
    """A text that may be empty."""
    return "" if cursor.value == "" else cursor.text()


def _cut(cursor: Cursor) -> Cut:
    """How much of a body is sent: a number of bytes, or a share."""
    if isinstance(cursor.value, str) and not cursor.value.endswith("%"):
        cursor.expected("the number of bytes that are sent, or a share of them such as 50%")
        return Cut(size=0)
    return Cut(share=delays.share(cursor)) if isinstance(cursor.value, str) else Cut(size=cursor.whole(0))


def _which(cursor: Cursor) -> Which:
    """Which callbacks: the last, those that say a status, a share of them, a number, or a list of numbers."""
    if cursor.value == "last":
        return Which(last=True)
    if isinstance(cursor.value, dict):
        members = cursor.fields(("status",), needed=("status",))
        if "status" not in members:
            return Which()
        statuses = members["status"]
        listed = statuses.items("statuses") if isinstance(statuses.value, list) else [statuses]
        return Which(statuses=tuple(each.name(_STATUSES) for each in listed))
    if isinstance(cursor.value, str) and not cursor.value.endswith("%"):
        cursor.expected("last, a number or a list of them, a share such as 10%, or { status: Delivered }")
        return Which()
    if isinstance(cursor.value, str):
        return Which(share=delays.share(cursor))
    numbers = cursor.items("numbers") if isinstance(cursor.value, list) else [cursor]
    return Which(tuple(each.whole(1) for each in numbers))


def _drop(cursor: Cursor) -> dict[str, Any]:
    """Which callbacks are lost, as fields of CallbackFaults."""
    lost = _which(cursor)
    return {"drop": lost.numbers, "drop_share": lost.share, "drop_last": lost.last, "drop_status": lost.statuses}


def _order(cursor: Cursor) -> tuple[int, ...]:
    """The numbers of callbacks, each once, in the order in which they come."""
    numbers = tuple(each.whole(1, 1000) for each in cursor.items("numbers, such as [2, 1, 3]"))
    if len(set(numbers)) < len(numbers) and cursor.sound():
        cursor.wrong("a number comes twice")
    return numbers


def _duplicate(cursor: Cursor) -> dict[str, Any]:
    """How often a callback is posted, how far apart, and which: a number, or a map with `times`, `after` and `only`."""
    if not isinstance(cursor.value, dict):
        return {"duplicate": cursor.whole(2, 100)}
    members = cursor.fields(("times", "after", "only"), needed=("times",))
    made: dict[str, Any] = {"duplicate": members["times"].whole(2, 100)} if "times" in members else {}
    made |= {"duplicate_after": delays.duration(members["after"])} if "after" in members else {}
    return made | ({"duplicate_only": _which(members["only"])} if "only" in members else {})


def _url(cursor: Cursor) -> str:
    url = cursor.text("an http or https address")
    if url and not schema.valid("callback", {"url": url}):
        cursor.expected("an http or https address")
    return url


ANSWER: Final = MappingProxyType[str, Callable[[Cursor], Any]](
    {
        "status": lambda cursor: cursor.whole(200, 599),
        "code": lambda cursor: cursor.spelled("[0-9]{9}", "nine digits in quotes"),
        "message": Cursor.text,
        "headers": _headers,
        "body": _text,
        "delay": delays.delay,
        "close": lambda cursor: cursor.name(("before", "after")),
        "truncate": _cut,
    }
)
"""How each member of an answer is read, but for the `error`."""

CALLBACKS: Final = MappingProxyType[str, Callable[[Cursor], Any]](
    {
        "never": Cursor.flag,
        "drop": _drop,
        "delay": delays.delay,
        "order": _order,
        "reverse": Cursor.flag,
        "duplicate": _duplicate,
        "reorder": delays.duration,
        "burst": delays.duration,
        "early": Cursor.flag,
        "truncate": _cut,
        "url": _url,
    }
)
"""How each member of `callbacks` is read: to its value in CallbackFaults, or to a dict of several members there."""
