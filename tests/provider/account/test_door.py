"""The account over real sockets: what is left, what came in, and the list of prices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.provider.account.door import shown
from emulator.store.records import TopUp
from tests.support.running import SMS, VIBER, Emulator, emulator
from tests.support.samples import NOW

EUROS = {"code": "EUR", "name": "Euro", "sign": "€"}
POOR = "purpose: Little money.\nbalance: 0.1\nrules: []\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


def left(server: Emulator, application: str = "app") -> float:
    """What an application's account shows."""
    found: float = server.api("GET", "/accounts/me/balance", token=server.token(application)).json()["balance"]
    return found


def transactions(server: Emulator, query: str = "") -> Any:
    """A page of the transactions of `app`."""
    answer = server.api("GET", f"/accounts/me/transactions{query}", token=server.token())
    assert answer.status == 200, answer.body
    return answer.json()


# --- balance -----------------------------------------------------------------------------------------------------


def test_the_balance_names_its_currency_first(server: Emulator) -> None:
    """As live answers do."""
    answer = server.api("GET", "/accounts/me/balance")
    assert list(answer.json()) == ["currency", "balance"]
    assert (answer.json()["currency"], answer.headers["content-type"]) == (EUROS, "application/json")


def test_each_message_lowers_the_balance_by_its_price_at_once(server: Emulator) -> None:
    """That of its application alone, and once, however often it is asked for."""
    before, other = left(server), left(server, "other")
    server.send(SMS)
    assert [left(server), left(server)] == pytest.approx([before - 0.035] * 2)
    name = server.send(VIBER)
    server.advance(until="idle")
    price = server.api("GET", f"/failover/tracking/{name}").json()["totalPrice"]
    assert [left(server), left(server, "other")] == pytest.approx([before - 0.035 - price, other])


def test_what_was_spent_survives_a_kill_and_goes_with_a_reset(tmp_path: Path) -> None:
    """It is kept in the store."""
    store = ("--rate", "0", "--store", str(tmp_path / "store.db"))
    with emulator(*store) as server:
        full = left(server)
        server.send(SMS)
        assert left(server) == pytest.approx(full - 0.035)
        server.send(SMS)
    with emulator(*store) as server:
        assert left(server) == pytest.approx(full - 0.07)
        server.call("POST", "/_emulator/reset", b'{"application": "app"}')
        assert left(server) == full


def test_a_scenario_s_balance_is_the_account_s() -> None:
    """Both APIs show the same; so they do after somebody sets it."""
    with emulator("--rate", "0") as server:
        chosen = json.dumps({"text": POOR, "application": "app"}).encode()
        assert server.call("POST", "/_emulator/scenario", chosen).status == 200
        assert left(server) == 0.1
        server.send(SMS)
        own = server.call("GET", "/_emulator/balance?application=app").json()["balance"]
        assert left(server) == own == 0.065
        assert server.call("PUT", "/_emulator/balance", b'{"application": "app", "balance": 7.5}').status == 200
        assert left(server) == 7.5


# --- transactions ------------------------------------------------------------------------------------------------


def test_the_first_top_up_is_all_that_there_was(server: Emulator) -> None:
    """Sends don't appear; the page has the members of a recorded one, in their order."""
    server.send(SMS)
    page = transactions(server)
    assert list(page) == [
        *("content", "last", "totalElements", "totalPages", "numberOfElements", "first", "size", "number"),
    ]
    (only,) = page["content"]
    assert (only["transactionType"], only["amount"], only["status"]) == ("TopUp", 1000.0, "Completed")
    assert only["actions"][0]["balanceAfter"] == 1000.0
    assert (page["size"], page["totalElements"], page["first"], page["last"]) == (20, 1, True, True)


def test_each_change_of_a_balance_is_a_top_up(tmp_path: Path) -> None:
    """The latest first; over a restart too. A new choice of a scenario begins again."""
    store = ("--rate", "0", "--store", str(tmp_path / "store.db"))
    choice = json.dumps({"text": POOR}).encode()
    with emulator(*store) as server:
        server.call("POST", "/_emulator/scenario", choice)
        server.send(SMS)
        server.call("PUT", "/_emulator/balance", b'{"application": "app", "balance": 5}')
        server.call("PUT", "/_emulator/balance", b'{"application": "app", "balance": 2}')
        before = transactions(server)
    with emulator(*store) as server:
        after = transactions(server)
        server.call("POST", "/_emulator/scenario", choice)
        assert [each["amount"] for each in transactions(server)["content"]] == [0.1]
    assert before == after
    assert [each["amount"] for each in before["content"]] == [-3, 4.935, 0.1]
    assert [each["actions"][0]["balanceBefore"] for each in before["content"]] == [5, 0.065, 0]
    assert len({each["id"] for each in before["content"]}) == 3


def test_transactions_are_narrowed_and_paged() -> None:
    """By times to the minute, and by page and size."""
    with emulator("--rate", "0", "--scenario", "balance-runs-out") as server:
        transactions(server)
        server.advance(by="1d")
        server.call("PUT", "/_emulator/balance", b'{"application": "app", "balance": 5}')
        assert [each["date"] for each in transactions(server, "?to=2026-01-01T00:01Z")["content"]] == [
            "2026-01-01T00:00:00Z"
        ]
        assert transactions(server, "?from=2026-01-02T00:00Z")["totalElements"] == 1
        second = transactions(server, "?page=1&size=1")
        assert (second["number"], second["last"], second["content"][0]["date"]) == (1, True, "2026-01-01T00:00:00Z")
        assert transactions(server, "?from=2027-01-01")["content"] == []


def test_a_top_up_shows_the_balance_before_it_and_its_action_that_after_it() -> None:
    """In the recorded order of members; its id stays the same."""
    told = shown("app", 2, TopUp(NOW, 0.05, 35.05))
    assert list(told) == [
        *("id", "source", "transactionType", "amount", "status", "balanceBefore", "balanceAfter", "date", "actions"),
    ]
    assert (told["amount"], told["balanceBefore"], told["balanceAfter"]) == (35.0, 0.05, 0.05)
    (action,) = told["actions"]
    assert list(action) == ["id", "type", "amount", "date", "balanceBefore", "balanceAfter", "status"]
    assert (action["type"], action["balanceAfter"]) == ("Status Changed", 35.05)
    assert told["id"] == shown("app", 2, TopUp(NOW, 0.05, 35.05))["id"] != shown("app", 1, TopUp(NOW, 0, 1))["id"]


# --- prices ------------------------------------------------------------------------------------------------------


def test_the_list_of_prices_has_all_services(server: Emulator) -> None:
    """By country, and the networks that callbacks name."""
    told = server.api("GET", "/system/prices").json()
    assert list(told) == ["sms", "viber", "voice", "twoStep", "lookup", "numberValidator", "currency"]
    (greece,) = [each for each in told["sms"] if each["iso"] == "GR"]
    assert (greece["mcc"], greece["country"]) == ("202", "Greece")
    assert {each["price"] for each in greece["networks"]} == {0.035}
    name = server.send(SMS)
    server.advance(until="idle")
    operator = server.api("GET", f"/failover/tracking/{name}").json()["messages"][0]["operator"]
    assert operator in {each["network"] for each in greece["networks"]}


def test_prices_are_those_that_messages_are_charged_by(tmp_path: Path) -> None:
    """Of the file that --prices names; a service in any case."""
    prices = tmp_path / "prices.json"
    prices.write_text('{"Sms": {"CY": 0.5, "*": 0.25}, "TwoStep": {"sms": 1, "voice": 2}}')
    with emulator("--rate", "0", "--prices", str(prices)) as server:
        told = server.api("GET", "/system/prices?service=SMS&mcc=280", b"service=sms").json()
        assert [(each["iso"], each["networks"][0]["price"]) for each in told["sms"]] == [("CY", 0.5)]
        assert (told["twoStep"], "voice" in told) == ({"sms": 1.0, "voice": 2.0}, False)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/system/prices?service=Fax", ["service"]),
        ("/system/prices?mcc=20&mnc=x", ["mcc", "mnc"]),
        ("/accounts/me/transactions?from=x&to=y&page=-1&size=0", ["from", "page", "size", "to"]),
    ],
)
def test_a_mistyped_query_is_refused(server: Emulator, path: str, wrong: list[str]) -> None:
    """By the names of its members; an empty answer would look like a right one."""
    answer = server.api("GET", path)
    assert (answer.status, answer.json()["code"], sorted(answer.json()["properties"])) == (400, "400000000", wrong)


@pytest.mark.parametrize("path", ["/accounts/me/balance", "/accounts/me/transactions", "/system/prices"])
def test_a_token_without_the_scope_is_refused(server: Emulator, path: str) -> None:
    """403 with its code, and without properties."""
    answer = server.api("GET", path, token=server.token("narrow", "failover"))
    assert (answer.status, answer.json()) == (
        403,
        {"code": "403000000", "developerMessage": "Access is denied: the token lacks MT_ROLE_ACCOUNT_FINANCE"},
    )


def test_a_scenario_s_prices_are_listed_and_charged_and_stay_with_its_flows(tmp_path: Path) -> None:
    """Of the application for which it was chosen; other prices stay as they are."""
    rules = tmp_path / "dear.yaml"
    rules.write_text("purpose: Dear.\nbalance: 10\nprices: { Sms: { GR: 4 } }\n")
    with emulator("--rate", "0", "--scenarios", str(tmp_path)) as server:
        cheap = server.api("GET", "/system/prices?service=Sms&mcc=202").json()["sms"]
        choose = json.dumps({"name": "dear", "application": "app"}).encode()
        server.call("POST", "/_emulator/scenario", choose, {"Content-Type": "application/json"})
        assert "4" in json.dumps(server.api("GET", "/system/prices?service=Sms&mcc=202").json()["sms"])
        flow = server.send(SMS)
        assert server.api("GET", "/accounts/me/balance").json()["balance"] == 6
        server.advance(until="idle")
        server.call("DELETE", "/_emulator/scenario?application=app")
        assert server.api("GET", "/system/prices?service=Sms&mcc=202").json()["sms"] == cheap
        assert server.api("GET", f"/failover/tracking/{flow}").json()["totalPrice"] == 4
