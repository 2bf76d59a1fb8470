"""Every error the API answers, in the provider's documented shape, made in this one place.

The provider's codes have nine digits: the HTTP status, a module (000 is generic) and a number. It documents no module
for failover, so its errors are the generic ones.
"""

from __future__ import annotations

from collections.abc import Callable
from http.client import responses
from typing import Final, TypeVar

from msgspec import json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from emulator.errors import EmulatorError, Json
from emulator.validation.strict import Invalid, Malformed

T = TypeVar("T")
CONTROL: Final = "/_emulator/"
"""Where the emulator's own API is."""
VALIDATION: Final = "Validation Error!"
_JSON: Final = "application/json"


class ApiError(EmulatorError):
    """An answer that refuses: HTTP status, and the body's members."""

    kind = "application/json"

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}

    @property
    def reason(self) -> Json:
        """What the journal says of it."""
        return {"status": self.status} | self.body


class Problem(ApiError):
    """An error of the emulator's own API: problem+json (RFC 9457)."""

    kind = "application/problem+json"

    def __init__(self, status: int, detail: str, **more: object) -> None:
        title = responses.get(status, "Error")
        super().__init__(status, {"type": "about:blank", "title": title, "status": status, "detail": detail} | more)


def generic(status: int, message: str, **more: object) -> ApiError:
    """An error with the generic code of its HTTP status."""
    return ApiError(status, {"code": f"{status}000000", "developerMessage": message} | more)


def invalid(entity: str, properties: dict[str, str]) -> ApiError:
    """A body that breaks the rules: `properties` says where, and how."""
    return generic(400, VALIDATION, entity=entity, properties=properties)


def read_or_refuse(read: Callable[..., T], body: bytes, *more: object) -> T:
    """What a reader makes of a body. Raises ApiError 400 in place of Malformed and Invalid."""
    try:
        return read(body, *more)
    except Malformed as error:
        raise generic(400, str(error)) from error
    except Invalid as error:
        raise invalid(error.entity, error.properties) from error


def within(body: bytes, limit: int) -> bytes:
    """A body as it was read. Raises ApiError 400 if it has more than `limit` bytes."""
    if len(body) > limit:
        raise generic(400, f"The body must have at most {limit} bytes; it has more")
    return body


def json_within(given: dict[bytes, bytes], body: bytes, limit: int) -> None:
    """Raises ApiError 400 unless a body has at most `limit` bytes and its headers say that it is JSON."""
    within(body, limit)
    kind = given.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise generic(400, f"Content-Type must be {_JSON}; it is {kind or 'missing'}")


def unforeseen() -> ApiError:
    """What nobody foresaw: a fault of the emulator's."""
    return generic(500, "Internal Server Error")


def not_found(entity: str, name: str, value: str) -> ApiError:
    """Something that does not exist, named by one of its properties."""
    message = f"{entity} with {name} '{value}' was not found!"
    return generic(404, message, entity=entity, property=name, value=value)


def unauthorized(error: str, description: str) -> ApiError:
    """A request without a token that is good."""
    challenge = f'Bearer realm="oauth2-resource", error="{error}", error_description="{_quoted(description)}"'
    return ApiError(401, {"error": error, "error_description": description}, {"WWW-Authenticate": challenge})


def bad_credentials(message: str, path: str, now: int) -> ApiError:
    """A request for a token whose client is not known; `now` in milliseconds."""
    body = {"timestamp": now, "status": 401, "error": "Unauthorized", "message": message, "path": path}
    return ApiError(401, body | {"error_description": message}, {"WWW-Authenticate": 'Basic realm="oauth2/client"'})


def _quoted(text: str) -> str:
    return "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in text)


def answer(error: ApiError) -> Response:
    """The HTTP answer."""
    return Response(json.encode(error.body), error.status, error.headers, error.kind)


async def on_api_error(_: Request, error: Exception) -> Response:
    """Starlette's handler for ApiError."""
    assert isinstance(error, ApiError)
    return answer(error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Starlette's handler for unknown paths and methods."""
    assert isinstance(error, HTTPException)
    path = request.scope["path"]  # request.url would need a Host that makes a URL
    messages = {404: f"There is nothing at {path}", 405: f"{request.method} is not supported at {path}"}
    make = Problem if path.startswith(CONTROL) else generic
    made = make(error.status_code, messages.get(error.status_code, error.detail))
    return Response(json.encode(made.body), error.status_code, error.headers, made.kind)


async def on_failure(request: Request, _: Exception) -> Response:
    """Starlette's handler for what nobody foresaw."""
    own = request.scope["path"].startswith(CONTROL)
    return answer(Problem(500, "the emulator failed; its log says how") if own else unforeseen())
