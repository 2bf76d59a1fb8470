"""One post at a customer's receiver, and what the provider would say of its answer.

The provider counts only HTTP 200 within 2 seconds as received; it follows no redirect, and repeats all else.
"""

from __future__ import annotations

from base64 import b64encode
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from msgspec import Struct

from emulator.clock import RealTime
from emulator.delivery import ANSWER_LIMIT, LADDER
from emulator.model import EmulatorError

TIMEOUT: Final = 2.0
"""How long the provider waits for an answer, in seconds."""
REPEATS: Final = f"counts only 200 as received and would repeat this callback {len(LADDER)} times in 24 h"


class CheckError(EmulatorError):
    """The URL can't be posted to at all; the message says why."""


class Receiver(Struct, frozen=True):
    """Where to post, what to say there, and how long to wait for each answer in seconds."""

    secure: bool
    host: str
    port: int
    target: str
    headers: dict[str, str]
    timeout: float

    def connection(self) -> HTTPConnection:
        """A new connection, not yet opened."""
        kind = HTTPSConnection if self.secure else HTTPConnection
        return kind(self.host, self.port, timeout=self.timeout)


class Answer(Struct, frozen=True):
    """What came of one post; `wrong` says what the provider would not like, and is empty if all is well."""

    status: int | None
    ms: int
    wrong: str
    reached: bool = True


class _UnreachableError(Exception):
    """No connection came about; its cause says why."""


def receiver(url: str, timeout: float) -> Receiver:
    """The receiver at this URL. Raises CheckError for what is no http or https URL."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise CheckError(f"{url} is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not host.isprintable() or not host:
        raise CheckError(f"{url} is no http or https URL")
    return Receiver(parts.scheme == "https", host, port, _target(parts), _headers(parts), timeout)


def _target(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe="%/:=&?~+!$,;'@()*[]")


def _headers(parts: SplitResult) -> dict[str, str]:
    """The headers of each post; a name and password in the URL become Basic authentication."""
    headers = {"Content-Type": "application/json"}
    if parts.username is None:
        return headers
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return headers | {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def post(receiver: Receiver, body: bytes) -> Answer:
    """Post a body on a connection of its own."""
    real = RealTime()
    began = real()
    try:
        status = _exchange(receiver, body)
    except _UnreachableError as error:
        return Answer(None, real() - began, _unreachable(error.__cause__, receiver), reached=False)
    except (OSError, HTTPException) as error:
        return Answer(None, real() - began, _unanswered(error, receiver))
    ms = real() - began
    return Answer(status, ms, _objection(status, ms, receiver.timeout))


def _exchange(receiver: Receiver, body: bytes) -> int:
    """The HTTP status that answers a post on a connection of its own."""
    connection = receiver.connection()
    try:
        _connect(connection)
        connection.putrequest("POST", receiver.target, skip_accept_encoding=True)
        for name, value in (receiver.headers | {"Content-Length": str(len(body))}).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        answer.read1(ANSWER_LIMIT)
        return answer.status
    finally:
        connection.close()


def _connect(connection: HTTPConnection) -> None:
    try:
        connection.connect()
    except OSError as error:
        raise _UnreachableError from error


def _objection(status: int, ms: int, timeout: float) -> str:
    """What the provider would not like about an answer; empty if it counts."""
    if 300 <= status < 400:
        return f"answered {status}; the provider follows no redirects, {REPEATS}"
    if status != 200:
        return f"answered {status}; the provider {REPEATS}"
    return f"answered 200 after {ms} ms; {_patience(timeout)}" if ms > timeout * 1000 else ""


def _unanswered(error: Exception, receiver: Receiver) -> str:
    match error:
        case TimeoutError():
            return f"no answer within {receiver.timeout:g} s; {_patience(receiver.timeout)}"
        case OSError():
            told = "the connection was closed without an answer"
        case _:
            told = "what came back is no HTTP answer"
    return f"{told}; the provider {REPEATS}"


def _patience(timeout: float) -> str:
    return f"the provider waits {timeout:g} s, {REPEATS}"


def _unreachable(error: BaseException | None, receiver: Receiver) -> str:
    """Why there is no connection, in words."""
    place = f"[{receiver.host}]:{receiver.port}" if ":" in receiver.host else f"{receiver.host}:{receiver.port}"
    match error:
        case TimeoutError():
            told = f"no connection to {place} within {receiver.timeout:g} s"
        case gaierror():
            told = f"the name {receiver.host} does not resolve to an address"
        case ConnectionRefusedError():
            told = f"nothing listens at {place}"
        case SSLCertVerificationError():
            told = f"the certificate of {place} can't be trusted ({error.verify_message})"
        case SSLError():
            told = f"{place} does not speak TLS; is it http instead of https?"
        case _:
            told = f"no connection to {place}: {error}"
    return f"{told}; the provider {REPEATS}"
