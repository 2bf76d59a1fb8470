"""The emulator's own API: questions that are narrowed, and answers that say why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.running import SMS, VIBER, Emulator, emulator, receiver

UNDELIVERED = {**SMS, "to": "+306900000010"}


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


def asked(server: Emulator, path: str, method: str = "GET", body: Any = None) -> Any:
    """What a call of the own API answers."""
    answer = server.call(method, f"/_emulator/{path}", None if body is None else json.dumps(body).encode())
    return answer.json() | ({} if answer.status == 200 else {"refused": answer.status})


def test_journal_and_callbacks_are_searched_as_a_whole(server: Emulator) -> None:
    """However many newer ones there are: the one that a text is in, or that has failed so far, or was given up."""
    with receiver() as hook:
        hook.answer = lambda count: 500 if count == 1 else 200
        first = server.send(SMS, callback=f"{hook.url}?lost", strategy="OnCompletion")
        server.advance(by="10s")
        for _ in range(20):
            server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.advance(by="10s")
        (failing,) = asked(server, "callbacks?outcome=failing")["callbacks"]
        assert (failing["flow"], failing["outcome"]) == (first, "pending")
        assert asked(server, "callbacks?outcome=waiting")["callbacks"] == []
        assert asked(server, "callbacks?text=%3FLOST&limit=1")["callbacks"] == [failing]
        assert len(asked(server, "callbacks?outcome=received")["callbacks"]) == 20
        found = asked(server, f"journal?text={quote('number 1 to')}&flow={first}")["entries"]
        assert [(each["kind"], each["flow"]) for each in found] == [("attempt", first)]
        server.advance(by="24h")
        assert asked(server, "callbacks?outcome=failing")["callbacks"] == []


def test_a_flow_is_named_by_the_beginning_of_its_id(server: Emulator) -> None:
    """As it is shown in lists; where several begin so, and where none does, that is said."""
    name, other = server.send(SMS), server.send(SMS)
    assert asked(server, f"flows/{name[:8]}")["trackingId"] == name
    for path in (f"journal?flow={name[:8]}", f"callbacks?flow={name[:8]}"):
        assert "refused" not in asked(server, path)
    entries = asked(server, f"journal?flow={name[:8]}")["entries"]
    assert {each["flow"] for each in entries} == {name}
    assert asked(server, f"flows/{'0' * 8}")["detail"] == f"there is no flow {'0' * 8}"
    assert asked(server, f"flows/{name[:5]}")["refused"] == 404
    assert other != name


def test_the_beginning_of_its_id_names_a_flow_in_every_call(server: Emulator) -> None:
    """Also in those that move time or reach into it."""
    name = server.send(SMS)
    assert asked(server, f"flows/{name[:8]}/reports", "POST", {"status": "Sent"})["trackingId"] == name
    assert "refused" not in asked(server, "clock/advance", "POST", {"flow": name[:8]})
    assert asked(server, f"flows/{name}")["status"] == "Succeeded"
    assert asked(server, f"flows/{name[:8]}/cancel", "POST")["refused"] == 409


CALLS = [
    ("GET", "flows/{}", None),
    ("GET", "journal?flow={}", None),
    ("GET", "callbacks?flow={}", None),
    ("POST", "flows/{}/cancel", None),
    ("POST", "flows/{}/reports", {"status": "Delivered"}),
    ("POST", "clock/advance", {"flow": "{}"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_an_id_of_something_else_than_a_flow_is_told_as_such(
    server: Emulator, method: str, path: str, body: Any
) -> None:
    """Of a campaign, and of a message of a flow; of nothing at all, only that."""
    whole = {"body": "Hi", "from": "Shop", "to": ["+306912345678", "+306912345679"], "campaignName": "June"}
    campaign = server.api("POST", "/sms/campaign", whole).json()["trackingId"]
    flow = server.send(SMS)
    message = asked(server, f"flows/{flow}")["messages"][0]["messageId"]

    def told(name: str) -> Any:
        filled = None if body is None else {key: value.format(name) for key, value in body.items()}
        answer = asked(server, path.format(name), method, filled)
        assert answer["refused"] == 404
        return answer["detail"]

    first = min((each["trackingId"] for each in asked(server, "flows")["flows"]), key=lambda each: each[24:])
    what = f"it is the campaign 'June', whose messages are flows, the first of them {first}"
    assert told(campaign) == f"there is no flow {campaign}; {what}"
    assert told(message) == f"there is no flow {message}; it is a message of the flow {flow}"
    nothing = ("1" if campaign.startswith("0") else "0") + campaign[1:]
    assert told(nothing) == f"there is no flow {nothing}"


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"by": "idle"}, '; did you mean `"until": "idle"`?'),
        ({"by": "Next"}, '; did you mean `"until": "next"`?'),
        ({"to": "idel"}, '; did you mean `"until": "idle"`?'),
        ({"by": "2026-01-02T00:00Z"}, "; did you mean `to`?"),
        ({"to": "24h"}, "; did you mean `by`?"),
        ({"by": "c3eb8bce-eaff-4d08-a004-000000000001"}, "; did you mean `flow`?"),
        ({"by": "soon"}, ""),
    ],
)
def test_a_goal_in_the_wrong_member_is_told_the_right_one(server: Emulator, body: Any, hint: str) -> None:
    """Of what advances a clock."""
    answer = asked(server, "clock/advance", "POST", body)
    assert answer["refused"] == 400
    (text,) = body.values()
    assert answer["detail"].endswith(f"it is '{text}'{hint}")


def test_the_board_says_why_a_flow_failed_and_is_searched(server: Emulator) -> None:
    """In the journal's words; by number, text and id."""
    gone = server.send({**VIBER, "message": {"text": "Bring a pen"}})
    asked(server, f"flows/{gone}/cancel", "POST", {"why": "the shop has closed"})
    failed = server.send(UNDELIVERED)
    server.advance(by="24h")
    whys = {each["id"]: each["why"] for each in asked(server, "board")["lanes"][-1]["cards"]}
    assert whys == {gone: "the shop has closed", failed: "all channels tried"}
    assert asked(server, f"flows/{gone}")["why"] == "the shop has closed"
    for search in ("BRING a pen", gone[:8]):
        found = asked(server, f"flows?search={quote(search)}")
        assert [each["trackingId"] for each in found["flows"]] == [gone]
    assert asked(server, "board?search=0000010")["lanes"][-1]["count"] == 1


def test_all_clocks_are_answered_at_once(server: Emulator) -> None:
    """The shared one first."""
    server.advance("shop", by="1h")
    server.send(SMS)
    shared, own = asked(server, "clocks")["clocks"]
    assert (shared, own) == (server.clock(), server.clock("shop"))
    assert (shared["application"], own["application"]) == (None, "shop")


def test_one_override_is_taken_back_by_its_name(server: Emulator) -> None:
    """Whosever it is; the others stay, and the journal has it."""
    rules = {"rules": [{"plan": {"Sms": "Failed"}}]}
    asked(server, "scenario/overrides", "POST", rules)
    asked(server, "scenario/overrides", "POST", rules | {"application": "app"})
    first, second = (each["name"] for each in asked(server, "scenario?application=app")["overrides"])
    left = asked(server, f"scenario/overrides?application=app&name={quote(second)}", "DELETE")
    assert [each["name"] for each in left["overrides"]] == [first]
    assert asked(server, "journal?kind=scenario")["entries"][-1]["text"] == f"{second} is taken back"
    assert asked(server, "scenario/overrides?name=override+9", "DELETE")["refused"] == 404


def test_a_scenario_that_was_written_by_hand_can_be_read_while_it_is_in_force(server: Emulator) -> None:
    """By the name that it gives itself."""
    text = "name: shop-changed\npurpose: all fail\nrules:\n  - plan: {Sms: Failed}\n"
    asked(server, "scenario", "POST", {"text": text})
    found = asked(server, f"scenarios/{quote('shop-changed')}")
    assert (found["text"], found["purpose"], found["own"], found["file"]) == (text, "all fail", True, "")
    asked(server, "scenario", "DELETE")
    assert asked(server, f"scenarios/{quote('shop-changed')}")["refused"] == 404


def test_a_finished_flow_is_deleted_and_no_other(server: Emulator) -> None:
    """With its callbacks and entries; the journal says so, ids go on, and what is under way is told to be."""
    with receiver() as hook:
        gone = server.send(SMS, callback=hook.url)
        assert asked(server, f"flows/{gone}", "DELETE")["refused"] == 409
        server.advance(by="10s")
        kept = server.send(SMS)
        refused = asked(server, f"flows/{kept}", "DELETE")
        assert "something is left to happen" in refused["detail"]
        assert asked(server, f"flows/{gone[:8]}", "DELETE") == {"deleted": gone}
        assert asked(server, f"flows/{gone}", "DELETE")["refused"] == 404
        assert [each["trackingId"] for each in asked(server, "flows")["flows"]] == [kept]
        assert asked(server, "callbacks")["callbacks"] == []
        (entry,) = asked(server, "journal?kind=deleted")["entries"]
        assert (entry["data"], entry["flow"]) == ({"flow": gone}, None)
        assert server.send(SMS) not in {gone, kept}


def test_all_that_was_given_up_is_resent_once(server: Emulator) -> None:
    """Of one application or of all; what was posted again since is left out, until that failed too."""
    with receiver() as hook:
        hook.answer = lambda _: 500
        for _ in range(3):
            server.send(SMS, callback=hook.url, strategy="OnCompletion")
        server.send(SMS, callback=f"{hook.url}?other", strategy="OnCompletion")
        server.advance(by="48h")
        assert len(asked(server, "callbacks?outcome=given%20up")["callbacks"]) == 4
        assert asked(server, "callbacks/resend", "POST", {"application": "shop"}) == {"resent": 0}
        assert asked(server, "callbacks/resend", "POST", {"text": "?other"}) == {"resent": 1}
        assert asked(server, "callbacks/resend", "POST") == {"resent": 3}
        assert asked(server, "callbacks/resend", "POST") == {"resent": 0}
        server.advance(by="48h")
        hook.answer = lambda _: 200
        assert asked(server, "callbacks/resend", "POST", {}) == {"resent": 4}
        server.advance(by="1s")
        assert len(asked(server, "callbacks?outcome=received")["callbacks"]) == 4
        assert asked(server, "callbacks/resend", "POST") == {"resent": 0}


def test_the_list_has_the_cards_of_the_board_page_by_page(server: Emulator) -> None:
    """However many there are in a lane."""
    for number in range(3):
        server.send(VIBER, {**SMS, "to": f"+30690000000{number}", "order": 2})
    first = asked(server, "board/list?limit=2")
    rest = asked(server, "board/list?limit=2&offset=2")
    assert (first["total"], len(first["cards"]), len(rest["cards"])) == (3, 2, 1)
    (lane,) = [each for each in asked(server, "board")["lanes"] if each["count"]]
    assert [*first["cards"], *rest["cards"]] == lane["cards"]
    assert "nothing is known" in asked(server, "board/list?application=shpo")["note"]
