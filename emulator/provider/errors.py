"""All errors that the two APIs answer, and the handlers that turn exceptions into them.

The provider's errors have its documented shape. Its codes have nine digits: the HTTP status, a module (000 is generic)
and a number. It documents no module for failover, so the generic codes are used. The emulator's own API answers
problem+json.
"""

from __future__ import annotations

from collections.abc import Callable
from http.client import responses
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import json
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock import instants
from emulator.errors import EmulatorError, Json
from emulator.http import encodings
from emulator.http.addresses import CONTROL
from emulator.http.encodings import EncodingError
from emulator.http.log import about
from emulator.store.contract import Unavailable
from emulator.validation.printing import masked, printable_lines
from emulator.validation.strict import Invalid, Malformed

if TYPE_CHECKING:
    from starlette.exceptions import HTTPException

    from emulator.planning.planner import SpoiltAnswer

T = TypeVar("T")
VALIDATION: Final = "Validation Error!"
PLACES: Final = 3
"""How many mistakes of a request the log shows."""
BAD_SENDER: Final = "005"
"""What a refused sender has as its number within the module: not documented, but 004 stands for no recipients."""
NO_BEARER: Final = "The Authorization header carries no bearer token"
_JSON: Final = "application/json"


class ApiError(EmulatorError):
    """A request is refused: the HTTP status of the answer, the members of its JSON body, and its headers. If the client
    is told a `secret` that it sent, journal and log show only its beginning. `note` is what only they tell. `spoilt` is
    the fault that the scenario applies to the answer, if any.
    """

    kind = "application/json"

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None, secret: str = "") -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers or {}
        self._secret = secret
        self.note = ""
        self.spoilt: SpoiltAnswer | None = None

    def __str__(self) -> str:
        return f"{self.status} {self.body}"

    @property
    def reason(self) -> Json:
        """The members of the journal entry about the refusal."""
        members: Json = {"status": self.status} | self.body | ({"note": self.note} if self.note else {})
        if not self._secret:
            return members
        return {name: self._masked(value) if isinstance(value, str) else value for name, value in members.items()}

    @property
    def words(self) -> str:
        """What the client is told, in a line: the first PLACES of what is wrong, or else the message; and the note."""
        places = [f"{place}: {why}" for place, why in (self.body.get("properties") or {}).items()]
        places += [each["developerMessage"] for each in self.body.get("errors") or ()]
        more = [f"{len(places) - PLACES} more"] if len(places) > PLACES else []
        told = (self.body.get(name) for name in ("developerMessage", "detail", "error_description", "message"))
        noted = [self.note] if self.note else []
        return "; ".join((places[:PLACES] + more or [self._masked(next(filter(None, told), ""))]) + noted)

    def _masked(self, text: str) -> str:
        return text.replace(self._secret, masked(self._secret)) if self._secret else text


class Problem(ApiError):
    """An error of the emulator's own API: problem+json (RFC 9457)."""

    kind = "application/problem+json"

    def __init__(self, status: int, detail: str, **more: object) -> None:
        title = responses.get(status, "Error")
        super().__init__(
            status,
            {"type": "about:blank", "title": title, "status": status} | {"detail": printable_lines(detail)} | more,
        )


def generic(status: int, message: str, **more: object) -> ApiError:
    """An error with the generic code of its HTTP status."""
    return ApiError(status, {"code": f"{status}000000", "developerMessage": printable_lines(message)} | more)


def invalid(entity: str, properties: dict[str, str]) -> ApiError:
    """A 400 for a body or query that breaks the rules; `properties` maps each wrong member to what is wrong with it."""
    return generic(400, VALIDATION, entity=entity, properties=properties)


def coded(code: str, message: str) -> ApiError:
    """An error with a code of its own, which begins with its HTTP status, and nothing but a message."""
    return ApiError(int(code[:3]), {"code": code, "developerMessage": message})


def bad_sender(why: str) -> ApiError:
    """A 400 for a message whose sender is refused; `why` begins with the member that has it."""
    return sms_refused({BAD_SENDER: why})


def sms_refused(reasons: dict[str, str]) -> ApiError:
    """A 400 for messages that nobody could send, for these reasons by their numbers within the module."""
    return listed(400, "400005000", "SMS contains invalid data", reasons)


def listed(status: int, code: str, message: str, reasons: dict[str, str]) -> ApiError:
    """An error that lists what is wrong, by the numbers that this has within the provider's module."""
    told = [{"errorCode": number, "developerMessage": printable_lines(why)} for number, why in reasons.items()]
    return ApiError(status, {"code": code, "developerMessage": message, "errors": told})


def read_or_refuse(read: Callable[..., T], body: bytes, *more: object) -> T:
    """What `read` makes of a body and `more`. Raises ApiError 400 where `read` raises Malformed or Invalid."""
    try:
        return read(body, *more)
    except Malformed as error:
        raise generic(400, str(error)) from error
    except Invalid as error:
        raise invalid(error.entity, error.properties) from error


def within(body: bytes, limit: int) -> bytes:
    """The body itself. Raises ApiError 400 if it has more than `limit` bytes."""
    if len(body) > limit:
        raise generic(400, f"The body must have at most {limit} bytes; it has more")
    return body


def json_within(headers: dict[bytes, bytes], body: bytes, limit: int) -> None:
    """Raises ApiError 400 unless a body has at most `limit` bytes and its Content-Type is JSON."""
    within(body, limit)
    if (found := kind(headers)) != _JSON:
        raise generic(400, f"Content-Type must be {_JSON}; it is {found or 'missing'}")


def kind(headers: dict[bytes, bytes]) -> str:
    """The media type of a body, in small letters; empty if it is missing."""
    return headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()


def unavailable(path: str, error: Unavailable) -> ApiError:
    """A 503 for a call of this path while the store can't be used; it says why."""
    refusal = Problem(503, str(error)) if path.startswith(CONTROL) else generic(503, str(error))
    refusal.headers["Retry-After"] = "1"
    return refusal


def unpacked(headers: dict[bytes, bytes], body: bytes, limit: int) -> bytes:
    """A body without its Content-Encoding: all of it, or its first `limit + 1` bytes. Raises ApiError 415 or 400."""
    try:
        return encodings.unpacked(body, headers.get(b"content-encoding", b"").decode("latin-1"), limit)
    except EncodingError as error:
        refusal = generic(error.status, str(error))
        refusal.headers["Accept-Encoding"] = ", ".join(encodings.KNOWN)
        raise refusal from error


def unforeseen() -> ApiError:
    """A 500 for an exception that nothing in the emulator expects."""
    return generic(500, "Internal Server Error")


def not_found(entity: str, name: str, value: str, code: str = "404000000") -> ApiError:
    """A 404 for something that does not exist, identified by the property `name` with this value."""
    return about_value(code, entity, name, value, "was not found!")


def no_sender(name: str, why: str) -> ApiError:
    """A 404 for a Viber sender that is none of the account's, or may not send; only the note says `why`. The code is
    not documented.
    """
    error = not_found("senderInfo", "trackingId", name, "404020000")
    error.note = why
    return error


def about_value(code: str, entity: str, name: str, value: str, what: str) -> ApiError:
    """An error with this code, which begins with its HTTP status, about the thing whose property `name` has a value."""
    message = printable_lines(f"{entity} with {name} '{value}' {what}")
    body = {"code": code, "developerMessage": message, "entity": entity, "property": name, "value": value}
    return ApiError(int(code[:3]), body)


def unauthorized(error: str, description: str, secret: str = "") -> ApiError:
    """A 401 for a request without a valid token, which is the `secret` if the description has it. What a quoted string
    can't contain becomes `?` in the header.
    """
    quoted = "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in description)
    challenge = f'Bearer realm="oauth2-resource", error="{error}", error_description="{quoted}"'
    return ApiError(401, {"error": error, "error_description": description}, {"WWW-Authenticate": challenge}, secret)


def bad_credentials(message: str, path: str, now: int) -> ApiError:
    """A 401 for a token request whose client id or secret is missing or wrong, and for a call of this path that brings
    these in place of a token; `now` in ms.
    """
    body = framework(401, message, path, now)
    return ApiError(401, body | {"error_description": message}, {"WWW-Authenticate": 'Basic realm="oauth2/client"'})


def no_such_path(message: str, path: str, now: int) -> ApiError:
    """A 404 for a path that the API does not have; `now` in ms."""
    return ApiError(404, framework(404, message, path, now))


def unmapped(method: str, note: str) -> ApiError:
    """A 500 for a call that leads to nothing at a path that is known, as the provider has it: a wrong method, or a path
    whose id is missing. The `note` says which.
    """
    error = ApiError(500, {"code": "500", "developerMessage": f"Request method '{method}' not supported"})
    error.note = note
    return error


def framework(status: int, message: str, path: str, now: int) -> Json:
    """The body of an error that the provider's framework answers by itself."""
    second, fraction = divmod(now, 1000)
    at = f"{instants.written(second * 1000).removesuffix('Z')}.{fraction:03d}+0000"
    return {
        "timestamp": at,
        "status": status,
        "error": responses[status],
        "message": printable_lines(message),
        "path": path,
    }


def answer(error: ApiError) -> Response:
    """The HTTP answer that carries an error."""
    return Response(json.encode(error.body), error.status, error.headers, error.kind)


async def on_api_error(request: Request, error: Exception) -> Response:
    """Starlette's handler for ApiError."""
    assert isinstance(error, ApiError)
    about(request.scope).words = error.words
    return answer(error)


async def on_unavailable(request: Request, error: Exception) -> Response:
    """Starlette's handler for Unavailable."""
    assert isinstance(error, Unavailable)
    about(request.scope).words = str(error)
    return answer(unavailable(request.scope["path"], error))


def refusal_of(request: Request, error: HTTPException) -> ApiError:
    """The error that answers a call of an unknown path or by a wrong method, in the shape of the API that it is of."""
    path = request.scope["path"]  # request.url would need a Host that makes a URL
    allowed = ", ".join(_methods(request))  # the framework names those of one route only
    messages = {
        404: f"There is nothing at {path}",
        405: f"{request.method} is not supported at {path}, which takes {allowed}",
    }
    shape = Problem if path.startswith(CONTROL) else generic
    refusal = shape(error.status_code, messages.get(error.status_code, error.detail))
    refusal.headers.update({**(error.headers or {}), **({"Allow": allowed} if error.status_code == 405 else {})})
    return refusal


def _methods(request: Request) -> list[str]:
    """The methods that the routes at a request's path take; a path that is known by itself is not one with an id."""
    from starlette.routing import Match, Route

    routes = [each for each in request.app.routes if isinstance(each, Route)]
    own = [each for each in routes if each.path == request.scope["path"]]
    found = own or [each for each in routes if each.matches(request.scope)[0] is not Match.NONE]
    return sorted({name for each in found for name in each.methods or ()})


async def on_left(_: Request, __: Exception) -> Any:
    """Starlette's handler for ClientDisconnect: nobody is there to be answered."""


async def on_failure(request: Request, _: Exception) -> Response:
    """Starlette's handler for every other exception: a 500."""
    own = request.scope["path"].startswith(CONTROL)
    return answer(Problem(500, "the emulator failed; its log says how") if own else unforeseen())
