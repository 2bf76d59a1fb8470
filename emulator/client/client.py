"""A client of the emulator, for tests and scripts: small, typed, synchronous.

    client = Client("http://127.0.0.1:8080")
    app = client.application("shop")
    app.set_rate(0)
    flow = app.send({"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Hi"}})
    flow = app.finish(flow)
    app.assert_succeeded(flow, on="Sms")

An application is a tenant: its flows, its journal, its scenario and its time are its own.
"""

from __future__ import annotations

import base64
import select
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, Self
from urllib.parse import quote, urlencode, urlsplit

from msgspec import DecodeError, json

from emulator.client.results import Callback, ClockState, Entry, Flow, Verdict, told
from emulator.clock.clock import INSTANT
from emulator.errors import EmulatorError, Json
from emulator.journal.timeline import timeline

CONTROL: Final = "/_emulator"
PAGE: Final = 1000
ANY: Final = "secret"
"""A secret for an emulator that takes any."""


class Refused(EmulatorError):
    """The emulator answered with an error: its `status` and `body`."""

    def __init__(self, status: int, body: Any) -> None:
        told = body if isinstance(body, dict) else {}
        detail = told.get("detail") or told.get("developerMessage") or told.get("error_description") or body
        more = "".join(f"\n  {where}: {why}" for where, why in told.get("properties", {}).items())
        super().__init__(f"{status}: {detail}{more}")
        self.status = status
        self.body = body


class Unreachable(EmulatorError):
    """No emulator answers at the URL."""


class Client:
    """One emulator. `token` is its control token, if it has one; `timeout` in real seconds. Not for several threads."""

    def __init__(self, url: str = "http://127.0.0.1:8080", *, token: str = "", timeout: float = 60.0) -> None:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)

    def application(self, name: str, secret: str = ANY) -> Application:
        """An application of this emulator; it needs no registration."""
        return Application(self, name, secret)

    def reset(self) -> None:
        """Have the emulator be as new, for all applications."""
        self.control("POST", "/reset", {})

    def control(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """A call of the emulator's own API, below /_emulator. Raises Refused."""
        given = {name: value for name, value in query.items() if value not in (None, "")}
        asked = f"{CONTROL}{path}" + (f"?{urlencode(given)}" if given else "")
        data = None if body is None else json.encode(body)
        return self.call(method, asked, data, self._headers | {"Content-Type": "application/json"})

    def call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        """The JSON that answers a request. Raises Refused for a status of 400 and above, Unreachable."""
        try:
            status, answer = self._exchange(method, path, body, headers)
        except (HTTPException, OSError) as error:
            self._connection.close()
            raise Unreachable(f"no emulator answers at {self.url}: {error!r}") from error
        try:
            decoded = json.decode(answer)
        except DecodeError:
            decoded = answer.decode(errors="replace")
        if status >= 400:
            raise Refused(status, decoded)
        return decoded

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """One exchange, never repeated, on the connection of the last one unless that was closed meanwhile."""
        idle = self._connection.sock
        if idle is not None and select.select([idle], [], [], 0)[0]:
            self._connection.close()
        self._connection.request(method, path, body, dict(headers))
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """Close the connection; a later call opens it again."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client {self.url}>"


class Application:
    """One application (OAuth client) of an emulator: it sends flows, and it steers what happens to them."""

    def __init__(self, client: Client, name: str, secret: str = ANY) -> None:
        self.client = client
        self.id = name
        self.secret = secret

    # --- as the provider's client ------------------------------------------------------------------------------

    def token(self) -> str:
        """An access token, as the provider gives it. Raises Refused."""
        pair = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        answer = self.client.call("POST", "/oauth/token", b"grant_type=client_credentials", headers)
        return str(answer["access_token"])

    def send(self, *steps: Json, callback: str = "", strategy: str = "OnStep") -> Flow:
        """Send a flow of these steps, whose callbacks go to the URL `callback`. Raises Refused."""
        told = {"callback": {"strategy": strategy, "url": callback}} if callback else {}
        return self.send_body({"flow": list(steps)} | told)

    def send_body(self, body: object) -> Flow:
        """Send a whole request body. Raises Refused."""
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"}
        created = self.client.call("POST", "/failover", json.encode(body), headers)
        return self.flow(created["trackingId"])

    # --- what happened -----------------------------------------------------------------------------------------

    def flow(self, flow: str | Flow) -> Flow:
        """A flow as it stands now. Raises Refused."""
        return Flow.of(self.client.control("GET", f"/flows/{quote(_id(flow), safe='')}"))

    def flows(self, **query: object) -> list[Flow]:
        """The application's flows, newest first; `status`, `to`, `channel`, `scenario`, `limit` narrow them."""
        found = self.client.control("GET", "/flows", application=self.id, **query)
        return [Flow.of(each) for each in found["flows"]]

    def callbacks(self, flow: str | Flow | None = None) -> list[Callback]:
        """The application's callbacks, or those of one flow, in their order, with every attempt."""
        query = {"flow": _id(flow)} if flow else {"application": self.id}
        return [
            Callback.of(each) for each in self.client.control("GET", "/callbacks", limit=PAGE, **query)["callbacks"]
        ]

    def journal(self, flow: str | Flow | None = None, kind: str = "") -> list[Entry]:
        """The application's journal, or that of one flow; of some kinds (between commas), if asked."""
        query = {"flow": _id(flow)} if flow else {"application": self.id}
        return [Entry(**each) for each in self.client.control("GET", "/journal", kind=kind, **query)["entries"]]

    def refusals(self) -> list[Entry]:
        """The application's requests that were refused, each with the reason."""
        return self.journal(kind="refused,token refused")

    def timeline(self, flow: str | Flow | None = None) -> str:
        """What happened, as people read it."""
        query = {"flow": _id(flow)} if flow else {"application": self.id}
        return timeline(self.client.control("GET", "/journal", **query)["entries"])

    def verify(self, *wanted: Json, **times: int) -> Verdict:
        """Whether flows came as wanted; see POST /_emulator/verify. `times`, `least` and `most` say how many."""
        return Verdict(**self.client.control("POST", "/verify", {"wanted": wanted, "application": self.id} | times))

    # --- time ----------------------------------------------------------------------------------------------------

    def clock(self) -> ClockState:
        """The application's time."""
        return ClockState(**self.client.control("GET", "/clock", application=self.id))

    def set_rate(self, rate: float) -> ClockState:
        """Give the application a clock of its own that runs at this rate; 0 stands still, math.inf is instant."""
        wanted = {"rate": "instant" if rate == INSTANT else rate, "application": self.id}
        return ClockState(**self.client.control("PUT", "/clock", wanted))

    def advance(self, by: str = "", **goal: str) -> list[Entry]:
        """Move the application's time: by a duration, `to` a time, `until` next or idle, until a `flow` has ended.
        Answers what happened on the way.
        """
        wanted = goal | ({"by": by} if by else {}) | {"application": self.id}
        return [Entry(**each) for each in self.client.control("POST", "/clock/advance", wanted)["happened"]]

    def finish(self, flow: str | Flow) -> Flow:
        """Move time until a flow has ended; the flow then. Every callback that was due by then has been tried. What a
        scenario delays, and reports after the end, come later: `advance(until="idle")`.
        """
        self.advance(flow=_id(flow))
        return self.flow(flow)

    # --- what is to happen ------------------------------------------------------------------------------------------

    def scenario(self, scenario: str | Json) -> None:
        """Choose a scenario: a name, or a whole one as an object. Raises Refused with what is wrong with it."""
        chosen = {"name": scenario} if isinstance(scenario, str) else {"scenario": scenario}
        self.client.control("POST", "/scenario", chosen | {"application": self.id})

    def override(self, *rules: Json, uses: int | None = None) -> None:
        """Put rules on top of the scenario, each for so many requests or until the reset."""
        counted = [rule | ({"uses": uses} if uses else {}) for rule in rules]
        self.client.control("POST", "/scenario/overrides", {"application": self.id, "rules": counted})

    def report(self, flow: str | Flow, status: str, **more: object) -> Flow:
        """Have the channel report a status now, of the running step or of `step`. Raises Refused if it does not fit."""
        return self._reach(flow, "reports", {"status": status} | more)

    def reply(self, flow: str | Flow, message: str) -> Flow:
        """Have the recipient answer the Viber message. The post is under way when this returns; on a clock that stands
        still, `advance("0s")` waits for its answer. Raises Refused.
        """
        return self._reach(flow, "replies", {"message": message})

    def cancel(self, flow: str | Flow, why: str = "cancelled from outside") -> Flow:
        """Stop a flow. Raises Refused."""
        return self._reach(flow, "cancel", {"why": why})

    def resend(self, callback: str | Callback) -> None:
        """Post a callback once more; under way when this returns, as a reply is."""
        name = callback if isinstance(callback, str) else callback.id
        self.client.control("POST", f"/callbacks/{quote(name, safe='')}/resend", {})

    def set_balance(self, balance: float) -> None:
        """Have so much left of the scenario's balance. Raises Refused if the scenario has none."""
        self.client.control("PUT", "/balance", {"application": self.id, "balance": balance})

    def revoke_tokens(self) -> None:
        """Make all of the application's tokens worthless."""
        for each in self.client.control("GET", "/tokens", application=self.id)["tokens"]:
            self.client.control("DELETE", f"/tokens/{quote(each['token'], safe='')}")

    def reset(self) -> None:
        """Have the application be as new."""
        self.client.control("POST", "/reset", {"application": self.id})

    def _reach(self, flow: str | Flow, what: str, body: Json) -> Flow:
        return Flow.of(self.client.control("POST", f"/flows/{quote(_id(flow), safe='')}/{what}", body))

    # --- assertions ----------------------------------------------------------------------------------------------

    def assert_succeeded(self, flow: str | Flow, on: str = "") -> Flow:
        """The flow succeeded, and on this channel, if it is given."""
        now = self.flow(flow)
        if now.status != "Succeeded":
            raise self._miss(now, f"is {now.status}, not Succeeded")
        if on not in ("", now.channel):
            raise self._miss(now, f"succeeded on {now.channel}, not on {on}")
        return now

    def assert_failed(self, flow: str | Flow, code: str = "") -> Flow:
        """The flow failed, and with this statusCode, if it is given."""
        now = self.flow(flow)
        if now.status != "Failed":
            raise self._miss(now, f"is {now.status}, not Failed")
        if code not in ("", now.status_code):
            raise self._miss(now, f"failed with statusCode {now.status_code}, not {code}")
        return now

    def assert_messages(self, flow: str | Flow, *statuses: str) -> Flow:
        """The flow's messages stand like this, in the order in which they started."""
        now = self.flow(flow)
        came = tuple(message.status for message in now.messages)
        if came != statuses:
            raise self._miss(now, f"has the messages {', '.join(came)}; expected {', '.join(statuses)}")
        return now

    def assert_callbacks(self, flow: str | Flow, *expected: str, count: int | None = None) -> list[Callback]:
        """The flow has exactly these callbacks, all received, in this order: each is the flow's status and that of each
        message, such as "InProgress EXPIRED Queued". With `count` alone, so many, all received.
        """
        found = self.callbacks(flow)
        received = sum(callback.received for callback in found)
        if count is not None and not len(found) == received == count:
            raise self._miss(self.flow(flow), f"has {len(found)} callbacks, {received} received; expected {count}")
        if count is not None and not expected:
            return found
        came = [told(callback.body) + ("" if callback.received else f" ({callback.outcome})") for callback in found]
        missed = "".join(f"\n  {mark} {line}" for mark, line in _compared(came, list(expected)))
        if came != list(expected):
            raise self._miss(self.flow(flow), f"has other callbacks (- expected, + came):{missed}")
        return found

    def _miss(self, flow: Flow, why: str) -> AssertionError:
        return AssertionError(f"{flow!r} {why}\n\n{self.timeline(flow)}")

    def __repr__(self) -> str:
        return f"<Application {self.id} of {self.client.url}>"


def _id(flow: str | Flow) -> str:
    return flow if isinstance(flow, str) else flow.id


def _compared(came: list[str], expected: list[str]) -> list[tuple[str, str]]:
    from difflib import ndiff

    return [(line[0], line[2:]) for line in ndiff(expected, came) if line[0] != "?"]
