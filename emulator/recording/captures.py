"""Reads captures: traffic with the provider that somebody recorded, as HAR, or as JSON one a line or in an array. Pure.

Each thing in a capture is an exchange, which is a request with its answer; or a callback, with the time at which it
came and the status that answered it, if those were recorded. What is neither is taken for a callback's body.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from msgspec import DecodeError, Struct, ValidationError, convert, json

from emulator.errors import EmulatorError, Json
from emulator.recording.recorded import ms

FORM: Final = (
    'expected one JSON text a line, an array of them, or HAR; a text is {"request": {"method", "path", "headers",'
    ' "body"}, "answer": {"status", "body"}, "at"}, {"callback": BODY, "at", "answer": {"status"}}, or the body of a'
    " callback"
)
_CALLBACKS: Final = ({"trackingId", "messages"}, {"messageId", "status"}, {"flowId", "steps"}, {"trackingId", "status"})
"""The members by which the body of a callback is known, of which the provider's requests have none."""
_ROOTS: Final = tuple(
    f"/{root}"
    for root in (
        *("oauth", "failover", "failover-otp", "sms", "viber", "voice", "2step"),
        *("accounts", "system", "contacts", "campaigns", "numbervalidator"),
    )
)
"""How the paths of the provider begin."""


_HEADERS: Final = ("authorization", "content-type")
"""The headers that matter to an answer."""


class CaptureError(EmulatorError):
    """A capture can't be read; the message says where, and what is expected there."""


class Exchange(Struct, frozen=True):
    """A request to a `path` of the provider, with its query; its body as it was sent; the status and JSON of the
    answer; the method, the headers by their names in small letters, and when it came, in ms, if that is known.
    """

    path: str
    body: bytes
    status: int
    answer: Any = None
    method: str = "POST"
    headers: Mapping[str, str] = {}
    at: int | None = None


class Callback(Struct, frozen=True):
    """A callback's JSON, when it came, in ms, and the status that answered it; None for what is not known."""

    body: Any
    at: int | None = None
    answered: int | None = None


class Capture(Struct, frozen=True):
    """What was recorded, in its order; `others` counts what is neither the provider's nor a callback."""

    exchanges: tuple[Exchange, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    others: int = 0


class _Asked(Struct):
    path: str = ""
    url: str = ""
    method: str = ""
    headers: dict[str, str] = {}
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


class _Named(Struct, frozen=True):
    name: str
    value: str = ""


class _Posted(Struct, frozen=True):
    text: str = ""
    params: list[_Named] = []

    @property
    def whole(self) -> str:
        """The body: its text, or the form that its members make."""
        return self.text or urlencode([(each.name, each.value) for each in self.params])


class _Sent(Struct, rename="camel"):
    url: str
    method: str = "POST"
    headers: list[_Named] = []
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
    body = line.request.body
    sent = b"" if body is None else body.encode() if isinstance(body, str) else json.encode(body)
    path = line.request.path or _target(line.request.url)
    method = line.request.method or ("POST" if sent else "GET")
    headers = [(name, value) for name, value in line.request.headers.items()]
    return _exchange(path, sent, line.answer.status, _decoded(line.answer.body), method, headers, line.at)


def _of_entry(value: Any, where: str) -> Exchange | Callback | None:
    """What an entry of HAR tells: a POST whose body looks like a callback's is one."""
    entry = _as(value, _Entry, where)
    sent, got = entry.request.post_data or _Posted(), entry.response
    body = _decoded(sent.whole)
    if entry.request.method == "POST" and isinstance(body, dict) and any(keys <= body.keys() for keys in _CALLBACKS):
        return Callback(body, None if entry.started_date_time is None else ms(entry.started_date_time), got.status)
    content = got.content.text
    if got.content.encoding == "base64":
        content = base64.b64decode(content).decode("utf-8", "replace")
    headers = [(each.name, each.value) for each in entry.request.headers]
    target, at = _target(entry.request.url), entry.started_date_time
    return _exchange(target, sent.whole.encode(), got.status, _decoded(content), entry.request.method, headers, at)


def _exchange(  # noqa: PLR0913, PLR0917  # all that one has
    target: str,
    body: bytes,
    status: int,
    answer: Any,
    method: str,
    headers: Iterable[tuple[str, str]],
    at: datetime | None,
) -> Exchange | None:
    """An exchange with the provider; None for a path that is not one of its."""
    path = target.partition("?")[0]
    if not any(path == root or path.startswith(f"{root}/") for root in _ROOTS):
        return None
    named = {name.lower(): value for name, value in headers if name.lower() in _HEADERS}
    return Exchange(target, body, status, answer, method.upper(), named, None if at is None else ms(at))


def _target(url: str) -> str:
    """The path of a URL with its query."""
    split = urlsplit(url)
    return f"{split.path}?{split.query}" if split.query else split.path


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
