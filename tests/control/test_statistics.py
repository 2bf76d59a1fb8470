"""The statistics of flows, asked of a real emulator: they are true whenever they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, VIBER, Emulator, emulator, receiver

NO_VIBER = "+306900000100"
FAILS = "+306900000010"


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


def told(server: Emulator, query: str = "") -> Any:
    """The statistics now."""
    return server.call("GET", f"/_emulator/statistics{query}").json()


def both(to: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Viber, then Sms, to this number."""
    return {**VIBER, "to": to, "order": 1}, {**SMS, "to": to, "order": 2}


def test_the_strip_tells_what_failover_was_worth(server: Emulator) -> None:
    """Sent, reached, rescued, failed and under way, with the cost and what Sms alone would have cost."""
    server.send(*both(NO_VIBER))
    server.send(*both("+306900000000"))
    server.send({**SMS, "to": FAILS})
    server.advance(by="50m")
    server.send(VIBER)
    now = told(server)
    assert {name: now[name] for name in ("sent", "reached", "reachedPercent", "failed", "inProgress", "dropped")} == {
        "sent": 4,
        "reached": 2,
        "reachedPercent": 66.7,
        "failed": 1,
        "inProgress": 1,
        "dropped": 0,
    }
    assert now["rescued"] == {"flows": 1, "over": {"Sms": 1}}
    shown = server.call("GET", "/_emulator/flows").json()["flows"]
    assert now["cost"]["amount"] == pytest.approx(sum(each["totalPrice"] for each in shown))
    assert now["cost"] == {
        "amount": now["cost"]["amount"],
        "bySms": 4 * 0.035,
        "saved": pytest.approx(4 * 0.035 - now["cost"]["amount"]),
        "currency": "EUR",
    }
    viber, text = now["channels"][::-1][0], now["channels"][0]
    assert {viber["channel"], text["channel"]} == {"Viber", "Sms"}
    assert (viber["tried"], viber["reached"], viber["movedOn"]) == (3, 1, 1)
    assert sum(viber["statuses"].values()) == 3
    assert sum(each["flows"] for each in now["toDeliver"]) == 2


def test_they_are_narrowed_by_application_and_time(server: Emulator) -> None:
    """Both ends of the time included; what can't be is refused, and an unknown application is doubted."""
    server.send(SMS)
    server.advance(by="1h")
    server.api("POST", "/failover", {"flow": [SMS]}, server.token("shop"))
    assert told(server, "?application=shop")["sent"] == 1
    assert told(server, "?until=2026-01-01T00:30Z")["sent"] == 1
    assert told(server, "?since=2026-01-01T01:00Z&application=shop")["sent"] == 1
    assert told(server, "?since=2026-01-01T01:00Z&application=app")["sent"] == 0
    assert told(server, "?since=2026-01-01T00:00Z&until=2026-01-01T01:00Z")["sent"] == 2
    assert "nothing is known yet of an application" in told(server, "?application=shpo")["note"]
    assert told(server, "?since=2026-01-02&until=2026-01-01")["detail"] == "no time is from 2026-01-02 to 2026-01-01"
    assert "unknown field" in told(server, "?form=1")["detail"] or "form" in told(server, "?form=1")["detail"]


def test_they_are_of_now_and_not_of_the_last_question(server: Emulator) -> None:
    """Whatever happened since: reports, callbacks, a late answer of a receiver, a reset."""
    with receiver() as hook:
        hook.answer = lambda count: 200 if count > 2 else 500
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        assert (told(server)["inProgress"], told(server)["webhooksFailing"]) == (1, 0)
        server.advance(by="10s")
        now = told(server)
        assert (now["reached"], now["webhooksFailing"], now["callbacks"]["failing"]) == (1, 1, 1)
        server.advance(by="24h")
        now = told(server)
        assert (now["webhooksFailing"], now["callbacks"]) == (
            0,
            {"received": 1, "waiting": 0, "failing": 0, "givenUp": 0},
        )
        (one,) = now["receivers"]
        assert (one["receiver"], one["success"], one["p95"]) == (hook.url.rpartition("/")[0], 100.0, 0)
    server.call("POST", "/_emulator/reset", b"{}")
    assert told(server)["sent"] == 0


def test_a_restart_counts_what_the_store_has(tmp_path: Path) -> None:
    """As before."""
    store = ("--rate", "0", "--store", str(tmp_path / "s.db"))
    with emulator(*store) as server:
        server.send(*both(NO_VIBER))
        server.advance(by="1h")
        before = told(server)
    with emulator(*store) as server:
        assert told(server) == before


def test_many_receivers_are_listed_the_worst_first(server: Emulator) -> None:
    """The others are counted."""
    with receiver() as hook:
        server.send(SMS, callback=hook.url, strategy="OnCompletion")
        for port in range(1, 102):
            server.send(SMS, callback=f"http://127.0.0.1:{port}/", strategy="OnCompletion")
        server.advance(by="10s")
        now = told(server)
    assert (len(now["receivers"]), now["moreReceivers"]) == (100, 2)
    assert {each["failing"] for each in now["receivers"]} == {1}


def test_the_answer_is_as_documented(server: Emulator) -> None:
    """Each member is in the OpenAPI document."""
    document = server.call("GET", "/_emulator/openapi.json").json()
    members = document["components"]["schemas"]["Statistics"]["properties"]
    assert set(told(server)) | {"note"} == set(members)
    assert json.dumps(document["paths"]["/_emulator/statistics"])


def test_each_number_finds_its_flows(server: Emulator) -> None:
    """What is counted is what GET /flows and the board find, narrowed as the page's links narrow it."""
    with receiver() as hook:
        hook.answer = lambda count: 500 if count < 3 else 200
        for to in (NO_VIBER, NO_VIBER, "+306900000000", "+306900000210"):
            server.send(*both(to), callback=hook.url)
        server.send({**SMS, "to": FAILS})
        server.advance(by="20m")
        server.send(VIBER)
        now = told(server)
        numbers = {
            "": now["sent"],
            "status=Succeeded": now["reached"],
            "status=Failed": now["failed"],
            "rescued=any": now["rescued"]["flows"],
            "rescued=Sms": now["rescued"]["over"].get("Sms", 0),
            "rescued=Viber": 0,
            "webhooks=failing": now["webhooksFailing"],
            "since=2026-01-01T00:10Z": told(server, "?since=2026-01-01T00:10Z")["sent"],
            "until=2026-01-01T00:10Z&application=app": told(server, "?until=2026-01-01T00:10Z")["sent"],
        }
        assert sum(1 for count in numbers.values() if count) > 5
        for query, count in numbers.items():
            assert server.call("GET", f"/_emulator/flows?{query}").json()["total"] == count, query
            lanes = server.call("GET", f"/_emulator/board?{query}").json()["lanes"]
            assert sum(lane["count"] for lane in lanes) == count, query


def test_flows_are_sorted_by_time(server: Emulator) -> None:
    """The newest first, or the oldest; page by page, of everybody or of one application."""
    names = [server.send(SMS) for _ in range(5)]
    for of in ("", "&application=app", "&search=parcel"):
        found = [
            each["trackingId"]
            for offset in (0, 2, 4)
            for each in server.call("GET", f"/_emulator/flows?sort=oldest&limit=2&offset={offset}{of}").json()["flows"]
        ]
        assert found == names
    newest = server.call("GET", "/_emulator/flows").json()["flows"]
    assert [each["trackingId"] for each in newest] == names[::-1]
    assert server.call("GET", "/_emulator/flows?sort=price").status == 400
