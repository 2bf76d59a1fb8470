"""Verification by the own API: what of a match is known of flows that came."""

from __future__ import annotations

import json
from typing import Any

from tests.support.running import SMS, Emulator, emulator


def verify(server: Emulator, match: dict[str, Any], **more: object) -> dict[str, Any]:
    """The verdict on flows that meet this."""
    body = json.dumps({"wanted": [{"match": match}], **more}).encode()
    answer: dict[str, Any] = server.call("POST", "/_emulator/verify", body).json()
    return answer


def test_the_number_of_a_request_is_kept_so_every_second_one_is_found() -> None:
    """What looks at requests before it is not kept, and refused."""
    with emulator("--rate", "0") as server:
        sent = [server.send(SMS) for _ in range(5)]
        assert verify(server, {"request": {"every": 2}})["flows"] == [sent[1], sent[3]]
        assert verify(server, {"request": {"every": 2}}, times=2)["verified"]
        assert verify(server, {"not": {"request": {"every": 2}}})["flows"] == sent[::2]
        refused = verify(server, {"any": [{"to": SMS["to"]}, {"not": {"replied": "STOP"}}]})
        assert refused["detail"] == (
            "match: replied is STOP: that is known only while a request is taken, and not kept"
        )


def test_a_flow_that_no_service_sends_is_refused() -> None:
    """Rather than that it was not found."""
    with emulator("--rate", "0") as server:
        told = verify(server, {"endpoint": "sms", "channel": "Viber"})
        assert told["detail"] == "match: no flow meets this: a request to the endpoint sms sends no Viber"
        assert verify(server, {"endpoint": "voice", "order": 2})["status"] == 400
