"""Bodies and queries of the emulator's own API: each call has one of them, and refuses what stands in the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import json

from tests.support.running import SMS, Emulator, emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator with a flow."""
    with emulator("--rate", "0") as running:
        running.send(SMS)
        yield running


@pytest.mark.parametrize(
    ("method", "call", "body"),
    [
        ("POST", "reset?application=a", {}),
        ("POST", "scenario?application=a", {"name": "all-fail"}),
        ("POST", "scenario/overrides?application=a", {"rules": [{"plan": {"Sms": "Failed"}}]}),
        ("PUT", "clock?application=a", {"rate": 1}),
        ("POST", "clock/advance?by=5s", {"by": "5s"}),
        ("POST", "verify?application=a", {"wanted": [{}]}),
    ],
)
def test_what_stands_in_the_query_of_a_call_with_a_body_is_refused(
    server: Emulator, method: str, call: str, body: object
) -> None:
    """It would do nothing, and the call would hit everybody instead of one application."""
    refused = server.call(method, f"/_emulator/{call}", json.encode(body))
    assert refused.status == 400
    assert "this call has no query, so ?" in refused.json()["detail"]
    assert server.call("GET", "/_emulator/flows").json()["total"] == 1
    assert server.call("GET", "/_emulator/scenario").json()["scenario"] == "default"


def test_what_stands_in_the_body_of_a_delete_is_refused(server: Emulator) -> None:
    """The application goes into its query."""
    refused = server.call("DELETE", "/_emulator/scenario", b'{"application": "a"}')
    assert refused.status == 400
    assert "this call has no body" in refused.json()["detail"]
    assert server.call("DELETE", "/_emulator/scenario?application=a").status == 200


def test_an_application_without_a_name_is_not_everybody_where_all_would_be_lost(server: Emulator) -> None:
    """As of a variable that was not set."""
    refused = server.call("POST", "/_emulator/reset", b'{"application": ""}')
    assert (refused.status, refused.json()["title"]) == (400, "Bad Request")
    assert server.call("GET", "/_emulator/flows").json()["total"] == 1
