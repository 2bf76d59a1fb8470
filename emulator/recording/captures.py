"""Reads captures: traffic with the provider that somebody recorded, as HAR, or as JSON one a line or in an array. Pure.

Each thing in a capture is an exchange, which is a request with its answer; or a callback, with the time at which it
came and the status that answered it, if those were recorded. What is neither is taken for a callback's body.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import DecodeError, Struct, ValidationError, convert, json

from emulator.errors import EmulatorError, Json
from emulator.recording.journal import PATHS
from emulator.recording.recorded import ms

FORM: Final = (
    'expected one JSON text a line, an array of them, or HAR; a text is {"request": {"path", "body"}, "answer":'
    ' {"status", "body"}}, {"callback": BODY, "at", "answer": {"status"}}, or the body of a callback'
)


class CaptureError(EmulatorError):
    """A capture can't be read; the message says where, and what is expected there."""


class Exchange(Struct, frozen=True):
    """A request to a `path` of the provider, its body as it was sent, and the status and JSON of the answer."""

    path: str
    body: bytes
    status: int
    answer: Any = None


class Callback(Struct, frozen=True):
    """A callback's JSON, when it came, in ms, and the status that answered it; None for what is not known."""

    body: Any
    at: int | None = None
    answered: int | None = None


class Capture(Struct, frozen=True):
    """What was recorded, in its order; `others` counts the requests that send no messages."""

    exchanges: tuple[Exchange, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    others: int = 0


class _Asked(Struct):
    path: str = ""
    url: str = ""
    body: Any = None


class _Answered(Struct):
    status: int
    body: Any = None


class _Line(Struct):
    """A line of a capture."""

    at: datetime | None = None
    request: _Asked | None = None
    answer: _Answered | None = None
    callback: Any = None


class _Posted(Struct, frozen=True):
    text: str = ""


class _Sent(Struct, rename="camel"):
    url: str
    method: str = "POST"
    post_data: _Posted | None = None


class _Content(Struct, frozen=True):
    text: str = ""
    encoding: str = ""


class _Got(Struct):
    status: int
    content: _Content = _Content()


class _Entry(Struct, rename="camel"):
    """An entry of HAR."""

    request: _Sent
    response: _Got
    started_date_time: datetime | None = None


def read(text: str) -> Capture:
    """The capture in a text. Raises CaptureError."""
    try:
        values = json.Decoder().decode_lines(text) if _in_lines(text) else json.decode(text)
    except DecodeError as error:
        raise CaptureError(f"{error}; {FORM}") from error
    values = values[0] if isinstance(values, list) and len(values) == 1 else values
    har = values.get("log") if isinstance(values, dict) else None
    if isinstance(har, dict) and isinstance(har.get("entries"), list):
        return _gathered(_of_entry(each, f"entry {number}") for number, each in enumerate(har["entries"], 1))
    listed = values if isinstance(values, list) else [values]
    return _gathered(_of_line(each, f"line {number}") for number, each in enumerate(listed, 1))


def _in_lines(text: str) -> bool:
    """Whether a text has several JSON texts, one a line, and is not one itself."""
    begun = text.lstrip()
    if begun.startswith("["):
        return False
    first = begun.partition("\n")[0].strip()
    try:
        json.decode(first)
    except DecodeError:
        return not begun.startswith("{")
    return True


def _gathered(found: Iterator[Exchange | Callback | None]) -> Capture:
    things = list(found)
    return Capture(
        tuple([each for each in things if isinstance(each, Exchange)]),
        tuple([each for each in things if isinstance(each, Callback)]),
        things.count(None),
    )


def _of_line(value: Any, where: str) -> Exchange | Callback | None:
    """What a line tells; None for a request that sends no message."""
    if not isinstance(value, dict) or not (value.keys() & {"request", "callback"}):
        return Callback(value)
    line = _as(value, _Line, where)
    if line.request is None:
        at = None if line.at is None else ms(line.at)
        return Callback(_decoded(line.callback), at, None if line.answer is None else line.answer.status)
    if line.answer is None:
        raise CaptureError(f"{where}: the request has no answer; {FORM}")
    path = line.request.path or urlsplit(line.request.url).path
    if path not in PATHS:
        return None
    body = line.request.body
    sent = body.encode() if isinstance(body, str) else json.encode(body)
    return Exchange(path, sent, line.answer.status, _decoded(line.answer.body))


def _of_entry(value: Any, where: str) -> Exchange | Callback | None:
    """What an entry of HAR tells: a POST to one of the provider's paths is a request, another with JSON a callback."""
    entry = _as(value, _Entry, where)
    sent, got = entry.request.post_data, entry.response
    text = sent.text if sent is not None and entry.request.method == "POST" else ""
    path = urlsplit(entry.request.url).path
    if path in PATHS and text:
        content = got.content.text
        if got.content.encoding == "base64":
            content = base64.b64decode(content).decode("utf-8", "replace")
        return Exchange(path, text.encode(), got.status, _decoded(content))
    body = _decoded(text)
    if not isinstance(body, dict) or not (body.keys() & {"messages", "messageId"}):
        return None
    at = None if entry.started_date_time is None else ms(entry.started_date_time)
    return Callback(body, at, got.status)


def _as(value: Json, kind: Any, where: str) -> Any:
    try:
        return convert(value, kind)
    except ValidationError as error:
        raise CaptureError(f"{where}: {error}; {FORM}") from error


def _decoded(value: Any) -> Any:
    """The JSON in a text; what is none stays as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.decode(value)
    except DecodeError:
        return value
