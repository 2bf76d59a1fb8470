"""The provider's API, as a careful client uses it: it repeats what surely did not happen, and nothing else.

It knows nothing of the shop's books. Time is the caller's: `wait` is told how many seconds to let pass.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

Json = dict[str, Any]
Wait = Callable[[float], None]

PAUSES: Final = (1, 2, 4, 8, 16)
"""Seconds before each repetition, unless the provider names others."""


class Unavailable(Exception):
    """The provider cannot be used now; later it may."""


class Unclear(Unavailable):
    """Whatever was asked for may have happened: its answer was lost."""


class Refused(Exception):
    """The provider does not take the request, and would not if it were repeated."""


class Provider:
    """One account at the provider."""

    def __init__(self, base_url: str, client_id: str, client_secret: str, wait: Wait) -> None:
        self._address = urlsplit(base_url)
        self._pair = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._wait = wait
        self._token = ""

    def send(self, body: Json) -> str:
        """Send a flow, once, though answers may be lost; its id. Raises Refused, Unavailable."""
        for pause in PAUSES:
            try:
                return str(self._call("POST", "/failover", body)["trackingId"])
            except Unclear:
                if (found := self.find(body["flow"][0]["to"], body["flow"][0]["label"])) is not None:
                    return found
                self._wait(pause)
        raise Unavailable("no flow was accepted")

    def find(self, phone: str, label: str) -> str | None:
        """The id of the newest flow to this phone whose first message has this label. Raises Unavailable."""
        filters = [{"fieldName": "to", "searchOperator": "is", "searchTerm": phone}]
        page = self._call("POST", "/failover/tracking?size=100", filters)
        return next((str(flow["trackingId"]) for flow in page["content"] if label_of(flow) == label), None)

    def flow(self, tracking_id: str) -> Json:
        """A flow as it stands, in the shape of a callback. Raises Refused, Unavailable."""
        return self._call("GET", f"/failover/tracking/{tracking_id}")

    def _call(self, method: str, path: str, body: object = None) -> Json:
        """The answer to a request, with a new token or later if it has to be."""
        for pause in PAUSES:
            self._token = self._token or self._new_token()
            headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
            status, told, answer = self._exchange(method, path, headers, json.dumps(body) if body else "")
            if status == 401:
                self._token = ""
            elif status in (429, 503):
                self._wait(_seconds(told.get("Retry-After", ""), pause))
            else:
                return _understood(status, answer)
        raise Unavailable(f"{status}, {len(PAUSES)} times")

    def _new_token(self) -> str:
        headers = {"Authorization": f"Basic {self._pair}", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            status, _, answer = self._exchange("POST", "/oauth/token", headers, "grant_type=client_credentials")
            return str(_understood(status, answer)["access_token"])
        except Refused as error:
            raise Unavailable(f"no token: {error}") from error

    def _exchange(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, HTTPMessage, bytes]:
        """Status, headers and body that answer one request, over a connection of its own. Raises Unclear."""
        kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
        connection = kind(self._address.netloc, timeout=10)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (HTTPException, OSError) as error:
            raise Unclear(repr(error)) from error
        finally:
            connection.close()


def label_of(flow: Json) -> str | None:
    """The label of a flow's first message."""
    label: str | None = flow["messages"][0].get("label")
    return label


def _seconds(told: str, otherwise: float) -> float:
    return float(told) if told.isdecimal() else otherwise


def _understood(status: int, answer: bytes) -> Json:
    """The JSON of an answer. Raises Refused, or Unclear if nothing tells what happened."""
    try:
        body: Json = json.loads(answer)
    except ValueError as error:
        raise Unclear(f"{status} without JSON") from error
    if status >= 500:
        raise Unclear(f"{status}")
    if status >= 400:
        raise Refused(body.get("developerMessage") or body.get("error_description") or f"{status}")
    return body
