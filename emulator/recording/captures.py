"""Reads captures: traffic with the provider that somebody recorded, as HAR, or as JSON one a line or in an array. Pure.

Each thing in a capture is an exchange, which is a request with its answer; or a callback, with the time at which it
came and the status that answered it, if those were recorded. What is neither is taken for a callback's body.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from msgspec import UNSET, DecodeError, Struct, UnsetType, ValidationError, convert, json

from emulator.errors import EmulatorError, Json
from emulator.provider.hosts import DOMAIN
from emulator.recording.recorded import ms

FORM: Final = (
    'expected one JSON text a line, an array of them, or HAR; a text is {"request": {"method", "path", "headers",'
    ' "body"}, "answer": {"status", "body"}, "at"}, {"callback": BODY, "at", "answer": {"status", "body"}}, or the'
    " body of a callback"
)
_CALLBACKS: Final = (
    *({"trackingId", "messages"}, {"messageId", "status"}, {"flowId", "steps"}, {"trackingId", "status"}),
    *({"messageId", "conversationTrackingId"}, {"message", "direction"}),
)
"""The members by which a body is known that the provider posts, of which its requests have none."""
ROOTS: Final = tuple(
    f"/{root}"
    for root in (
        *("oauth", "failover", "failover-otp", "sms", "viber", "voice", "2step"),
        *("accounts", "system", "contacts", "campaigns", "numbervalidator"),
    )
)
"""How the paths of the provider begin."""
_FRAMEWORK: Final = {"timestamp", "status", "error", "path"}
"""What the provider's framework says of a path that is none, among other things."""
_HEADERS: Final = ("authorization", "content-type")
"""The headers that matter to an answer."""


class CaptureError(EmulatorError):
    """A capture can't be read; the message says where, and what is expected there."""


class Exchange(Struct, frozen=True):
    """A request to a `path` of the provider, with its query; its body as it was sent; the status and JSON of the
    answer; the method, the headers by their names in small letters; when it came, in ms, if that is known; and where in
    the capture it stands. UNSET is an answer whose body was not recorded.
    """

    path: str
    body: bytes
    status: int
    answer: Any = UNSET
    method: str = "POST"
    headers: Mapping[str, str] = {}
    at: int | None = None
    where: str = ""


class Callback(Struct, frozen=True):
    """The JSON of what the provider posted; when it came, in ms, and the status that answered it, None for what is not
    known; the JSON of the answer, empty if it has none; and where in the capture it stands.
    """

    body: Any
    at: int | None = None
    answered: int | None = None
    answer: Any = ""
    where: str = ""


class Capture(Struct, frozen=True):
    """What was recorded, in its order; `others` counts what the provider neither got nor posted, and `unanswered` the
    requests that got no answer.
    """

    exchanges: tuple[Exchange, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    others: int = 0
    unanswered: int = 0


class _Asked(Struct):
    path: str = ""
    url: str = ""
    method: str = ""
    headers: dict[str, str] = {}
    body: Any = None


class _Answered(Struct):
    status: int
    body: Any = UNSET


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
    text: str | UnsetType = UNSET
    encoding: str = ""
    size: int = -1

    @property
    def whole(self) -> Any:
        """The JSON of a body; UNSET if it was not kept."""
        if not self.text:
            return "" if self.size == 0 else UNSET
        text = base64.b64decode(self.text).decode("utf-8", "replace") if self.encoding == "base64" else self.text
        return _decoded(text)


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
    values = list(_values(text))
    if len(values) == 1 and isinstance(whole := values[0][1], dict) and isinstance(whole.get("log"), dict):
        entries = whole["log"].get("entries")
        listed = enumerate(entries if isinstance(entries, list) else [], 1)
        return _gathered(_of_entry(each, f"entry {number}") for number, each in listed)
    return _gathered(_of_line(value, where) for where, value in values)


def _values(text: str) -> Iterator[tuple[str, Any]]:
    """The JSON texts, each with its place: the elements of an array, one a line, or one alone."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    try:
        whole = json.decode(text) if lines else []
    except DecodeError as error:
        if not any(_begins(line) for _, line in lines):
            raise CaptureError(f"line {_broken(text, error)}: {error}; {FORM}") from error
    else:
        listed = enumerate(whole, 1) if isinstance(whole, list) else ()
        yield from ((f"element {number}", each) for number, each in listed)
        if not isinstance(whole, list):
            yield "line 1", whole
        return
    for number, line in lines:
        try:
            yield f"line {number}", json.decode(line)
        except DecodeError as error:
            raise CaptureError(f"line {number}: {error}; {FORM}") from error


def _begins(line: str) -> bool:
    """Whether a line is one of several that have a JSON text each."""
    try:
        return line.startswith("{") and len(json.decode(line)) > 0
    except DecodeError:
        return False


def _broken(text: str, error: DecodeError) -> int:
    """The line at which one JSON text breaks off."""
    found = re.search(r"\(byte ([0-9]+)\)", str(error))
    before = text.encode()[: int(found[1])] if found else text.rstrip().encode()
    return before.count(b"\n") + 1


def _gathered(found: Iterator[Exchange | Callback | None]) -> Capture:
    things = list(found)
    exchanges = [each for each in things if isinstance(each, Exchange)]
    return Capture(
        tuple([each for each in exchanges if each.status]),
        tuple([each for each in things if isinstance(each, Callback)]),
        things.count(None),
        sum(not each.status for each in exchanges),
    )


def _of_line(value: Any, where: str) -> Exchange | Callback | None:
    """What a line tells; None for a request that is not to the provider."""
    if not isinstance(value, dict) or not (value.keys() & {"request", "callback"}):
        return Callback(value, where=where)
    line = _as(value, _Line, where)
    status = line.answer.status if line.answer else None
    answer = _decoded(line.answer.body) if line.answer else UNSET
    if line.request is None:
        at = None if line.at is None else ms(line.at)
        return Callback(_decoded(line.callback), at, status, answer or "", where)
    if status is None:
        raise CaptureError(f"{where}: the request has no answer; {FORM}")
    body = line.request.body
    sent = b"" if body is None else body.encode() if isinstance(body, str) else json.encode(body)
    url = line.request.path or line.request.url
    method = line.request.method or ("POST" if sent else "GET")
    headers = [(name, value) for name, value in line.request.headers.items()]
    return _exchange(url, sent, status, answer, method, headers, line.at, where)


def _of_entry(value: Any, where: str) -> Exchange | Callback | None:
    """What an entry of HAR tells: a POST whose body looks like one of the provider's posts is one."""
    entry = _as(value, _Entry, where)
    sent, got, at = entry.request.post_data or _Posted(), entry.response, entry.started_date_time
    body, answer = _decoded(sent.whole), got.content.whole
    if entry.request.method == "POST" and isinstance(body, dict) and any(keys <= body.keys() for keys in _CALLBACKS):
        return Callback(body, None if at is None else ms(at), got.status or None, answer or "", where)
    headers = [(each.name, each.value) for each in entry.request.headers]
    return _exchange(
        entry.request.url, sent.whole.encode(), got.status, answer, entry.request.method, headers, at, where
    )


def _exchange(  # noqa: PLR0913, PLR0917  # all that one has
    url: str,
    body: bytes,
    status: int,
    answer: Any,
    method: str,
    headers: Iterable[tuple[str, str]],
    at: datetime | None,
    where: str,
) -> Exchange | None:
    """An exchange with the provider, whose path may stand for the URL; None for a path that is not one of its, unless
    a host of its says so in the words of its framework.
    """
    try:
        split = urlsplit(url)
    except ValueError:  # it is none
        return None
    theirs = split.hostname is None or split.hostname.endswith(DOMAIN)
    refused = theirs and isinstance(answer, dict) and answer.keys() >= _FRAMEWORK
    if not refused and not any(split.path == root or split.path.startswith(f"{root}/") for root in ROOTS):
        return None
    named = {name.lower(): value for name, value in headers if name.lower() in _HEADERS}
    target = f"{split.path}?{split.query}" if split.query else split.path
    given = UNSET if answer is None else answer
    return Exchange(target, body, status, given, method.upper(), named, None if at is None else ms(at), where)


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
