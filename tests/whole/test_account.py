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


def test_the_account_and_the_own_api_tell_one_balance() -> None:
    """Whoever sets it in the default scenario finds it in the account, and runs out of it."""
    with emulator("--rate", "0") as server:
        own = "/_emulator/balance?application=app"
        told = server.api("GET", "/accounts/me/balance").json()["balance"]
        assert server.call("GET", own).json() == {
            "application": "app",
            "scenario": "default",
            "balance": told,
            "limited": False,
        }
        sent(server, "Hi")
        assert server.api("GET", "/accounts/me/balance").json()["balance"] == server.call("GET", own).json()["balance"]
        put = server.call("PUT", "/_emulator/balance", b'{"application": "app", "balance": 0.04}').json()
        assert (put["balance"], put["limited"]) == (0.04, True)
        sent(server, "Hi")
        assert server.api("GET", "/accounts/me/balance").json()["balance"] == pytest.approx(0.005)
        sent(server, "Hi")
        server.advance(until="idle")
        flows = server.call("GET", "/_emulator/flows?application=app").json()["flows"]
        assert [flow["messages"][0]["status"]["name"] for flow in flows] == ["Failed", "Delivered", "Delivered"]
