"""Sending one flow from the command line and watching it: token, POST /failover, then its tracking until it ends."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

from msgspec import Struct

from emulator.client.exchange import exchange
from emulator.errors import Json

INTERVAL = 0.2
"""Real seconds between two looks at a flow."""


class Target(Struct, frozen=True):
    """Which emulator, and as whom."""

    url: str
    application: str
    secret: str


def sample(channels: list[str], to: str, callback: str, strategy: str) -> Json:
    """A flow over these channels, in their order."""
    steps = [_STEPS[channel] | {"type": channel, "to": to, "order": order} for order, channel in enumerate(channels, 1)]
    return {"flow": steps} | ({"callback": {"strategy": strategy, "url": callback}} if callback else {})


_STEPS: dict[str, Json] = {
    "Sms": {"from": "Shop", "message": {"body": "Your parcel is ready."}},
    "Viber": {
        "senderInfoTrackingId": "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10",
        "message": {"text": "Your parcel is ready."},
    },
    "Voice": {
        "from": "302100000000",
        "dialPlan": {"verbs": [{"type": "SAY", "message": {"language": "en-GB", "text": "Your parcel is ready."}}]},
    },
}


def token(target: Target) -> str:
    """An access token. Raises ExchangeError."""
    pair = base64.b64encode(f"{target.application}:{target.secret}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
    answer = exchange(target.url, "/oauth/token", headers, b"grant_type=client_credentials")
    return str(answer["access_token"])


def send(target: Target, bearer: str, body: bytes) -> Json:
    """The answer to POST /failover. Raises ExchangeError."""
    return exchange(target.url, "/failover", _headers(bearer), body)


def followed(target: Target, bearer: str, tracking_id: str) -> Iterator[Json]:
    """The flow's tracking, again and again until it has ended; the last one is final. Raises ExchangeError."""
    while True:
        flow = exchange(target.url, f"/failover/tracking/{tracking_id}", _headers(bearer), None)
        yield flow
        if flow["status"] in ("Succeeded", "Failed"):
            return
        time.sleep(INTERVAL)


def _headers(bearer: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
