"""Reading a request's body, up to a limit."""

from __future__ import annotations

from typing import TypeVar

from msgspec import DecodeError, ValidationError, convert, json
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from emulator.provider.errors import Problem, generic

T = TypeVar("T")


async def read(receive: Receive, limit: int) -> bytes:
    """The whole body; of one that has more than `limit` bytes, one byte more. Raises ClientDisconnect if the client
    left. What is too much is read all the same and forgotten, since many clients read no answer before they sent
    everything.
    """
    chunks: list[bytes] = []
    room, more = limit + 1, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        chunks.append(message.get("body", b"")[:room])
        room -= len(chunks[-1])
    return b"".join(chunks)


def within(body: bytes, limit: int) -> bytes:
    """A body as it was read. Raises ApiError 400 if it has more than `limit` bytes."""
    if len(body) > limit:
        raise generic(400, f"The body must have at most {limit} bytes; it has more")
    return body


async def decoded(request: Request, kind: type[T]) -> T:
    """The body of a call of the emulator's own API. Raises ApiError 400, which says what was expected."""
    limit: int = request.app.state.emulation.settings.max_body
    body = within(await read(request.receive, limit), limit)
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
