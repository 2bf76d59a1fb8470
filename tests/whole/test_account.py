"""Account, contacts and messages together, in a process of its own: what one call does, another shows."""

from __future__ import annotations

import pytest

from tests.support.running import Emulator, emulator

MOBILE = "+306912345678"


def sent(server: Emulator, body: str) -> str:
    """The text of an Sms as its answer has it."""
    answer = server.api("POST", "/sms", {"from": "Shop", "to": MOBILE, "body": body})
    assert answer.status == 200, answer.body
    found: str = answer.json()["body"]
    return found


def test_a_plain_sms_lowers_the_balance_and_is_merged_as_a_step_of_a_flow_is() -> None:
    """By its parts; its tracking has the merged text."""
    with emulator("--rate", "0") as server:
        full = server.api("GET", "/accounts/me/balance").json()["balance"]
        assert server.api("POST", "/contacts/my", {"mobile": MOBILE, "firstName": "Nick"}).status == 200
        assert sent(server, "Hi [~firstName]") == "Hi Nick"
        assert sent(server, "x" * 161) == "x" * 161
        left = server.api("GET", "/accounts/me/balance").json()["balance"]
        assert left == pytest.approx(full - 3 * 0.035)


def test_the_first_call_may_be_one_that_sends_nothing() -> None:
    """Its door is there before any other was asked for; so is the documentation of all."""
    with emulator("--rate", "0") as server:
        assert server.api("GET", "/contacts/my").json()["content"] == []
    with emulator("--rate", "0") as server:
        paths = server.call("GET", "/_emulator/openapi/provider.json").json()["paths"]
        calls = {"/accounts/me/balance", "/system/prices", "/contacts/my/{id}", "/numbervalidator", "/sms", "/failover"}
        assert paths.keys() >= calls
        assert server.api("GET", "/accounts/me/balance").status == 200
