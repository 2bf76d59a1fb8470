"""Reading `answer` and `callbacks`: faults of the HTTP answer and on the way to the customer's URL."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from emulator.flow.faults import CallbackFaults, Cut
from emulator.scenario.answers import BODILESS, ERRORS, AnswerFault
from emulator.scenario.files import delays
from emulator.scenario.files.cursor import Cursor
from emulator.validation import schema

OWN: Final = ("content-length", "transfer-encoding", "date")
"""The headers that the server itself sets, so that every answer is HTTP."""


def answer(cursor: Cursor) -> AnswerFault:
    """A refusal by its name, or a map."""
    if not isinstance(cursor.value, dict):
        return _error(cursor)
    members = cursor.fields(("error", *ANSWER))
    if cursor.value == {}:
        cursor.expected("the name of an error, or a map that says what is wrong with the answer")
    base = _error(members.pop("error")) if "error" in members else AnswerFault()
    made = replace(base, **{name: ANSWER[name](member) for name, member in members.items()})
    if made.status in BODILESS:
        for name in {"body", "truncate"} & members.keys():
            members[name].wrong(f"an answer of status {made.status} has no body", on_key=True)
    status = cursor.value.get("status", 200)
    if "error" not in cursor.value and isinstance(status, int) and 200 <= status < 400:
        for name in {"code", "message"} & members.keys():
            members[name].wrong(f"'{name}' stands in errors only; it needs a status from 400 on", on_key=True)
    return made


def callbacks(cursor: Cursor) -> CallbackFaults:
    """`never`, or a map."""
    if cursor.value == "never":
        return CallbackFaults(never=True)
    members = cursor.fields(tuple(CALLBACKS))
    if cursor.value == {}:
        cursor.expected("never, or a map that says what goes wrong")
    made: dict[str, Any] = {}
    for name, member in members.items():
        made |= CALLBACKS[name](member)
    return CallbackFaults(**made)


def _error(cursor: Cursor) -> AnswerFault:
    return ERRORS.get(cursor.name(tuple(ERRORS)), AnswerFault())


def _code(cursor: Cursor) -> str:
    if not isinstance(cursor.value, str) or not re.fullmatch("[0-9]{9}", cursor.value):
        cursor.expected("nine digits in quotes")
    return str(cursor.value)


def _headers(cursor: Cursor) -> tuple[tuple[str, str], ...]:
    if not isinstance(cursor.value, dict) or not cursor.value:
        cursor.expected("a map of header names and their values")
        return ()
    return tuple((name, _header(name, member)) for name, member in cursor.fields(tuple(map(str, cursor.value))).items())


def _header(name: str, cursor: Cursor) -> str:
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        cursor.wrong(f"'{name}' cannot be a header's name", on_key=True)
    if name.lower() in OWN:
        cursor.wrong(f"the server itself sets {name}; to spoil an answer, use truncate or close", on_key=True)
    value = str(cursor.value) if type(cursor.value) is int else _text(cursor)
    if not all(" " <= sign <= "~" for sign in value):
        cursor.wrong("a header's value is one line of ASCII")
    if name.lower() == "connection" and value != "close":
        cursor.expected("close, the only word on the connection that the server leaves to others")
    return value


def _text(cursor: Cursor) -> str:
    """A text that may be empty."""
    return "" if cursor.value == "" else cursor.text()


def _cut(cursor: Cursor) -> Cut:
    return Cut(share=delays.share(cursor)) if isinstance(cursor.value, str) else Cut(size=cursor.whole(0))


def _drop(cursor: Cursor) -> dict[str, Any]:
    if isinstance(cursor.value, str):
        return {"drop_share": delays.share(cursor)}
    if isinstance(cursor.value, list):
        return {"drop": tuple(each.whole(1) for each in cursor.items("numbers"))}
    return {"drop": (cursor.whole(1),)}


def _duplicate(cursor: Cursor) -> dict[str, Any]:
    if not isinstance(cursor.value, dict):
        return {"duplicate": cursor.whole(2, 100)}
    members = cursor.fields(("times", "after"), needed=("times",))
    made: dict[str, Any] = {"duplicate": members["times"].whole(2, 100)} if "times" in members else {}
    return made | ({"duplicate_after": delays.duration(members["after"])} if "after" in members else {})


def _url(cursor: Cursor) -> str:
    url = cursor.text("an http or https address")
    if url and not schema.valid("callback", {"url": url}):
        cursor.expected("an http or https address")
    return url


ANSWER: Final = MappingProxyType[str, Callable[[Cursor], Any]](
    {
        "status": lambda cursor: cursor.whole(200, 599),
        "code": _code,
        "message": Cursor.text,
        "headers": _headers,
        "body": _text,
        "delay": delays.delay,
        "close": lambda cursor: cursor.name(("before", "after")),
        "truncate": _cut,
    }
)
"""How each member of an answer is read, besides the error whose other members it takes."""

CALLBACKS: Final = MappingProxyType[str, Callable[[Cursor], dict[str, Any]]](
    {
        "never": lambda cursor: {"never": cursor.flag()},
        "drop": _drop,
        "delay": lambda cursor: {"delay": delays.delay(cursor)},
        "duplicate": _duplicate,
        "reorder": lambda cursor: {"reorder": delays.duration(cursor)},
        "burst": lambda cursor: {"burst": delays.duration(cursor)},
        "early": lambda cursor: {"early": cursor.flag()},
        "truncate": lambda cursor: {"truncate": _cut(cursor)},
        "url": lambda cursor: {"url": _url(cursor)},
    }
)
"""How each member of callbacks is read."""
