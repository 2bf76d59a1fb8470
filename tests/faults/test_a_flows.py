"""How flows go and what is told of them, where that was wrong once: their first status, prices, codes of a lack of
balance, callbacks of a receiver that refuses, what is always present, parts of an Sms. The other rows of this section
are about requests, but for A16, which is about calls and belongs to another issue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, VIBER, VOICE, Emulator, Receiver, emulator, receiver


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0", "--start-at", "2026-01-01T00:00Z") as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver that answers 200."""
    with receiver() as made:
        yield made


def scenario(server: Emulator, *rules: dict[str, Any], **more: Any) -> None:
    """Put a scenario of these rules in force."""
    body = {"scenario": {"purpose": "A test.", "rules": rules, **more}}
    assert server.call("POST", "/_emulator/scenario", json.dumps(body).encode()).status == 200


def tracked(server: Emulator, flow: str) -> Any:
    """A flow as tracking tells it."""
    return server.api("GET", f"/failover/tracking/{flow}").json()


def told(post: Any) -> str:
    """A callback in short: the flow's status, and its messages'."""
    return " ".join([post["status"], *(message["status"]["name"] for message in post["messages"])])


def attempts(server: Emulator) -> list[tuple[str, str]]:
    """The time of each attempt at a callback, and its outcome."""
    return [(entry["at"][11:], entry["data"]["outcome"]) for entry in server.journal() if entry["kind"] == "attempt"]


def test_a2_a_flow_is_in_progress_as_soon_as_it_is_accepted(server: Emulator, hook: Receiver) -> None:
    """Its first step has been handed to its channel, which OnStep posts as `InProgress QUEUED`."""
    flow = server.send(VIBER, SMS, callback=hook.url)
    assert told(tracked(server, flow)) == told(hook.next()) == "InProgress QUEUED"
    assert server.api("POST", "/failover/tracking", {"fieldName": "status", "searchTerm": "Queued"}).json()["last"]
    (viber,) = [lane for lane in server.call("GET", "/_emulator/board").json()["lanes"] if lane["count"]]
    assert viber["name"] == "Viber"


def test_a2_a_scenario_can_hold_the_start_back(server: Emulator, hook: Receiver) -> None:
    """Only then is a flow Queued: it has no messages, and nobody is told, until its first step starts."""
    scenario(server, {"queued": "5s"})
    flow = server.send(SMS, callback=hook.url)
    server.advance(by="4s")
    assert (told(tracked(server, flow)), hook.count) == ("Queued", 0)
    (queued,) = [lane for lane in server.call("GET", "/_emulator/board").json()["lanes"] if lane["count"]]
    assert queued["name"] == "Queued"
    report = server.call("POST", f"/_emulator/flows/{flow}/reports", b'{"status": "Delivered"}')
    assert (report.status, "queued" in report.json()["detail"]) == (409, True)
    server.advance(until="idle")
    posts = [hook.next() for _ in range(3)]
    assert [told(post) for post in posts] == ["InProgress Queued", "InProgress Sent", "Succeeded Delivered"]
    assert [post["updatedAt"][17:] for post in posts] == ["05Z", "06Z", "08Z"]


def test_a2_a_flow_that_is_held_back_survives_a_kill(tmp_path: Path, hook: Receiver) -> None:
    """It starts after the restart, at its time; and it can be cancelled before."""
    store = ("--rate", "0", "--scenario", "backlog", "--store", str(tmp_path / "store.db"))
    with emulator(*store) as server:
        flow, other = server.send(SMS, callback=hook.url), server.send(SMS, callback=hook.url)
        server.stop(9)
    with emulator(*store) as server:
        cancelled = server.call("POST", f"/_emulator/flows/{other}/cancel", b"{}").json()
        assert (told(cancelled), cancelled["statusCode"], cancelled["terminationChannel"]) == ("Failed", "0", None)
        server.advance(until="idle")
        assert told(tracked(server, flow)) == "Succeeded Delivered"


def test_a3_prices_are_exact_decimals(tmp_path: Path, hook: Receiver) -> None:
    """A price has all its digits, and the total is the sum of what is shown, in callbacks and in tracking."""
    (tmp_path / "prices.json").write_text('{"Sms": {"*": 0.00645}, "Voice": {"*": 0.1}}')
    with emulator("--rate", "0", "--prices", str(tmp_path / "prices.json"), "--scenario", "voice-terminated") as server:
        call = VOICE | {"failoverOnStatuses": ["Terminated"]}
        flow = server.send(call, SMS | {"message": {"body": "x" * 400}}, callback=hook.url, strategy="OnCompletion")
        server.advance(until="idle")
        _, _, raw = hook.next_post()
        ended = json.loads(raw, parse_float=Decimal)
        prices = [message["price"] for message in ended["messages"]]
        assert prices == [Decimal("0.01666667"), *[Decimal("0.00645")] * 3]
        assert ended["totalPrice"] == sum(prices) == Decimal("0.03601667")
        assert server.api("GET", f"/failover/tracking/{flow}").body == raw


def test_a3_a_balance_is_spent_to_its_last_digit(tmp_path: Path) -> None:
    """Three times a third of it is all of it."""
    (tmp_path / "prices.json").write_text('{"Sms": {"*": 0.00645}}')
    with emulator("--rate", "0", "--prices", str(tmp_path / "prices.json")) as server:
        scenario(server, balance=0.01935)
        assert [tracked(server, server.send(SMS))["messages"][0]["type"] for _ in range(3)] == ["Sms"] * 3
        left = server.call("GET", "/_emulator/scenario?application=app").json()["balance"]
        assert left == 0
        server.advance(until="idle")
        assert [each["status"] for each in server.api("POST", "/failover/tracking").json()["content"]] == [
            "Succeeded"
        ] * 3


def test_a4_a_refusal_for_lack_of_balance_has_exactly_the_provider_s_words(server: Emulator) -> None:
    """How much is missing is told by the journal alone."""
    scenario(server, balance=0.01, when_empty="refuse")
    answer = server.api("POST", "/failover", {"flow": [SMS]})
    assert (answer.status, answer.json()) == (400, {"code": "400001009", "developerMessage": "Insufficient Balance"})
    (refused,) = [entry for entry in server.journal() if entry["kind"] == "refused"]
    assert refused["data"]["note"] == "the request costs more than the 0.01 that are left"
    assert refused["text"] == "400 Insufficient Balance; the request costs more than the 0.01 that are left"


@pytest.mark.parametrize(
    ("step", "status"), [(VIBER, "UNSENT"), (SMS, "Unsent"), (VOICE, "Unsent"), (VOICE, "Terminated")]
)
@pytest.mark.parametrize("how", ["by hand", "planned"])
def test_a5_a_status_that_means_lack_of_balance_ends_a_flow_with_1(
    server: Emulator, step: dict[str, Any], status: str, how: str
) -> None:
    """However it comes about, whether the status is listed or not."""
    plan = "silence" if how == "by hand" else {step["type"]: [{"after": "1s", "status": status}]}
    scenario(server, {"plan": plan})
    listed = [{**step, "failoverOnStatuses": [status]}] if step["type"] == "Voice" else []
    for each in (step, *listed):
        flow = server.send(each)
        if how == "by hand":
            server.call("POST", f"/_emulator/flows/{flow}/reports", json.dumps({"status": status}).encode())
        server.advance(by="2s")
        assert (tracked(server, flow)["status"], tracked(server, flow)["statusCode"]) == ("Failed", "1")


def test_a5_a_cause_of_its_own_comes_first(server: Emulator) -> None:
    """A report may say that something else is to blame."""
    flow = server.send(VIBER)
    server.call("POST", f"/_emulator/flows/{flow}/reports", b'{"status": "UNSENT", "cause": "server"}')
    assert tracked(server, flow)["statusCode"] == "0"


def test_a9_each_callback_has_its_own_ladder(server: Emulator, hook: Receiver) -> None:
    """A dead receiver is tried with each callback when it is due, and with each again half a minute later."""
    hook.answer = lambda count: 500 if count <= 3 else 200
    server.send(SMS, callback=hook.url)
    server.advance(by="1m")
    assert attempts(server) == [
        *[(f"00:00:{second}Z", "refused") for second in ("00", "01", "03")],
        *[(f"00:00:{second}Z", "received") for second in ("30", "31", "33")],
    ]


def test_a9_first_attempts_keep_the_flow_s_order(server: Emulator, hook: Receiver) -> None:
    """Callbacks that are due at one time come one after another; one that is refused then comes after newer ones."""
    scenario(
        server, {"plan": {"Voice": [{"after": "0s", "status": each} for each in ("Initiated", "Ringing", "Busy")]}}
    )
    hook.answer = lambda count: 500 if count == 2 else 200
    server.send(VOICE, callback=hook.url)
    server.advance(by="1m")
    came = [told(hook.next()) for _ in range(4)]
    assert came == ["InProgress Queued", "InProgress Ringing", "Failed Busy", "InProgress Initiated"]


@pytest.mark.parametrize("to", ["+306900000100", "+3069000", "+88312345678", "+99912345678"])
def test_a12_what_has_a_type_is_always_there(server: Emulator, hook: Receiver, to: str) -> None:
    """Operator, country, latency and duration, from the first callback on, whatever the number."""
    long_form = VOICE | {"to": {"sip": "1111@pbx.example"}}
    for step in (SMS, VIBER, VOICE):
        server.send(step | {"to": to}, callback=hook.url)
    server.send(long_form, callback=hook.url)
    server.advance(until="idle")
    wanted: dict[str, dict[str, type]] = {
        "Sms": {"country": str, "operator": str, "latency": int},
        "Viber": {"country": str},
    }
    wanted["Voice"] = {"country": str, "duration": int}
    for post in (hook.next() for _ in range(hook.count)):
        for message in post["messages"]:
            types = {name: type(message.get(name)) for name in wanted[message["type"]]}
            assert types == wanted[message["type"]]
            assert len(message["country"]) == 2
            assert message.get("operator") != ""


def test_a12_latency_is_0_until_an_sms_is_delivered(server: Emulator, hook: Receiver) -> None:
    """So is a call's duration until it has ended."""
    server.send(SMS, callback=hook.url)
    server.advance(until="idle")
    assert [hook.next()["messages"][0]["latency"] for _ in range(3)] == [0, 0, 3]
    server.send(VOICE, callback=hook.url)
    server.advance(until="idle")
    assert [hook.next()["messages"][0]["duration"] for _ in range(5)] == [0, 0, 0, 0, 20]


def test_a14_single_parts_of_a_long_sms_can_fail(server: Emulator, hook: Receiver) -> None:
    """Each part has its own status; the step is delivered when all of its parts are."""
    scenario(server, {"plan": {"Sms": {"parts": {"2": "Undelivered"}}}})
    long, short = ({**SMS, "message": {"body": "x" * size}} for size in (400, 10))
    flow = server.send(long, VIBER, callback=hook.url, strategy="OnCompletion")
    server.send(short)
    server.advance(until="idle")
    ended = hook.next()
    assert ended["messages"] == tracked(server, flow)["messages"]
    assert told(ended) == "Succeeded Delivered Undelivered Delivered DELIVERED"
    assert [message["reason"]["detailedStatus"] for message in (each["status"] for each in ended["messages"])] == [
        "Delivered",
        "Undelivered on Handset",
        "Delivered",
        "Delivered",
    ]
    other, _ = server.api("POST", "/failover/tracking").json()["content"]
    assert told(other) == "Succeeded Delivered"
    texts = [entry["text"] for entry in server.journal(flow) if entry["kind"] == "status"]
    assert any("part 2 is Undelivered" in text for text in texts)


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        ({"parts": {}}, "a map of parts and their statuses"),
        ({"parts": {"0": "Failed"}}, "a part is a number from 1"),
        ({"parts": {"2": "Delivered"}}, "must be Undelivered, Failed or Unsent"),
        ({"parts": {"2": "Failed"}, "plan": "Failed"}, "a way to Delivered"),
    ],
)
def test_a14_parts_that_make_no_sense_are_refused(server: Emulator, outcome: Any, wanted: str) -> None:
    """With what would be right."""
    body = {"scenario": {"purpose": "A test.", "rules": [{"plan": {"Sms": outcome}}]}}
    answer = server.call("POST", "/_emulator/scenario", json.dumps(body).encode())
    assert (answer.status, wanted in answer.body.decode()) == (400, True)
