"""Posts every case at a customer's receiver and judges its answers by the provider's rules.

The provider counts only HTTP 200 within 2 seconds as received; it follows no redirect, and repeats all else.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from operator import attrgetter
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit
from xml.etree import ElementTree as ET

from msgspec import Struct
from rich.table import Table
from rich.text import Text

from emulator import webhook
from emulator.clock import RealTime
from emulator.delivery import ANSWER_LIMIT, LADDER
from emulator.model import EmulatorError
from emulator.webhook import Case

TIMEOUT: Final = 2.0
"""How long the provider waits for an answer, in seconds."""
REPEATS: Final = f"counts only 200 as received and would repeat this callback {len(LADDER)} times in 24 h"
RECEIVED: Final = "received"
NOT_TRIED: Final = "not tried: the receiver can't be reached"


class CheckError(EmulatorError):
    """The URL can't be posted to at all; the message says why."""


class Verdict(Struct, frozen=True):
    """How a receiver did in one case. `status` is the HTTP status that decided it, None if there was no answer; `ms`
    the time that it took, in milliseconds; `why` the reason in words.
    """

    case: str
    purpose: str
    status: int | None
    ms: int
    good: bool
    why: str


class _Receiver(Struct, frozen=True):
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


class _Answer(Struct, frozen=True):
    """What came of one post; `wrong` says what the provider would not like, and is empty if all is well."""

    status: int | None
    ms: int
    wrong: str
    reached: bool = True


class _UnreachableError(Exception):
    """No connection came about; its cause says why."""


def check(url: str, timeout: float = TIMEOUT) -> list[Verdict]:
    """Post every case to this URL, one after another; a verdict for each. A receiver that can't be reached is tried
    once. `timeout` in seconds is its time for each answer. Raises CheckError for what is no http or https URL.
    """
    receiver = _receiver(url, timeout)
    first, *others = webhook.cases()
    answers = _answers(receiver, first)
    verdicts = [_verdict(first, answers)]
    if not answers[0].reached:
        return verdicts + [Verdict(case.name, case.purpose, None, 0, good=False, why=NOT_TRIED) for case in others]
    return verdicts + [_verdict(case, _answers(receiver, case)) for case in others]


def _receiver(url: str, timeout: float) -> _Receiver:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise CheckError(f"{url} is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not host.isprintable() or not host:
        raise CheckError(f"{url} is no http or https URL")
    return _Receiver(parts.scheme == "https", host, port, _target(parts), _headers(parts), timeout)


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


def _answers(receiver: _Receiver, case: Case) -> list[_Answer]:
    return [_post(receiver, body) for body in case.bodies]


def _post(receiver: _Receiver, body: bytes) -> _Answer:
    real = RealTime()
    began = real()
    try:
        status = _exchange(receiver, body)
    except _UnreachableError as error:
        return _Answer(None, real() - began, _unreachable(error.__cause__, receiver), reached=False)
    except (OSError, HTTPException) as error:
        return _Answer(None, real() - began, _unanswered(error, receiver))
    ms = real() - began
    return _Answer(status, ms, _objection(status, ms, receiver.timeout))


def _exchange(receiver: _Receiver, body: bytes) -> int:
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


def _unanswered(error: Exception, receiver: _Receiver) -> str:
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


def _unreachable(error: BaseException | None, receiver: _Receiver) -> str:
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


def _verdict(case: Case, answers: list[_Answer]) -> Verdict:
    """The first answer that the provider would not count decides, or else the slowest."""
    for number, each in enumerate(answers, 1):
        if each.wrong and number > case.unjudged:
            where = f"post {number} of {len(answers)}: " if len(answers) > 1 else ""
            return Verdict(case.name, case.purpose, each.status, each.ms, good=False, why=where + each.wrong)
    slowest = max(answers[case.unjudged :], key=attrgetter("ms"))
    return Verdict(case.name, case.purpose, slowest.status, slowest.ms, good=True, why=RECEIVED)


def table(verdicts: Sequence[Verdict]) -> Table:
    """The verdicts for people: a row for each case that was tried, and below how many went well. What is wrong in the
    same way as in a case before is not told again in full.
    """
    tried = [verdict for verdict in verdicts if verdict.why != NOT_TRIED]
    good = sum(verdict.good for verdict in verdicts)
    made = Table(caption=f"{good} of {len(verdicts)} cases received", caption_justify="left")
    for heading in ("case", "answer", "time", "verdict"):
        made.add_column(heading)
    first: dict[str, str] = {}
    for each in tried:
        made.add_row(*_row(each, first.setdefault(each.why, each.case)))
    if len(tried) < len(verdicts):
        made.add_row(f"{len(verdicts) - len(tried)} others", "", "", Text(NOT_TRIED, "red"))
    return made


def _row(verdict: Verdict, first: str) -> tuple[str, str, str, Text]:
    """A verdict's cells; `first` is the first case with the same reason."""
    status = "" if verdict.status is None else str(verdict.status)
    why = verdict.why if verdict.good or verdict.case == first else f"as {first}"
    return verdict.case, status, f"{verdict.ms} ms", Text(why, "green" if verdict.good else "red")


def junit(verdicts: Sequence[Verdict]) -> bytes:
    """The verdicts as JUnit XML in UTF-8, for a CI server: a test case for each, a failure for each that is bad."""
    failures = sum(not verdict.good for verdict in verdicts)
    counts = {"tests": str(len(verdicts)), "failures": str(failures), "errors": "0", "skipped": "0"}
    counts["time"] = _seconds(sum(verdict.ms for verdict in verdicts))
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {"name": "check-webhook"} | counts)
    for each in verdicts:
        case = ET.SubElement(suite, "testcase", classname="webhook", name=each.case, time=_seconds(each.ms))
        if not each.good:
            ET.SubElement(case, "failure", message=each.why).text = each.purpose
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}"
