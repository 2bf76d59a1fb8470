"""Calls that lead nowhere, over real sockets: they are answered as the provider does, and the journal says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.provider.elsewhere import DOCUMENTED
from tests.support.running import Emulator, emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


@pytest.mark.parametrize(
    ("method", "path", "note"),
    [
        ("POST", "/accounts/me/balance", "POST is not supported at /accounts/me/balance, which takes GET, HEAD"),
        ("DELETE", "/failover", "DELETE is not supported at /failover, which takes POST"),
        *(
            (method, path, f"{method} is not supported at {path}, which takes POST")
            for path in ("/sms/tracking", "/sms/analyze", "/sms/campaign")
            for method in ("GET", "PUT", "DELETE")
        ),
        ("POST", "/sms/tracking/single/x", "POST is not supported at /sms/tracking/single/x, which takes GET, HEAD"),
        ("PUT", "/contacts/my", "PUT is not supported at /contacts/my, which takes DELETE, GET, HEAD, POST"),
        ("PATCH", "/2step/x", "PATCH is not supported at /2step/x, which takes DELETE, GET, HEAD, POST"),
    ],
)
def test_a_wrong_method_is_a_500_whose_reason_is_in_the_journal(
    server: Emulator, method: str, path: str, note: str
) -> None:
    """Also where an old client posts a message to the balance: nothing is sent."""
    answer = server.api(method, path, {"body": "Hi", "to": "+306912345678", "from": "Shop"})
    assert (answer.status, answer.json()) == (
        500,
        {"code": "500", "developerMessage": f"Request method '{method}' not supported"},
    )
    entry = server.newest()
    assert (entry["kind"], entry["data"]["method"]) == ("refused", method)
    assert entry["data"]["note"] == note


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/failover", "POST, OPTIONS"),
        ("/oauth/token", "POST, OPTIONS"),
        ("/failover/tracking/x", "GET, HEAD, OPTIONS"),
        ("/sms/campaign", "POST, OPTIONS"),
        ("/2step/x", "DELETE, GET, HEAD, POST, OPTIONS"),
    ],
)
def test_options_asks_which_methods_a_path_has(server: Emulator, path: str, methods: str) -> None:
    """As browsers do, without a token; it is no wrong method."""
    before = len(server.journal())
    answer = server.call("OPTIONS", path)
    assert (answer.status, answer.body, answer.headers["allow"]) == (200, b"", methods)
    assert len(server.journal()) == before


@pytest.mark.parametrize("path", ["/accounts/me/balance", "/failover/tracking/some", "/failover/tracking"])
def test_credentials_in_place_of_a_token_are_refused_as_a_token_request_is(server: Emulator, path: str) -> None:
    """The path is that of the call."""
    answer = server.call("GET", path, headers={"Authorization": "Basic YXBwOnNlY3JldA=="})
    told = answer.json()
    assert (answer.status, told["status"], told["error"], told["message"], told["path"]) == (
        401,
        401,
        "Unauthorized",
        "Bad credentials",
        path,
    )
    assert told["timestamp"] == "2026-01-01T00:00:00.000+0000"


def test_nothing_that_is_emulated_is_called_not_emulated(server: Emulator) -> None:
    """Neither a documented path nor one below those that are not."""
    paths = server.call("GET", "/_emulator/openapi/provider.json").json()["paths"]
    assert [each for each in paths for other in DOCUMENTED if f"{each}/".startswith(f"{other}/")] == []
    assert len(set(DOCUMENTED)) == len(DOCUMENTED)


@pytest.mark.parametrize("path", [*DOCUMENTED, "/sms/quietHours/countries/en", "/reports/my/breakdown"])
def test_what_is_not_emulated_is_named_in_the_journal(server: Emulator, path: str) -> None:
    """404 in the shape of the provider's framework, by any method."""
    for method in ("GET", "POST"):
        answer = server.api(method, path, {} if method == "POST" else None)
        assert list(answer.json()) == ["timestamp", "status", "error", "message", "path"]
        assert (answer.status, answer.json()["path"]) == (404, path)
        told = f"{method} {path} 404 There is nothing at {path}; the provider has it, but it is not emulated"
        assert server.newest()["text"] == told


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/sms/send", "'/sms'"),
        ("/balance", "'/accounts/me/balance'"),
        ("/viber/message", "'/viber'"),
        ("/voice", "'/voice/conversation'"),
        ("/messages", "'/push-notifications/messages' or '/viber/transactional/messages' (not emulated)"),
        ("/voice/tracking/single/71", "'/voice/tracking/conversation/{id}' or '/voice/tracking/{id}'"),
    ],
)
def test_a_path_near_the_provider_s_is_told_the_right_one(server: Emulator, path: str, meant: str) -> None:
    """In the answer, and so in journal and log."""
    answer = server.api("POST", path, {"body": "Hi"})
    assert (answer.status, answer.json()["message"]) == (404, f"There is nothing at {path}; did you mean {meant}?")


def test_so_is_one_near_those_of_failover_otp(server: Emulator) -> None:
    """In that service's own style; a wrong method is a 405 there."""
    answer = server.api("GET", "/failover-otp/otp/tracking/71")
    told = "There is nothing at /failover-otp/otp/tracking/71; did you mean '/failover-otp/otp/failover/{id}'?"
    assert (answer.status, answer.json()) == (404, {"detail": told})
    assert told in server.newest()["text"]
    assert server.api("DELETE", "/failover-otp/otp/failover/71").status == 405


@pytest.mark.parametrize(
    "path", ["otp/verify", "otp/failover/71/verify", "verify", "otp/failover/7/resend", "otp/check-pin"]
)
def test_who_looks_for_a_check_of_one_time_passwords_is_told_that_there_is_none(server: Emulator, path: str) -> None:
    """Whatever the method: it is no path of the service."""
    for method in ("GET", "POST"):
        answer = server.api(method, f"/failover-otp/{path}", b"{}" if method == "POST" else None)
        assert answer.status == 404
        assert "neither checks codes nor sends them again" in answer.json()["detail"]


def test_the_id_of_another_kind_of_message_is_told_in_the_journal(server: Emulator) -> None:
    """The provider's answer is the plain 404."""
    sms = server.api("POST", "/sms", {"body": "Hi", "to": "+306912345678", "from": "Shop"}).json()["trackingId"]
    answer = server.api("GET", f"/failover/tracking/{sms}")
    assert (answer.status, "note" in answer.json()) == (404, False)
    assert server.newest()["data"]["note"] == "this is the id of a message or flow of the kind sms"
    server.api("GET", "/failover/tracking/unknown")
    assert "note" not in server.newest()["data"]
