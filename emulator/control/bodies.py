"""Decodes the bodies and queries of the emulator's own API by their types, and defines the types that doors share.

A refusal quotes the docstring of the type. What a body means is known to its door.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

from msgspec import DecodeError, Meta, Struct, ValidationError, convert, json
from starlette.requests import Request

from emulator.clock import instants
from emulator.http import encodings, messages
from emulator.http.encodings import EncodingError
from emulator.provider.errors import Problem, within
from emulator.validation import encoding
from emulator.validation.hints import quoted

T = TypeVar("T")
PAGE: Final = 1000
"""The largest number of items on a page."""
Page = Annotated[int, Meta(ge=1, le=PAGE)]
"""A number of items on a page."""
YAML: Final = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
"""What YAML is called by a Content-Type."""
LAST: Final = 10**18
"""A number beyond those of all items."""
Number = Annotated[int, Meta(ge=0, le=LAST)]
"""The number of one item, or a count."""
Before = Annotated[int, Meta(ge=1, le=LAST)]
"""The number of an item that others are to come before."""
Name = Annotated[str, Meta(min_length=1)]
"""The id of something that there is."""


class Whose(Struct, frozen=True, forbid_unknown_fields=True):
    """A query: one `application`; without it, all of them."""

    application: str | None = None


class Anything(Struct, frozen=True):
    """A body that nobody looks at."""


async def nothing(request: Request) -> None:
    """Raises Problem 400 if a request says anything, in a query or a body, to a call that takes nothing."""
    _no_query(request)
    said = await messages.read(request.receive, 1024)
    if said.strip() not in (b"", b"{}"):
        raise Problem(400, "this call takes nothing, so what its body says would do nothing")


async def text(request: Request) -> str:
    """The text of a request's body, unpacked. Raises Problem, also if it is longer than the settings allow."""
    limit: int = request.app.state.settings.max_body
    packed = await messages.read(request.receive, limit)
    try:
        return encoding.text(
            within(encodings.unpacked(packed, request.headers.get("content-encoding", ""), limit), limit)
        )
    except EncodingError as error:
        raise Problem(error.status, str(error)) from error
    except encoding.NotText as error:
        raise Problem(400, f"the body {error}") from error


def is_yaml(request: Request) -> bool:
    """Whether the body of a request is YAML, by what its Content-Type says."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() in YAML


async def decoded(request: Request, kind: type[T], *, empty: T | None = None) -> T:
    """A request's body as this type; no body is `empty`, if that is given. Raises Problem 400 with the mistake and what
    is expected.
    """
    _no_query(request, kind)
    body = await text(request)
    if not body.strip() and empty is not None:
        return empty
    if not body.strip():
        raise Problem(400, f"the body is empty; expected {words(kind)}")
    try:
        return json.decode(body, type=kind)
    except ValidationError as error:
        raise _refusal(error, kind) from error
    except DecodeError as error:
        raise Problem(400, f"{error}; expected {words(kind)}") from error
    except RecursionError as error:
        raise Problem(400, f"the body is nested too deeply; expected {words(kind)}") from error


def query(request: Request, kind: type[T]) -> T:
    """A request's query as this type. Raises Problem 400 with the mistake and what is expected."""
    if request.headers.get("content-length", "0") != "0":
        raise Problem(400, f"this call has no body, so what it says would do nothing; expected {words(kind)}")
    return asked(request, kind)


def asked(request: Request, kind: type[T]) -> T:
    """The query of a request with or without a body, as this type. Raises Problem 400 as `query` does."""
    given = dict(request.query_params)
    if twice := [name for name in given if len(request.query_params.getlist(name)) > 1]:
        raise Problem(400, f"?{twice[0]}= stands in the query twice")
    try:
        return convert(given, kind, strict=False)
    except ValidationError as error:
        raise _refusal(error, kind) from error


def some_between(after: int, before: int | None) -> None:
    """Raises Problem 400 if no number is above `after` and below `before`."""
    if before is not None and before <= after + 1:
        raise Problem(400, f"no number is above `after`, {after}, and below `before`, {before}")


def period(since: str, until: str) -> tuple[int | None, int | None]:
    """The times in a query's `since` and `until`; None for one that is empty. Raises Problem 400 for what is no time,
    and if no time is between them.
    """
    first, last = _time("since", since), _time("until", until)
    if first is not None and last is not None and first > last:
        raise Problem(400, f"no time is from {since} to {until}")
    return first, last


def _time(name: str, text: str) -> int | None:
    try:
        return instants.read(text) if text else None
    except (ValueError, OverflowError) as error:
        raise Problem(400, f"{name} must be {instants.expected(text)}; it is {quoted(text)}") from error


def _no_query(request: Request, kind: type | None = None) -> None:
    if request.scope["query_string"] and (name := next(iter(request.query_params), "")):
        expected = f"; expected {words(kind)}" if kind else ""
        raise Problem(400, f"this call has no query, so ?{name}= would do nothing{expected}")


def _refusal(error: ValidationError, kind: type) -> Problem:
    from emulator.validation.mistakes import told  # its imports are for mistakes only

    wrong = told(error, kind)
    return Problem(400, wrong if wrong.endswith("?") else f"{wrong}; expected {words(kind)}")


def words(kind: type) -> str:
    """The docstring of a body or query in one line, as it stands after `expected` in a message."""
    line = " ".join((kind.__doc__ or "").split()).removesuffix(".")
    return line[:1].lower() + line[1:]
