"""POST /failover and the API's errors, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.running import SMS, VIBER, VOICE, Answer, Emulator, emulator

BODY = json.dumps({"flow": [SMS]}).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still, with strict roles."""
    with emulator("--rate", "0", "--max-steps", "5") as running:
        yield running


def refusal(answer: Answer, status: int, code: str) -> dict[str, object]:
    """The body of a refusal in the provider's shape."""
    told: dict[str, object] = answer.json()
    assert (answer.status, told["code"], answer.headers["content-type"]) == (status, code, "application/json")
    assert isinstance(told["developerMessage"], str)
    return told


def test_an_accepted_flow_is_echoed_with_its_id_time_and_defaults(server: Emulator) -> None:
    """Compact, and with nothing but what is documented."""
    steps = [
        VIBER | {"ttl": 2.5, "order": 1, "failoverOnStatuses": "expired,Failed"},
        VOICE | {"order": 2},
        SMS | {"order": 3, "ttl": 120, "failoverOnStatuses": ["FAILED"]},
    ]
    answer = server.api("POST", "/failover", {"flow": steps, "callback": {"strategy": "OnStep", "url": "http://a/h"}})
    told = answer.json()
    assert answer.status == 200
    assert b": " not in answer.body
    assert list(told) == ["trackingId", "flow", "callback", "createdAt"]
    assert [step["ttl"] for step in told["flow"] if "ttl" in step] == [2.5, 120]
    assert [step["failoverOnStatuses"] for step in told["flow"]] == [
        ["EXPIRED", "FAILED"],
        ["Busy", "NoAnswer"],
        ["Failed"],
    ]
    assert told["flow"][1]["dialPlans"] == [VOICE["dialPlan"]]
    assert "dialPlan" not in told["flow"][1]
    assert told["flow"][1]["to"] == {"phone": "+306912345678"}
    assert told["flow"][2]["message"] == {"body": "Parcel 71 is ready", "flash": False}
    assert told["callback"] == {"strategy": "OnStep", "url": "http://a/h"}
    assert told["createdAt"] == "2026-01-01T00:00:00Z"


def test_all_errors_of_a_request_are_told_at_once(server: Emulator) -> None:
    """Each by its path, with what was found and what is allowed."""
    steps = [
        SMS | {"ttl": 0.5, "to": "12"},
        VIBER | {"ttl": 0.25, "message": {"text": "a", "imageUrl": "https://b/c"}},
        {},
    ]
    answer = server.api("POST", "/failover", {"flow": steps, "callback": {"strategy": "onstep"}})
    told = refusal(answer, 400, "400000000")
    assert (told["developerMessage"], told["entity"]) == ("Validation Error!", "FailoverRequest")
    properties = told["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {
        "flow[0].ttl",
        "flow[0].to",
        "flow[1].ttl",
        "flow[1].message",
        "flow[2].type",
        "callback.strategy",
        "callback.url",
    }
    assert "found '12'" in properties["flow[0].to"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"flow"',
        b'{"flow":[NaN]}',
        b'{"flow":[],"flow":[]}',
        b'{"flow":"\\ud800"}',
        b'{"flow":"\xff"}',
        b'{"flow":[' * 30_000,
        b'{"flow":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"flow":[' + b"1" * 10_000 + b"]}",
        b'{"flow":[1e999]}',
        b'{"flow":5}',
        b'{"flow":[5,null,"x",[]]}',
        b'{"flow":[{"type":"Sms","to":{},"from":[],"message":"x","ttl":"1","order":1e400}]}',
        b'{"flow":[' + b" " * 5_000_000 + b"]}",
    ],
)
def test_no_body_is_answered_with_anything_but_a_documented_400(server: Emulator, body: bytes) -> None:
    """Malformed, of wrong types, too large, too deep: never a 500, and the server goes on."""
    refusal(server.api("POST", "/failover", body), 400, "400000000")
    assert server.api("POST", "/failover", BODY).status == 200


@pytest.mark.parametrize("path", ["/failover", "/failover/tracking"])
def test_who_has_no_token_is_told_so_first_however_large_the_body_is(server: Emulator, path: str) -> None:
    """With a token, it is the size; the whole body is read in any case."""
    body = b" " * 2_000_000 + BODY
    assert server.call("POST", path, body, {"Content-Type": "application/json"}).status == 401
    told = refusal(server.api("POST", path, body), 400, "400000000")
    assert told["developerMessage"] == "The body must have at most 1048576 bytes; it has more"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_called_json_is_refused(server: Emulator, kind: str) -> None:
    """And told what it should be called."""
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": kind}
    told = refusal(server.call("POST", "/failover", BODY, headers), 400, "400000000")
    assert "application/json" in str(told["developerMessage"])


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_called_so_in_any_way(server: Emulator, kind: str) -> None:
    """With a character set, in any case."""
    headers = {"Authorization": f"Bearer {server.token()}", "Content-Type": kind}
    assert server.call("POST", "/failover", BODY, headers).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "/", 405, "405000000"),
        ("GET", "/failover", 500, "500"),
        ("DELETE", "/failover", 500, "500"),
        ("GET", "/oauth/token", 405, "405000000"),
        ("PUT", "/failover/tracking", 500, "500"),
    ],
)
def test_wrong_methods_are_refused_in_the_api_s_shape(
    server: Emulator, method: str, path: str, status: int, code: str
) -> None:
    """The provider's services answer 500 with this code."""
    refusal(server.call(method, path), status, code)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (None, "unauthorized"),
        ("", "invalid_token"),
        ("Bearer nonsense", "invalid_token"),
        ("Bearer", "invalid_token"),
        ("Bearer  ", "invalid_token"),
        ("Basic", "invalid_token"),
    ],
)
def test_without_a_good_token_there_is_a_401(server: Emulator, header: str | None, error: str) -> None:
    """One client renews its token only on exactly invalid_token."""
    headers = {"Content-Type": "application/json"} | ({} if header is None else {"Authorization": header})
    answer = server.call("POST", "/failover", BODY, headers)
    assert (answer.status, answer.json()["error"]) == (401, error)
    assert answer.json()["error_description"]
    assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_the_bearer_scheme_may_be_written_in_any_case(server: Emulator) -> None:
    """Clients echo the token_type."""
    headers = {"Authorization": f"bearer {server.token()}", "Content-Type": "application/json"}
    assert server.call("POST", "/failover", BODY, headers).status == 200


@pytest.mark.parametrize(("scope", "missing"), [("sms", "MT_ROLE_FAILOVER"), ("failover viber", "MT_ROLE_SMS")])
def test_a_token_without_the_roles_that_a_flow_needs_gives_403(server: Emulator, scope: str, missing: str) -> None:
    """Failover, and each channel that is used."""
    answer = server.api("POST", "/failover", BODY, token=server.token(scope=scope.replace(" ", "+")))
    told = refusal(answer, 403, "403000000")
    assert missing in str(told["developerMessage"])


def test_more_steps_than_set_are_refused(server: Emulator) -> None:
    """There is no limit unless one is set."""
    told = refusal(server.api("POST", "/failover", {"flow": [SMS] * 6}), 400, "400000000")
    assert "flow" in str(told["properties"])


def test_refused_requests_are_in_the_journal_with_their_reason() -> None:
    """With the body as it came."""
    with emulator() as server:
        server.api("POST", "/failover", b"{nonsense")
        (refused,) = [entry for entry in server.journal() if entry["kind"] == "refused"]
        assert refused["data"]["body"] == "{nonsense"
        assert (refused["data"]["status"], refused["application"]) == (400, "app")


def test_the_journal_can_be_read_whatever_was_accepted(server: Emulator) -> None:
    """A byte order mark, odd spaces, numbers of odd size."""
    body = b"\xef\xbb\xbf \n" + json.dumps({"flow": [SMS], "x": 10**17}, indent=1).encode()
    flow = server.api("POST", "/failover", body).json()["trackingId"]
    answer = server.call("GET", f"/_emulator/journal?flow={flow}")
    assert answer.status == 200
    assert b"0" * 17 in answer.body


def test_the_emulator_says_that_it_lives_and_is_ready(server: Emulator) -> None:
    """For health checks; no token is needed."""
    assert server.call("GET", "/_emulator/health").json() == {"status": "ok"}
    assert server.call("GET", "/_emulator/ready").json()["status"] == "ready"


def test_answers_do_not_tell_what_serves_them(server: Emulator) -> None:
    """No Server header of ours."""
    assert "server" not in server.call("GET", "/nothing").headers


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=1.5", "after=" + "9" * 30])
def test_a_place_in_the_journal_that_makes_no_sense_is_refused(server: Emulator, query: str) -> None:
    """Rather than read from the start."""
    answer = server.call("GET", f"/_emulator/journal?{query}")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")


def test_the_journal_can_be_read_on_from_a_place(server: Emulator) -> None:
    """With the number that the last answer gave."""
    server.send(SMS)
    first = server.call("GET", "/_emulator/journal?limit=1").json()
    rest = server.call("GET", f"/_emulator/journal?after={first['next']}").json()
    assert rest["entries"][0]["seq"] == first["next"] + 1


def test_a_blank_sender_is_no_sender(server: Emulator) -> None:
    """Some letter or digit must show."""
    told = refusal(server.api("POST", "/failover", {"flow": [SMS | {"from": "  "}]}), 400, "400000000")
    assert list(told["properties"]) == ["flow[0].from"]  # type: ignore[call-overload]


def test_a_status_that_is_listed_twice_is_listed_once(server: Emulator) -> None:
    """In whatever case."""
    answer = server.api("POST", "/failover", {"flow": [VIBER | {"failoverOnStatuses": ["Expired", "EXPIRED"]}]})
    assert answer.json()["flow"][0]["failoverOnStatuses"] == ["EXPIRED"]
