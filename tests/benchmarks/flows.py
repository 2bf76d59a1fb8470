"""The requests of a load: orders of a shop, over Viber with picture and button, then Sms, then a call.

A template is JSON with the recipient RECIPIENT, which is replaced last: each number gives another recipient.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tests.benchmarks.load import post

RECIPIENT: Final = "+306970000000"
"""The recipient in a template."""
_PLACE: Final = RECIPIENT.encode()

VIBER: Final[dict[str, Any]] = {
    "type": "Viber",
    "senderInfoTrackingId": "c81d4e2e-4b5f-4a1c-8d3e-0f5a7b9c2d46",
    "to": RECIPIENT,
    "ttl": 1.5,
    "label": "delivery-52087-today",
    "message": {
        "text": "Good morning Nikos, parcel 52087 comes to you today between 14:00 and 16:00. "
        "Nobody home? Choose a neighbour or a locker below.",
        "imageUrl": "https://parcels.example/map/52087.png",
        "action": {"caption": "Change delivery", "targetUrl": "https://parcels.example/change?p=52087"},
    },
    "order": 0,
    "failoverOnStatuses": ["EXPIRED", "FAILED", "UNDELIVERED"],
}
SMS: Final[dict[str, Any]] = {
    "type": "Sms",
    "from": "SwiftParcel",
    "to": RECIPIENT,
    "ttl": 10,
    "message": {
        "body": "Good morning Nikos, parcel 52087 comes to you today, 14:00-16:00. SwiftParcel",
        "transcode": False,
        "flash": False,
    },
    "order": 1,
    "failoverOnStatuses": ["FAILED", "UNDELIVERED"],
}
VOICE: Final[dict[str, Any]] = {
    "type": "Voice",
    "from": "302111234567",
    "to": RECIPIENT,
    "dialPlan": {
        "verbs": [
            {
                "type": "SAY",
                "repeat": 2,
                "message": {
                    "language": "en-GB",
                    "gender": "male",
                    "text": "Good morning Nikos. Your parcel comes today between two and four o'clock.",
                },
            }
        ]
    },
    "order": 2,
    "failoverOnStatuses": ["Busy", "NoAnswer"],
}
ORDER: Final = json.dumps({"flow": [VIBER, SMS, VOICE]}).encode()
"""Three steps, as documented, about 1.1 KB."""
ONE_STEP: Final = json.dumps({"flow": [SMS]}).encode()
"""The Sms alone."""
SINGLE: Final = json.dumps({key: SMS[key] for key in ("from", "to", "ttl")} | {"body": SMS["message"]["body"]}).encode()
"""The same as a single message."""
_MISTAKES: Final[dict[str, Any]] = {"verbs": [{"type": "SAY", "repeat": "twice", "message": {"gender": "male"}}]}
WRONG: Final = json.dumps({"flow": [VIBER | {"ttl": "soon"}, SMS, VOICE | {"dialPlan": _MISTAKES}]}).encode()
"""The same with four errors: two wrong types, two missing members."""


def with_callback(receiver: int, strategy: str = "OnCompletion") -> bytes:
    """The order with callbacks to the receiver on this port."""
    callback = {"strategy": strategy, "url": f"http://127.0.0.1:{receiver}/hook"}
    return json.dumps({"flow": [VIBER, SMS, VOICE], "callback": callback}).encode()


def recipient(number: int) -> str:
    """The recipient of this number, up to ten million."""
    return f"+30697{number:07d}"


def posts(template: bytes, token: str, numbers: Iterable[int]) -> Iterator[bytes]:
    """A POST of the template for each of these recipients: to /failover, or of a single message to /sms."""
    path = "/sms" if template is SINGLE else "/failover"
    headers = f"Authorization: Bearer {token}\r\n"
    for number in numbers:
        yield post(path, template.replace(_PLACE, recipient(number).encode()), headers)


def day(token: str, receiver: int, count: int) -> Iterator[bytes]:
    """Make `count` orders with a callback for every change. If no channel reports, their steps end all over a day."""
    callback = {"strategy": "OnStep", "url": f"http://127.0.0.1:{receiver}/hook"}
    for number in range(count):
        steps = [VIBER | {"ttl": 0.5 + number % 4000 / 10}, SMS | {"ttl": 1 + number % 1000}, VOICE]
        template = json.dumps({"flow": steps, "callback": callback}).encode()
        yield from posts(template, token, [number])
