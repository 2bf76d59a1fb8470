"""Trackings of single messages and the analysis of texts, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Emulator, emulator

SMS: dict[str, Any] = {"body": "Parcel 71 is ready", "to": "+306912345678", "from": "Shop"}
STEP: dict[str, Any] = {"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "x" * 200}}
NOBODY = "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator on which one application has sent a flow and four messages."""
    with emulator("--rate", "0", "--seed", "tracking") as running:
        running.send(STEP)
        for label in ("a", "b", "c"):
            assert running.api("POST", "/sms", SMS | {"label": label}).status == 200
        running.advance(until="idle")
        assert running.api("POST", "/sms", SMS | {"body": "x" * 400, "label": "long"}).status == 200
        yield running


def search(server: Emulator, filters: object = None, query: str = "") -> Any:
    """The page that a search finds."""
    answer = server.api("POST", f"/sms/tracking{query}", [] if filters is None else filters)
    assert answer.status == 200, answer.body
    return answer.json()


def test_a_message_is_tracked_as_an_array_of_its_parts(server: Emulator) -> None:
    """By the id that it was answered with."""
    sent = server.api("POST", "/sms", SMS | {"body": "x" * 400}).json()["trackingId"]
    found = server.api("GET", f"/sms/tracking/single/{sent}").json()
    assert [(part["messageId"], part["part"], part["parts"]) for part in found] == [(sent, n, 3) for n in (1, 2, 3)]
    assert {part["status"]["status"] for part in found} == {"Queued"}
    stray = server.call("GET", f"/sms/tracking/single/{sent}", b"{}", {"Authorization": f"Bearer {server.token()}"})
    assert len(stray.json()) == 3


def test_an_sms_of_a_flow_is_tracked_too(server: Emulator) -> None:
    """By the id that callbacks of the flow give it, under the service that it came from."""
    flow = search(server, [{"fieldName": "label", "searchTerm": "none", "searchOperator": "is_not"}])["content"]
    (first, _) = [sms for sms in flow if sms["originatingService"] == "Failover"]
    found = server.api("GET", f"/sms/tracking/single/{first['messageId']}").json()
    assert [part["smsId"] for part in found].count(first["smsId"]) == 1
    assert (found[0]["originatingService"], len(found)) == ("Failover", 2)


@pytest.mark.parametrize("name", [NOBODY, "x", "%20"])
def test_an_unknown_message_is_not_found(server: Emulator, name: str) -> None:
    """In the shape of the module's own code."""
    answer = server.api("GET", f"/sms/tracking/single/{name}")
    assert (answer.status, answer.json()["code"], answer.json()["property"]) == (404, "404005000", "trackingId")


def test_nobody_sees_another_s_messages(server: Emulator) -> None:
    """Neither by its id nor by a search."""
    sent = server.api("POST", "/sms", SMS).json()["trackingId"]
    other = server.token("other")
    assert server.api("GET", f"/sms/tracking/single/{sent}", token=other).status == 404
    assert server.api("POST", "/sms/tracking", [], token=other).json()["totalElements"] == 0


def test_a_search_pages_through_parts() -> None:
    """The latest first; each part is an element."""
    with emulator("--rate", "0") as server:
        assert search(server) | {"content": None} == {
            "content": None,
            "last": True,
            "totalElements": 0,
            "totalPages": 0,
            "numberOfElements": 0,
            "first": True,
            "size": 20,
            "number": 0,
        }
        for number in range(7):
            server.api("POST", "/sms", SMS | {"body": "x" * 400, "label": str(number)})
        pages = [search(server, query=f"?page={page}&size=8") for page in range(3)]
        assert [len(page["content"]) for page in pages] == [8, 8, 5]
        labels = [sms["label"] for page in pages for sms in page["content"]]
        assert labels == [str(number) for number in range(6, -1, -1) for _ in range(3)]
        assert len({sms["smsId"] for page in pages for sms in page["content"]}) == 21
        assert {page["totalElements"] for page in pages} == {21}


def test_filters_come_as_an_array_or_alone(server: Emulator) -> None:
    """In any case; of fields that nobody knows they are ignored."""
    one = {"fieldName": "label", "searchTerm": "A", "searchOperator": "IS"}
    assert search(server, [one])["totalElements"] == search(server, one)["totalElements"] == 1
    both = [{"fieldName": "status.status", "searchTerm": "Delivered"}, {"fieldName": "odd", "searchTerm": "x"}]
    assert {sms["label"] for sms in search(server, both)["content"] if "label" in sms} == {"a", "b", "c"}
    assert search(server, query="?dateStart=2026-01-02T00:00Z")["totalElements"] == 0


@pytest.mark.parametrize(
    ("body", "query", "where"),
    [
        ([{"fieldName": "to"}], "", "[0].searchTerm"),
        ([{"fieldName": "to", "searchTerm": "1", "searchOperator": "like"}], "", "[0].searchOperator"),
        ([], "?size=2001", "size"),
        ([], "?page=-1", "page"),
        ([], "?dateEnd=tomorrow", "dateEnd"),
    ],
)
def test_a_wrong_search_is_refused(server: Emulator, body: object, query: str, where: str) -> None:
    """With what is wrong."""
    answer = server.api("POST", f"/sms/tracking{query}", body)
    assert (answer.status, list(answer.json()["properties"])) == (400, [where])


def test_a_flow_is_searched_among_flows_only(server: Emulator) -> None:
    """Messages have their own search."""
    found = server.api("POST", "/failover/tracking", []).json()
    assert found["totalElements"] == len(found["content"]) == 1
    (sms, *_) = search(server, {"fieldName": "label", "searchTerm": "a"})["content"]
    assert server.api("GET", f"/failover/tracking/{sms['messageId']}").status == 404


def test_the_scenario_may_spoil_a_tracking(server: Emulator) -> None:
    """As it does for flows; the refusal is in the journal."""
    sent = server.api("POST", "/sms", SMS).json()["trackingId"]
    rule = {"rules": [{"match": {"endpoint": "tracking"}, "answer": "unavailable", "uses": 1}]}
    assert server.call("POST", "/_emulator/scenario/overrides", json.dumps(rule).encode()).status == 200
    assert server.api("GET", f"/sms/tracking/single/{sent}").status == 503
    assert server.newest()["data"]["path"] == f"/sms/tracking/single/{sent}"
    assert server.api("GET", f"/sms/tracking/single/{sent}").status == 200


def test_trackings_and_analysis_need_the_scope(server: Emulator) -> None:
    """That of sending."""
    token = server.token(scope="failover")
    for method, path, body in (
        ("GET", f"/sms/tracking/single/{NOBODY}", None),
        ("POST", "/sms/tracking", []),
        ("POST", "/sms/analyze", SMS),
    ):
        assert server.api(method, path, body, token).status == 403, path


def test_a_text_is_analysed_and_not_sent(server: Emulator) -> None:
    """The cost is that of one part."""
    before = search(server)["totalElements"]
    answer = server.api("POST", "/sms/analyze", SMS | {"to": "306912345678", "body": "Καλημέρα " * 9})
    assert answer.json() == {
        "bodyAnalysis": {
            "parts": 2,
            "unicode": True,
            "characters": 81,
            "transcode": {"message": "KAΛHMEPA " * 9, "parts": 1},
            "unsupportedGSMCharacters": ["Κ", "α", "λ", "η", "μ", "έ", "ρ"],
        },
        "cost": 0.035,
    }
    assert search(server)["totalElements"] == before
    wrong = server.api("POST", "/sms/analyze", SMS | {"to": "3069123456789012"}).json()
    assert (wrong["code"], list(wrong["properties"])) == ("400000000", ["to"])
    assert server.api("POST", "/sms/analyze", SMS | {"from": "Seventeen letters"}).json()["code"] == "400005000"


def test_a_message_whose_start_is_held_back_is_queued() -> None:
    """Its callbacks come when it starts."""
    with emulator("--rate", "0", "--scenario", "backlog") as server:
        sent = server.api("POST", "/sms", SMS).json()["trackingId"]
        (found,) = server.api("GET", f"/sms/tracking/single/{sent}").json()
        assert found["status"]["status"] == "Queued"


def test_paths_nearby_say_what_is_right(server: Emulator) -> None:
    """A wrong method and a missing id are errors of the provider's framework; a wrong path names the right one."""
    for method, path in (
        ("GET", "/sms"),
        ("GET", "/sms/tracking/single"),
        ("DELETE", "/sms/analyze"),
        ("PUT", "/sms/tracking"),
    ):
        answer = server.api(method, path)
        assert (answer.status, answer.json()["code"]) == (500, "500"), path
    answer = server.api("POST", "/sms/analyse", SMS)
    assert (answer.status, answer.json()["status"]) == (404, 404)
    assert answer.json()["message"] == "There is nothing at /sms/analyse; did you mean '/sms/analyze'?"


def test_what_trackings_show_can_be_chosen() -> None:
    """One object in place of an array, and no Sms of flows."""
    with emulator(
        "--rate", "0", "--choose", "sms-tracking=object", "--choose", "steps-in-sms-tracking=left-out"
    ) as server:
        server.send(STEP)
        sent = server.api("POST", "/sms", SMS | {"body": "x" * 400}).json()["trackingId"]
        assert server.api("GET", f"/sms/tracking/single/{sent}").json()["part"] == 1
        assert {each["messageId"] for each in search(server)["content"]} == {sent}


HELD = "purpose: What is labelled held waits.\nrules:\n  - { match: { label: held }, queued: 10m }\n"


def test_a_search_finds_what_waits_for_its_time(tmp_path: Path) -> None:
    """Those of scheduled campaigns, and what a scenario holds back, each at its place; also once called off."""
    (tmp_path / "held.yaml").write_text(HELD)
    with emulator("--rate", "0", "--scenario", str(tmp_path / "held.yaml"), "--token-lifetime", "631139040") as server:
        to, at = ["+306911111111", "+306922222222"], {"scheduledDate": "2026-01-02T00:00Z"}
        sent = [server.api("POST", "/sms", SMS | {"label": label}).json()["trackingId"] for label in ("a", "held", "b")]
        called_off, campaign = (
            server.api("POST", "/sms/campaign", SMS | at | {"to": to}).json()["trackingId"] for _ in range(2)
        )
        assert server.api("DELETE", f"/sms/{called_off}").status == 200
        found = search(server)["content"]
        statuses = [each["status"]["status"] for each in found]
        assert statuses == ["Queued", "Queued", "Unsent", "Unsent", "Queued", "Queued", "Queued"]
        assert [each["messageId"] for each in found[4:]] == sent[::-1]
        for each in (called_off, campaign):
            own = server.api("GET", f"/sms/tracking/campaign/{each}").json()
            assert search(server, query=f"?trackingId={each}") == own
            assert own["totalElements"] == 2
        filters = [{"fieldName": "to", "searchTerm": to[0]}, {"fieldName": "status.status", "searchTerm": "Queued"}]
        assert [each["to"] for each in search(server, filters)["content"]] == to[:1]
        server.advance(until="idle")
        after = search(server)["content"]
        assert [each["messageId"] for each in after] == [each["messageId"] for each in found]
        assert {each["status"]["status"] for each in after} == {"Unsent", "Delivered"}
