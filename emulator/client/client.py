"""A client of the emulator, for tests, scripts and the command line: small, typed, synchronous.

    client = Client("http://127.0.0.1:8080")
    app = client.application("shop")
    app.set_rate(0)
    flow = app.send({"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Hi"}})
    flow = app.finish(flow)
    app.assert_succeeded(flow, on="Sms")

An application is a tenant: its flows, its journal, its scenario and its time are its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote, urlencode

from msgspec import convert, json

from emulator.client.assertions import Assertions
from emulator.client.connection import Connection, Unreachable
from emulator.client.results import Callback, ClockState, Entry, Flow, Verdict, flow_id
from emulator.client.sending import Sender
from emulator.client.words import Cause, Channel, Kind, Status
from emulator.clock.clock import INSTANT
from emulator.errors import Json
from emulator.journal.timeline import timeline

__tracebackhide__ = True
"""pytest shows the line of a test that made a call, and none of this module."""

CONTROL: Final = "/_emulator"
"""Where the emulator's own API begins."""
PAGE: Final = 1000
"""How many callbacks or journal entries one call asks for at most."""
ANY: Final = "secret"
"""A secret for an emulator that takes any."""


class Client(Connection):
    """A client of one emulator. `token` is its control token, if it has one; `timeout` is in real seconds, None for no
    limit. Not for several threads. Raises Unreachable for what is no http or https URL.
    """

    def __init__(self, url: str = "http://127.0.0.1:8080", *, token: str = "", timeout: float | None = 60.0) -> None:
        super().__init__(url, timeout)
        self._token, self._timeout = token, timeout
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def another(self) -> Client:
        """A client of the same emulator, over a connection of its own."""
        return Client(self.url, token=self._token, timeout=self._timeout)

    def application(self, name: str, secret: str = ANY) -> Application:
        """An application of this emulator; it needs no registration."""
        return Application(self, name, secret)

    def control(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """Call the emulator's own API: a path below /_emulator, with a query whose None are left out. Raises Refused
        and Unreachable.
        """
        given = {name: value for name, value in query.items() if value is not None}
        target = f"{CONTROL}{path}" + (f"?{urlencode(given)}" if given else "")
        answer = self.call(method, target, None if body is None else json.encode(body), self._headers)
        if not isinstance(answer, dict):
            raise Unreachable(f"no emulator answers at {self.url}, but something else")
        return answer

    def journal(
        self, *, application: str | None = None, flow: str | None = None, kind: str | None = None
    ) -> Iterator[Json]:
        """All journal entries of an application, of a flow, of some kinds (between commas), from the oldest on, as GET
        /_emulator/journal shows them; they are read page by page. Raises Refused.
        """
        query = {"application": application, "flow": flow, "kind": kind}
        after, more = 0, True
        while more:
            page = self.control("GET", "/journal", after=after, limit=PAGE, **query)
            yield from page["entries"]
            after, more = page["next"], page["more"]

    def reset(self) -> None:
        """Make the emulator as new, for all applications."""
        self.control("POST", "/reset", {})


class Application(Sender, Assertions):
    """One application (OAuth client) of an emulator: sends flows, and steers what happens to them. One without a name
    stands for all where it looks at things, and for what all share where it steers.
    """

    def __init__(self, client: Client, name: str, secret: str = ANY) -> None:
        super().__init__(client, name, secret)
        self.client: Client = client

    # --- what happened -----------------------------------------------------------------------------------------

    def flow(self, flow: str | Flow) -> Flow:
        """A flow as it stands now. Raises Refused."""
        return Flow.of(self.client.control("GET", f"/flows/{quote(flow_id(flow), safe='')}"))

    def flows(
        self,
        *,
        status: Status | None = None,
        to: str | None = None,
        channel: Channel | None = None,
        scenario: str | None = None,
        limit: int = 100,
    ) -> list[Flow]:
        """The application's flows, newest first, `limit` at most: those with this `status`, with a recipient that
        contains `to`, with a message on this `channel`, begun under this `scenario`. Raises Refused.
        """
        wanted = {"status": status, "to": to, "channel": channel, "scenario": scenario, "limit": limit}
        answer = self.client.control("GET", "/flows", application=self.id, **wanted)
        return [Flow.of(each) for each in answer["flows"]]

    def callbacks(self, flow: str | Flow | None = None) -> list[Callback]:
        """The application's callbacks, or those of one flow, in their order, with every attempt."""
        answer = self.client.control("GET", "/callbacks", limit=PAGE, **self._narrowed(flow))
        return [Callback.of(each) for each in answer["callbacks"]]

    def journal(self, flow: str | Flow | None = None, kind: Kind | Sequence[Kind] = ()) -> list[Entry]:
        """The application's journal, or that of one flow; only entries of this kind or these kinds, if asked."""
        kinds = kind if isinstance(kind, str) else ",".join(kind)
        return [convert(each, Entry) for each in self.client.journal(kind=kinds or None, **self._narrowed(flow))]

    def refusals(self) -> list[Entry]:
        """The application's requests that were refused, each with the reason."""
        return self.journal(kind=("refused", "token refused"))

    def timeline(self, flow: str | Flow | None = None) -> str:
        """The application's journal, or that of one flow, as people read it: a line for each entry."""
        return timeline(self.client.journal(**self._narrowed(flow)))

    def verify(
        self, *wanted: Json, times: int | None = None, least: int | None = None, most: int | None = None
    ) -> Verdict:
        """Whether flows came as wanted; see POST /_emulator/verify. `times`, or `least` and `most`, say how many."""
        asked = {"wanted": wanted, "application": self.id, "times": times, "least": least, "most": most}
        return Verdict(**self.client.control("POST", "/verify", asked))

    def _narrowed(self, flow: str | Flow | None) -> dict[str, str]:
        return {"application": self.id} if flow is None else {"flow": flow_id(flow)}

    # --- time ----------------------------------------------------------------------------------------------------

    def clock(self) -> ClockState:
        """The application's time."""
        return convert(self.client.control("GET", "/clock", application=self.id), ClockState)

    def set_rate(self, rate: float) -> ClockState:
        """Give the application a clock of its own that runs at this rate; 0 stands still, math.inf is instant."""
        wanted = {"rate": "instant" if rate == INSTANT else rate, "application": self.id}
        return convert(self.client.control("PUT", "/clock", wanted), ClockState)

    def advance(
        self, by: str = "", *, to: str = "", until: Literal["next", "idle", ""] = "", flow: str | Flow = ""
    ) -> list[Entry]:
        """Move the application's time: by a duration, `to` a time, `until` next or idle, until a `flow` has ended.
        Returns what happened on the way.
        """
        goal = {"by": by, "to": to, "until": until, "flow": flow if flow == "" else flow_id(flow)}
        wanted = {name: value for name, value in goal.items() if value} | {"application": self.id}
        return [convert(each, Entry) for each in self.client.control("POST", "/clock/advance", wanted)["happened"]]

    def finish(self, flow: str | Flow) -> Flow:
        """Move time until a flow has ended, and return it as it is then. Every callback that was due by then has been
        tried. Callbacks that a scenario delays, and reports after the end, come later: `advance(until="idle")`.
        """
        self.advance(flow=flow)
        return self.flow(flow)

    # --- what is to happen ------------------------------------------------------------------------------------------

    def scenario(self, scenario: str | Path | Json, parameters: Json | None = None) -> None:
        """Choose a scenario: by its name, by its file, or a whole one as an object or as the text of a file, which has
        several lines; and set its `parameters`. Raises Refused with all that is wrong, OSError for a file that can't be
        read.
        """
        chosen: Json = {"scenario": scenario}
        if isinstance(scenario, Path):
            chosen = {"text": scenario.read_text("utf-8-sig"), "file": str(scenario)}
        elif isinstance(scenario, str):
            chosen = {"text" if "\n" in scenario else "name": scenario}
        given: Json = {"parameters": parameters} if parameters else {}
        self.client.control("POST", "/scenario", chosen | given | {"application": self.id})

    def override(self, *rules: Json, uses: int | None = None) -> None:
        """Put rules on top of the scenario, each for the next `uses` requests, or until the reset."""
        counted = [rule | ({} if uses is None else {"uses": uses}) for rule in rules]
        self.client.control("POST", "/scenario/overrides", {"application": self.id, "rules": counted})

    def clear_overrides(self) -> None:
        """Take back the rules that were put on top; the chosen scenario stays."""
        self.client.control("DELETE", "/scenario/overrides", application=self.id)

    def report(
        self,
        flow: str | Flow,
        status: str,
        *,
        step: int | None = None,
        reason: Mapping[str, str] | None = None,
        cause: Cause = "",
    ) -> Flow:
        """Have the channel report a status now, of the running step or of `step`, with a `reason` (detailedStatus and
        description) in place of the usual one. Raises Refused if it does not fit.
        """
        report = {"status": status, "step": step, "reason": reason or {}, "cause": cause}
        return self._intervene(flow, "reports", report)

    def reply(self, flow: str | Flow, text: str = "", url: str = "", *, media: str = "", filename: str = "") -> Flow:
        """Have the recipient answer the Viber message, once it has arrived, by a text, or a picture or file at the URL
        `media`; or with the `url` to which the provider posts what comes in for the sender's number, the Sms. Returns
        while the reply is still being posted; on a clock that stands still, `advance("0s")` waits until it is answered.
        Raises Refused.
        """
        said = {"text": text, "url": url, "media": media, "filename": filename}
        return self._intervene(flow, "replies", {name: value for name, value in said.items() if value})

    def press(self, flow: str | Flow, keys: str) -> Flow:
        """Have the recipient of a call press keys, where it collects some; they are posted as a `reply` is."""
        return self._intervene(flow, "keys", {"keys": keys})

    def cancel(self, flow: str | Flow, why: str = "cancelled from outside") -> Flow:
        """Stop a flow. Raises Refused."""
        return self._intervene(flow, "cancel", {"why": why})

    def resend(self, callback: str | Callback) -> None:
        """Post a callback once more. Returns while it is still being posted, as `reply` does."""
        callback_id = callback if isinstance(callback, str) else callback.id
        self.client.control("POST", f"/callbacks/{quote(callback_id, safe='')}/resend", {})

    def balance(self) -> float:
        """What is left on the account."""
        left: float = self.client.control("GET", "/balance", application=self.id)["balance"]
        return left

    def set_balance(self, balance: float) -> None:
        """Set what is left on the account; messages that it does not cover fail, until a scenario is chosen."""
        self.client.control("PUT", "/balance", {"application": self.id, "balance": balance})

    def revoke_tokens(self) -> None:
        """Revoke all of the application's tokens."""
        for each in self.client.control("GET", "/tokens", application=self.id)["tokens"]:
            self.client.control("DELETE", f"/tokens/{quote(each['token'], safe='')}")

    def reset(self) -> None:
        """Make the application as new: no flows, no tokens, nothing chosen, no clock of its own."""
        self.client.control("POST", "/reset", {"application": self.id})

    def _intervene(self, flow: str | Flow, act: str, body: Json) -> Flow:
        return Flow.of(self.client.control("POST", f"/flows/{quote(flow_id(flow), safe='')}/{act}", body))

    def __repr__(self) -> str:
        return f"<Application {self.id} of {self.client.url}>"
