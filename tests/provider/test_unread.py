"""What of a request nobody reads, over real sockets: journal and log tell it, and the answer is as without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.provider.unread import MOST, members, unread
from tests.support.running import Emulator, emulator

SMS = {"body": "Hi", "to": "+306912345678", "from": "Shop"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0", log=tmp_path_factory.mktemp("log") / "log") as running:
        yield running


@pytest.mark.parametrize(
    ("method", "path", "query", "told"),
    [
        ("GET", "/system/prices", "mc=202", "mc in the query is not known here and ignored; did you mean 'm"),
        ("GET", "/system/prices", "mcc=202&currency=GBP", "currency in the query is not known here and ignored"),
        (
            "POST",
            "/sms/tracking",
            "datStart=2026",
            "datStart in the query is not known here and ignored; did you mean 'd",
        ),
        (
            "POST",
            "/failover/tracking",
            "Page=1",
            "Page in the query is not known here and ignored; did you mean 'page'?",
        ),
        ("GET", "/failover-otp/otp/failover", "limt=1", "did you mean 'limit'?"),
        ("POST", "/sms", "callback=x", "callback in the query is not known here and ignored"),
    ],
)
def test_an_unknown_member_of_a_query_is_remarked(
    server: Emulator, method: str, path: str, query: str, told: str
) -> None:
    """Under the application that calls."""
    body: object = SMS if path == "/sms" else [] if method == "POST" else None
    assert server.api(method, f"{path}?{query}", body).status == 200
    entry = next(each for each in reversed(server.journal()) if each["kind"] == "remarked")
    assert entry["application"] == "app"
    assert entry["text"].startswith(f"{method} {path}; ")
    assert told in entry["text"]


def test_the_log_has_it_with_what_else_there_is_to_tell(tmp_path: Path) -> None:
    """In one line."""
    with emulator("--rate", "0", log=tmp_path / "log") as server:
        server.api("POST", "/sms?x=1", SMS | {"flahs": True})
        server.stop()
    (line,) = [each for each in (tmp_path / "log").read_text().splitlines() if " /sms " in each]
    assert "flahs is not known here and ignored; did you mean 'flash'?; x in the query is not known here" in line


def test_a_misspelt_header_of_the_emulator_is_remarked(server: Emulator) -> None:
    """On the fast path's requests too; the right one is not."""
    token = {"Authorization": f"Bearer {server.token()}", "Content-Type": "application/json"}
    flow = b'{"flow": [{"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Hi"}}]}'
    before = len(server.journal())
    for header in ("X-Emulator-Scenario", "X-Emulater-Scenario"):
        answer = server.call("POST", "/failover", flow, token | {header: "happy"})
        assert answer.status == 200, answer.body
    (remark,) = [each["text"] for each in server.journal()[before:] if each["kind"] == "remarked"]
    assert remark == (
        "POST /failover; the header x-emulater-scenario is not known here and ignored; "
        "did you mean 'X-Emulator-Scenario'?"
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/oauth/token?grant_type=client_credentials&scope=sms"),
        (
            "POST",
            "/sms/tracking?dateStart=2026-01-01T00:00:00Z&dateEnd=2026-01-02T00:00:00Z&page=0&size=1&trackingId=x",
        ),
        ("POST", "/failover/tracking?dateStart=2026-01-01T00:00:00Z&page=0&size=1"),
        ("GET", "/accounts/me/transactions?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&page=0&size=1"),
        ("GET", "/system/prices?mcc=202&mnc=01&service=Sms"),
        ("GET", "/contacts/my?page=0&size=1"),
        ("GET", "/failover-otp/otp/failover?limit=1&offset=0&status=Failed&tag=x&phone_number=1&flow_id=x"),
        ("GET", "/viber/transactional/templates?senderInfoTrackingId=x"),
        ("GET", "/nothing/here?x=1"),
    ],
)
def test_what_a_call_reads_is_not_remarked(method: str, path: str) -> None:
    """Nor anything of a path that is unknown, which is refused as such."""
    path, _, query = path.partition("?")
    assert unread({"method": method, "path": path, "query_string": query.encode(), "headers": []}) == []


def test_a_call_of_a_path_with_an_id_is_known_by_it() -> None:
    """As is one that takes nothing in its query; a method that there isn't is none."""
    assert members("GET", "/voice/tracking/conversation/71") == ["page", "size"]
    assert members("GET", "/failover/tracking/71") == []
    assert members("PATCH", "/failover/tracking/71") is None


def test_only_the_first_remarks_are_told() -> None:
    """So that a query can't fill the journal."""
    query = "&".join(f"n{number}=1" for number in range(50)).encode()
    assert len(unread({"method": "POST", "path": "/sms", "query_string": query, "headers": []})) == MOST
