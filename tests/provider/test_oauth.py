"""POST /oauth/token, in the variants that real clients use, over real sockets."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.provider.oauth import AS_JSON
from tests.support.running import Answer, Emulator, emulator

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GRANT = b"grant_type=client_credentials"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator that welcomes everybody, its clock standing still."""
    with emulator("--rate", "0", "--seed", "1") as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator with two applications of its own."""
    path = tmp_path_factory.mktemp("strict") / "credentials.json"
    accounts = {"one": {"secret": "s1", "scopes": ["sms", "failover"], "lifetime": 86400}, "two": {"secret": "s2"}}
    path.write_text(json.dumps(accounts))
    with emulator("--rate", "0", "--credentials", str(path), "--no-form-credentials") as running:
        yield running


def basic(pair: str, scheme: str = "Basic") -> dict[str, str]:
    """The header of HTTP's basic authentication."""
    return {"Authorization": f"{scheme} {base64.b64encode(pair.encode()).decode()}"}


def ask(server: Emulator, body: bytes = GRANT, pair: str = "a:b", path: str = "/oauth/token") -> Answer:
    """The answer to a token request by basic authentication."""
    return server.call("POST", path, body, FORM | basic(pair))


def test_a_token_answer_is_compact_json_in_the_documented_order(server: Emulator) -> None:
    """Some clients find the token by a text pattern."""
    answer = ask(server)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert list(answer.json()) == ["access_token", "token_type", "expires_in", "scope", "permissions"]
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["expires_in"] == 3599
    assert set(answer.json()["access_token"]) <= set("0123456789abcdef-")
    assert b": " not in answer.body
    assert b", " not in answer.body


@pytest.mark.parametrize(
    ("body", "path", "headers"),
    [
        (GRANT, "/oauth/token", FORM | basic("a:b")),
        (GRANT, "/oauth/token", {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"} | basic("a:b")),
        (GRANT, "/oauth/token/", FORM | basic("a:b")),
        (b"", "/oauth/token?grant_type=client_credentials", basic("a:b")),
        (GRANT + b"&scope=", "/oauth/token", FORM | basic("a:b")),
        (GRANT, "/oauth/token", FORM | basic("a:b", "basic")),
        (GRANT, "/oauth/token", FORM | basic("a:b", "BASIC")),
        (GRANT + b"&client_id=a&client_secret=b", "/oauth/token", FORM),
        (GRANT, "/oauth/token", FORM | basic("a:b") | {"Host": "connect.routee.net"}),
    ],
)
def test_every_variant_of_asking_gives_the_same_token(
    server: Emulator, body: bytes, path: str, headers: dict[str, str]
) -> None:
    """In the form or the query, by header or by form, whatever the case and the host."""
    assert server.call("POST", path, body, headers).body == ask(server).body


@pytest.mark.parametrize("scope", ["sms failover", "sms,failover", "failover+sms"])
def test_a_scope_narrows_the_token(server: Emulator, scope: str) -> None:
    """As a list with spaces or commas."""
    told = ask(server, GRANT + b"&scope=" + scope.replace(" ", "%20").encode()).json()
    assert told["scope"] == "sms failover"
    assert told["permissions"] == ["MT_ROLE_SMS", "MT_ROLE_FAILOVER"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_request"),
        (b"grant_type=", "invalid_request"),
        (b"grant_type=password", "unsupported_grant_type"),
        (GRANT + b"&scope=nonsense", "invalid_scope"),
    ],
)
def test_a_bad_grant_or_scope_is_told_as_oauth_does(server: Emulator, body: bytes, error: str) -> None:
    """400 with error and error_description."""
    answer = ask(server, body)
    assert (answer.status, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"]


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (FORM, "Full authentication is required to access this resource"),
        (FORM | {"Authorization": "Basic"}, "Full authentication is required to access this resource"),
        (FORM | {"Authorization": "Bearer abc"}, "Full authentication is required to access this resource"),
        (FORM | {"Authorization": "Basic !!!"}, "Bad credentials"),
        (FORM | {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()}, "Bad credentials"),
        (FORM | basic(":"), "Bad credentials"),
    ],
)
def test_missing_or_broken_credentials_give_the_recorded_401(
    server: Emulator, headers: dict[str, str], message: str
) -> None:
    """With timestamp, status, error, message and path."""
    answer = server.call("POST", "/oauth/token", GRANT, headers)
    told = answer.json()
    assert answer.status == 401
    assert (told["status"], told["error"], told["message"], told["path"]) == (
        401,
        "Unauthorized",
        message,
        "/oauth/token",
    )
    assert told["timestamp"] == "2026-01-01T00:00:00.000+0000"


def test_only_listed_applications_get_a_token_when_credentials_are_set(strict: Emulator) -> None:
    """Each with its own scopes and lifetime."""
    told = ask(strict, pair="one:s1").json()
    assert (told["scope"], told["expires_in"]) == ("sms failover", 86399)
    assert ask(strict, pair="two:s2").json()["expires_in"] == 3599
    for pair in ("one:s2", "three:s1", "one:"):
        answer = ask(strict, pair=pair)
        assert (answer.status, answer.json()["message"]) == (401, "Bad credentials")


def test_a_body_of_json_is_named_where_the_members_of_the_form_are_missed(server: Emulator) -> None:
    """In the journal; the client is told what the provider tells."""
    for body, noted in ((b'{"grant_type": "client_credentials"}', True), (b"scope=sms", False)):
        answer = server.call("POST", "/oauth/token", body, {"Authorization": "Basic YXBwOnNlY3JldA=="})
        assert answer.json()["error_description"] == "Missing grant type; it must be client_credentials"
        note = server.newest()["data"].get("note")
        assert note == (AS_JSON if noted else None)


def test_credentials_in_the_form_can_be_switched_off(strict: Emulator) -> None:
    """The provider does not document them."""
    answer = strict.call("POST", "/oauth/token", GRANT + b"&client_id=one&client_secret=s1", FORM)
    assert answer.status == 401


def test_credentials_in_the_form_are_noted_in_the_journal(server: Emulator) -> None:
    """So that nobody relies on them unknowingly."""
    server.call("POST", "/oauth/token", GRANT + b"&client_id=noted&client_secret=b", FORM)
    notes = [entry["data"].get("note", "") for entry in server.journal() if entry["application"] == "noted"]
    assert notes == ["client_id and client_secret came in the form, which the provider does not document"]


def test_a_token_survives_a_restart_on_a_file(tmp_path: Path) -> None:
    """A client need not notice."""
    store = str(tmp_path / "store.db")
    with emulator("--store", store) as first:
        token = first.token()
        first.stop()
    with emulator("--store", store) as second:
        assert second.api("POST", "/failover/tracking", [], token=token).status == 200
        assert second.token() == token
