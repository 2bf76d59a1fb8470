"""Decodes the bodies and queries of the emulator's own API by their types, and defines the types that doors share.

A refusal quotes the docstring of the type. What a body means is known to its door.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

from msgspec import DecodeError, Meta, Struct, ValidationError, convert, json
from starlette.requests import Request

from emulator.http import messages
from emulator.provider.errors import Problem, within

T = TypeVar("T")
PAGE: Final = 1000
"""The largest number of items on a page."""
Page = Annotated[int, Meta(ge=1, le=PAGE)]
"""A number of items on a page."""
Number = Annotated[int, Meta(ge=0, le=10**18)]
"""The number of one item, or a count."""


class Whose(Struct, frozen=True, forbid_unknown_fields=True):
    """A query: one `application`; without it, all of them."""

    application: str | None = None


async def decoded(request: Request, kind: type[T]) -> T:
    """A request's body as this type. Raises Problem 400 with the mistake and what is expected."""
    if name := next(iter(request.query_params), ""):
        raise Problem(400, f"this call has no query, so ?{name}= would do nothing; expected {words(kind)}")
    limit: int = request.app.state.max_body
    body = within(await messages.read(request.receive, limit), limit)
    try:
        body.decode()
        return json.decode(body, type=kind)
    except UnicodeDecodeError as error:
        raise Problem(400, f"the body is not UTF-8: byte {error.start} is {body[error.start]:#04x}") from error
    except (ValidationError, DecodeError) as error:
        raise Problem(400, f"{error}; expected {words(kind)}") from error
    except RecursionError as error:
        raise Problem(400, f"the body is nested too deeply; expected {words(kind)}") from error


def query(request: Request, kind: type[T]) -> T:
    """A request's query as this type. Raises Problem 400 with the mistake and what is expected."""
    if request.method == "DELETE" and request.headers.get("content-length", "0") != "0":
        raise Problem(400, f"this call has no body, so what it says would do nothing; expected {words(kind)}")
    try:
        return convert(dict(request.query_params), kind, strict=False)
    except ValidationError as error:
        raise Problem(400, f"{error}; expected {words(kind)}") from error


def words(kind: type) -> str:
    """The docstring of a body or query in one line, as it stands after `expected` in a message."""
    line = " ".join((kind.__doc__ or "").split()).removesuffix(".")
    return line[:1].lower() + line[1:]
