"""The bodies and queries of the emulator's own API, decoded by their types."""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

from msgspec import DecodeError, Meta, Struct, ValidationError, convert, json
from starlette.requests import Request

from emulator.http import messages
from emulator.provider.errors import Problem, within

T = TypeVar("T")
PAGE: Final = 1000
"""How many items a page has at most."""
Page = Annotated[int, Meta(ge=1, le=PAGE)]
"""How many items a page may have."""
Number = Annotated[int, Meta(ge=0, le=10**18)]
"""A number of an item, or of items."""


class Whose(Struct, frozen=True, forbid_unknown_fields=True):
    """A query: one `application`, or all of them without it."""

    application: str | None = None


async def decoded(request: Request, kind: type[T]) -> T:
    """The body of a call of the emulator's own API. Raises ApiError 400, which says what was expected."""
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
    """The query of a call of the emulator's own API. Raises ApiError 400, which says what was expected."""
    try:
        return convert(dict(request.query_params), kind, strict=False)
    except ValidationError as error:
        raise Problem(400, f"{error}; expected {words(kind)}") from error


def words(kind: type) -> str:
    """What a kind of body or query is, in one line, to stand after `expected`."""
    told = " ".join((kind.__doc__ or "").split()).removesuffix(".")
    return told[:1].lower() + told[1:]
