"""Tracking over real sockets: by id, and by search."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.running import SMS, VIBER, Emulator, emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


def test_a_flow_is_tracked_in_the_shape_of_its_callbacks(server: Emulator) -> None:
    """At its beginning: its first message, no outcome."""
    name = server.send(VIBER, SMS)
    told = server.api("GET", f"/failover/tracking/{name}").json()
    assert (told["trackingId"], told["status"], told["statusCode"], told["terminationChannel"]) == (
        name,
        "InProgress",
        None,
        None,
    )
    assert [message["status"]["name"] for message in told["messages"]] == ["QUEUED"]
    assert told["applicationId"] == "app"


@pytest.mark.parametrize("path", ["nonsense", "%00", "a%2Fb"])
def test_an_unknown_id_is_told_as_the_provider_does(server: Emulator, path: str) -> None:
    """Entity, property, value."""
    answer = server.api("GET", f"/failover/tracking/{path}")
    told = answer.json()
    assert (answer.status, told["code"]) == (404, "404000000")


def test_the_404_of_an_unknown_id_names_it(server: Emulator) -> None:
    """In the provider's pattern."""
    assert server.api("GET", "/failover/tracking/nonsense").json() == {
        "code": "404000000",
        "developerMessage": "failover with trackingId 'nonsense' was not found!",
        "entity": "failover",
        "property": "trackingId",
        "value": "nonsense",
    }


@pytest.mark.parametrize("path", ["/failover/tracking", "/failover/tracking/"])
def test_tracking_without_an_id_finds_nothing(server: Emulator, path: str) -> None:
    """It names no flow."""
    assert server.api("GET", path).status == 404


def test_tracking_fails_as_a_scenario_says(server: Emulator) -> None:
    """The requests that its rules match, counted by themselves; what is refused is in the journal."""
    token = server.token("spoilt")
    rules = [
        {"match": {"endpoint": "tracking", "request": 1}, "answer": "unavailable"},
        {"match": {"endpoint": "tracking", "request": 2}, "answer": {"error": "bad-credentials"}},
        {
            "match": {"endpoint": "tracking", "request": 3},
            "answer": {"status": 202, "body": "{}", "headers": {"X": "1"}},
        },
        {"match": {"endpoint": "token"}, "answer": "server-error"},
    ]
    body = json.dumps({"application": "spoilt", "rules": rules}).encode()
    assert server.call("POST", "/_emulator/scenario/overrides", body).status == 200
    name = server.api("POST", "/failover", {"flow": [SMS]}, token).json()["trackingId"]
    path = f"/failover/tracking/{name}"
    assert server.api("GET", "/failover/tracking/nonsense", token=token).status == 404
    page, refused, changed, good = (server.api("GET", path, token=token) for _ in range(4))
    assert (page.status, page.headers["content-type"]) == (503, "text/html")
    assert (refused.status, refused.json()["path"]) == (401, path)
    assert (changed.status, changed.json(), changed.headers["x"]) == (202, {}, "1")
    assert (good.status, good.json()["trackingId"]) == (200, name)
    assert server.api("POST", "/failover/tracking", [], token).status == 200
    told = server.call("GET", "/_emulator/requests?application=spoilt&kind=refused").json()["requests"]
    assert [(each["data"]["path"], each["data"]["status"]) for each in told] == [
        ("/failover/tracking/nonsense", 404),
        (path, 503),
        (path, 401),
    ]


def test_a_request_for_tracking_names_its_scenario(server: Emulator) -> None:
    """In the header that the provider ignores; tracking is down for it alone."""
    path = f"/failover/tracking/{server.send(SMS)}"
    headers = {"Authorization": f"Bearer {server.token()}", "X-Emulator-Scenario": "tracking-down"}
    assert server.call("GET", path, headers=headers).status == 503
    assert server.api("GET", path).status == 200


def test_an_application_sees_only_its_own_flows(server: Emulator) -> None:
    """By id and by search."""
    name = server.send(SMS)
    other = server.token("other")
    assert server.api("GET", f"/failover/tracking/{name}", token=other).status == 404
    assert server.api("POST", "/failover/tracking", [], token=other).json()["content"] == []


def test_an_empty_result_is_one_page_that_is_first_and_last(server: Emulator) -> None:
    """As recorded."""
    assert server.api("POST", "/failover/tracking", [], token=server.token("empty")).json() == {
        "content": [],
        "totalPages": 0,
        "totalElements": 0,
        "number": 0,
        "size": 10,
        "numberOfElements": 0,
        "first": True,
        "last": True,
    }


def test_pages_count_from_zero() -> None:
    """Ten to a page unless asked otherwise; the newest first."""
    with emulator("--rate", "0") as server:
        names = [server.send(SMS) for _ in range(12)]
        first = server.api("POST", "/failover/tracking").json()
        second = server.api("POST", "/failover/tracking?page=1").json()
        assert [flow["trackingId"] for flow in first["content"] + second["content"]] == names[::-1]
        assert [
            (page["number"], page["numberOfElements"], page["first"], page["last"]) for page in (first, second)
        ] == [
            (0, 10, True, False),
            (1, 2, False, True),
        ]
        assert server.api("POST", "/failover/tracking?size=5").json()["totalPages"] == 3


def test_filters_and_dates_narrow_a_search() -> None:
    """One filter may stand alone, several must all match."""
    with emulator("--rate", "0") as server:
        sms, viber = server.send(SMS), server.send(VIBER | {"to": "+46701234567"})

        def found(filters: object, query: str = "") -> list[str]:
            told = server.api("POST", f"/failover/tracking{query}", filters).json()
            return [flow["trackingId"] for flow in told["content"]]

        assert found({"fieldName": "type", "searchTerm": "viber"}) == [viber]
        assert found([{"fieldName": "to", "searchOperator": "STARTS_WITH", "searchTerm": "+3069"}]) == [sms]
        both = [{"fieldName": "to", "searchOperator": "contains", "searchTerm": "4670"}]
        assert found([*both, {"fieldName": "type", "searchTerm": "Sms"}]) == []
        assert found([*both, {"fieldName": "status", "searchTerm": "inprogress"}]) == [viber]
        assert found([], "?dateStart=2025-12-31T23:59Z&dateEnd=2026-01-01T00:00Z") == [viber, sms]
        assert found([], "?dateStart=2026-01-01T00:01Z") == []


@pytest.mark.parametrize(
    ("query", "body", "wrong"),
    [
        ("?page=-1", [], "page"),
        ("?page=x", [], "page"),
        ("?size=0", [], "size"),
        ("?size=99999999999999999999", [], "size"),
        ("?dateStart=yesterday", [], "dateStart"),
        ("?dateEnd=9999999-01-01", [], "dateEnd"),
        ("", [{"fieldName": "from", "searchTerm": "x"}], "[0].fieldName"),
        ("", [{"fieldName": "type"}], "[0].searchTerm"),
        ("", [{"fieldName": "status", "searchTerm": "Sent"}], "[0].searchTerm"),
        ("", [{"fieldName": "type", "searchOperator": "contains", "searchTerm": "Sms"}], "[0].searchOperator"),
    ],
)
def test_a_search_that_makes_no_sense_is_told_why(server: Emulator, query: str, body: object, wrong: str) -> None:
    """With the query's member or the filter's path."""
    answer = server.api("POST", f"/failover/tracking{query}", body)
    assert answer.status == 400
    assert list(answer.json()["properties"]) == [wrong]


def test_what_was_dropped_is_told() -> None:
    """By a search, the journal and the readiness, so that nobody takes a part for the whole. The last one stays."""
    with emulator("--rate", "instant", "--keep", "1500") as server:
        for _ in range(3):
            server.send(SMS)
        while (state := server.call("GET", "/_emulator/ready").json())["liveFlows"]:
            pass
        assert state["dropped"]["flows"] == 2
        assert server.api("POST", "/failover/tracking").headers["x-emulator-dropped-flows"] == "2"
        assert server.call("GET", "/_emulator/journal").json()["dropped"]["flows"] == 2
