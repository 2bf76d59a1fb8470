"""POST /failover by the fast path and by ASGI: for a client, and in the journal, they are the same."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Self

import pytest
from starlette.types import Message

from emulator.accounts.tokens import Account
from emulator.app import Application
from emulator.emulation import Emulation
from emulator.http.protocol import DECLINED, FastPath
from emulator.provider.sending import SendingDoor
from emulator.settings import Settings
from emulator.store.records import JournalQuery, Search
from tests.support import postgres
from tests.support.running import SMS, VIBER, VOICE, Answer, Emulator, emulator

TYPE = "Content-Type"
KIND = {TYPE: "application/json"}
OPTIONS = ("--rate", "0", "--seed", "both", "--max-steps", "3", "--max-body", "2000", "--token-lifetime", "7200")
FLOW = {
    "flow": [VIBER, SMS, VOICE | {"to": "+306912345678"}],
    "callback": {"strategy": "OnStep", "url": "http://127.0.0.1:9/hook"},
}
BODY = json.dumps({"flow": [SMS]}).encode()
BODIES = {
    "documented": json.dumps(FLOW).encode(),
    "compact": json.dumps(FLOW, separators=(",", ":"), ensure_ascii=False).encode(),
    "Greek": json.dumps({"flow": [SMS | {"message": {"body": "Καλημέρα"}}]}, ensure_ascii=False).encode(),
    "ordered": json.dumps({"flow": [SMS | {"order": 2, "ttl": 60}, VIBER | {"order": 1, "ttl": 1.5}]}).encode(),
    "with spellings": json.dumps({"flow": [VIBER | {"failoverOnStatuses": "expired,Failed"}]}).encode(),
    "with a byte order mark": b"\xef\xbb\xbf" + BODY,
    "with more members": json.dumps({"flow": [SMS | {"x": 10**17}], "y": None}).encode(),
    "as large as it may be": BODY.ljust(2000),
    "too large": BODY.ljust(2001),
    "of too many steps": json.dumps({"flow": [SMS] * 4}).encode(),
    "wrong": json.dumps({"flow": [SMS | {"ttl": 0.5, "to": "12"}], "callback": {"url": "x"}}).encode(),
    "malformed": b'{"flow": [',
    "empty": b"",
    "doubled": b'{"flow":[],' + BODY[1:],
}
RULES: dict[str, dict[str, Any]] = {
    "a refusal": {"answer": "server-error"},
    "a fault": {"answer": {"status": 202, "headers": {"X-Gateway": "g1"}}},
    "a plan": {"plan": "silence"},
    "early callbacks": {"callbacks": {"early": True}},
    "lost callbacks": {"callbacks": "never"},
}


class Twins:
    """Two emulators of one seed. What is asked of both is asked of the second by ASGI."""

    def __init__(self, fast: Emulator, slow: Emulator) -> None:
        self._both = fast, slow
        self.token = self.new_token()

    def same(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """The answer that both give."""
        fast, slow = self._both
        one = fast.call(method, path, body, headers)
        other = slow.call(method, path, body, headers | {"Connection": "close"})
        assert (one.status, one.body) == (other.status, other.body)
        assert {**one.headers, "date": ""} == {
            **{k: v for k, v in other.headers.items() if k != "connection"},
            "date": "",
        }
        return one

    def new_token(self, scope: str = "") -> str:
        """A token that both know."""
        path = f"/oauth/token?grant_type=client_credentials&scope={scope}"
        basic = {"Authorization": "Basic " + base64.b64encode(b"app:secret").decode()}
        token: str = self.same("POST", path, b"", basic).json()["access_token"]
        return token

    def post(self, body: bytes, **headers: str) -> Answer:
        """The answer to a request that is like most."""
        given = {"Authorization": f"Bearer {self.token}", TYPE: "application/json"}
        return self.same("POST", "/failover", body, given | {key.replace("_", "-"): headers[key] for key in headers})

    def control(self, method: str, path: str, body: object = None) -> None:
        """Change both."""
        answer = self.same(method, f"/_emulator/{path}", b"" if body is None else json.dumps(body).encode(), {})
        assert answer.status == 200, answer.body

    def told(self, kind: str) -> Any:
        """What both journals have of the last request."""
        entry, other = (_last(each) for each in self._both)
        assert entry | {"seq": 0} == other | {"seq": 0}
        assert entry["kind"] == kind
        return entry["data"]


def _last(server: Emulator) -> dict[str, Any]:
    return [entry for entry in server.journal() if entry["kind"] in ("accepted", "refused")][-1]


@pytest.fixture(scope="module")
def twins() -> Iterator[Twins]:
    """Two emulators whose time stands still."""
    with emulator(*OPTIONS) as fast, emulator(*OPTIONS) as slow:
        yield Twins(fast, slow)


@pytest.mark.parametrize(("name", "body"), BODIES.items(), ids=BODIES)
def test_bodies_are_accepted_or_refused_alike(twins: Twins, name: str, body: bytes) -> None:
    """With the same answer, the same ids and the same journal, which has the body as it came."""
    good = name not in ("too large", "of too many steps", "wrong", "malformed", "empty", "doubled")
    assert twins.post(body).status == (200 if good else 400)
    assert twins.told("accepted" if good else "refused")["path"] == "/failover"


def test_a_body_that_comes_again_is_noted_alike(twins: Twins) -> None:
    """Whichever way the first came."""
    body = json.dumps({"flow": [SMS | {"message": {"body": "again"}}]}).encode()
    first = twins.post(body).json()["trackingId"]
    assert "note" not in twins.told("accepted")
    twins.post(body)
    assert first in twins.told("accepted")["note"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("", 400),
        ("text/plain", 400),
        ("application/jsonp", 400),
        ("application/json;charset=utf-8", 200),
        ("Application/JSON ", 200),
    ],
)
def test_content_types_are_taken_or_refused_alike(twins: Twins, kind: str, status: int) -> None:
    """Parameters and case do not matter."""
    assert twins.post(BODY, Content_Type=kind).status == status


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "bearer {}", "BEARER  {} "])
def test_tokens_are_taken_or_refused_alike(twins: Twins, given: str) -> None:
    """The scheme may be written in any case."""
    answer = twins.post(BODY, Authorization=given.format(twins.token))
    assert answer.status == (200 if "{}" in given else 401)


def test_a_token_that_lacks_a_scope_is_refused_alike(twins: Twins) -> None:
    """A flow needs all of its channels."""
    token = twins.new_token("failover+sms")
    assert twins.post(BODY, Authorization=f"Bearer {token}").status == 200
    assert twins.post(BODIES["documented"], Authorization=f"Bearer {token}").status == 403
    assert twins.told("refused")["status"] == 403


@pytest.mark.parametrize(("name", "status"), [("happy", 200), ("unhappy", 400), ("", 200)])
def test_a_request_that_names_its_scenario_gets_it(twins: Twins, name: str, status: int) -> None:
    """If there is one of that name."""
    assert twins.post(BODY, X_Emulator_Scenario=name).status == status


@pytest.mark.parametrize("name", RULES)
def test_rules_are_obeyed_alike(twins: Twins, name: str) -> None:
    """Those that spoil an answer, and those that do not."""
    twins.control("POST", "scenario/overrides", {"rules": [RULES[name]]})
    try:
        answer = twins.post(BODIES["documented"])
        assert answer.status == {"a refusal": 500, "a fault": 202}.get(name, 200)
        twins.told("refused" if name == "a refusal" else "accepted")
    finally:
        twins.control("DELETE", "scenario")


def test_a_balance_is_spent_alike(twins: Twins) -> None:
    """To the last request that it pays, and beyond."""
    twins.control("POST", "scenario", {"name": "balance-runs-out-refused"})
    try:
        answers = [twins.post(BODY).status for _ in range(12)]
        assert set(answers) == {200, 400}
    finally:
        twins.control("DELETE", "scenario")


def test_a_token_ends_alike() -> None:
    """By its time, or because it was revoked."""
    with emulator(*OPTIONS) as fast, emulator(*OPTIONS) as slow:
        twins = Twins(fast, slow)
        twins.control("POST", "clock/advance", {"by": "7199s"})
        assert twins.post(BODY).status == 200
        twins.control("POST", "clock/advance", {"by": "1s"})
        assert twins.post(BODY).json()["error"] == "invalid_token"
        twins.token = twins.new_token()
        assert twins.post(BODY).status == 200
        twins.control("DELETE", f"tokens/{twins.token}")
        assert twins.post(BODY).json()["error"] == "invalid_token"


class Asked:
    """An emulation in the running event loop, asked on its fast path."""

    def __init__(self, emulation: Emulation, token: str) -> None:
        self._authorization = f"Bearer {token}".encode()
        self._app = Application(emulation)
        self._app.add("failover")
        self.answers: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        assert isinstance(self._app, FastPath)

    @classmethod
    async def of(cls, emulation: Emulation) -> Self:
        """With a token of the application app."""
        grant = await emulation.tokens.issue("app", Account("secret"), "", emulation.engine.now("app"))
        return cls(emulation, grant.token)

    def accept(self, body: bytes, *more: tuple[bytes, bytes]) -> bool:
        """Whether the request is taken."""
        given = [(b"host", b"x"), (b"content-type", b"application/json"), (b"authorization", self._authorization)]
        return self._app.accepting[b"/failover"]([*more, *given], body, lambda *answer: self.answers.put_nowait(answer))

    async def by_asgi(self, body: list[bytes], *more: tuple[bytes, bytes], query: bytes = b"") -> int:
        """The status of the answer to a request that comes from another server, its body in these pieces."""
        given = [(b"host", b"x"), (b"content-type", b"application/json"), (b"authorization", self._authorization)]
        scope = {"type": "http", "method": "POST", "path": "/failover", "query_string": query}
        pieces, sent = list(body), list[Message]()

        async def receive() -> Message:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app({**scope, "headers": [*more, *given]}, receive, send)
        status: int = sent[0]["status"]
        return status


@pytest.mark.anyio
async def test_the_fast_path_takes_what_is_written_as_documented() -> None:
    """And what can't be read; it answers when that is stored. The rest it leaves as it is."""
    emulation = await Emulation.start(Settings(rate=0, max_steps=3, max_body=2000))
    try:
        asked = await Asked.of(emulation)
        taken = [name for name, body in BODIES.items() if asked.accept(body)]
        good, bad = taken[:-5], taken[-5:]
        assert good == ["documented", "compact", "Greek", "ordered", "as large as it may be"]
        assert bad == ["of too many steps", "wrong", "malformed", "empty", "doubled"]
        assert asked.answers.empty()
        assert sorted([(await asked.answers.get())[0] for _ in taken]) == [200] * len(good) + [400] * len(bad)
        assert not asked.accept(BODY, (b"x-emulator-scenario", b"happy"))
        assert not asked.accept(BODY, (b"authorization", b"Bearer nonsense"))
        assert not asked.accept(BODY, (b"content-type", b"text/plain"))
        await emulation.steering.choose("app", emulation.catalogue.find("balance-runs-out"))
        assert not asked.accept(BODY)
        noted = Counter(each.kind for each in await emulation.store.journal(JournalQuery()))
        assert (noted["accepted"], noted["refused"]) == (len(good), len(bad))
    finally:
        await emulation.stop()


@pytest.mark.anyio
async def test_what_another_process_has_changed_counts_when_a_request_has_its_turn(postgresql: postgres.Server) -> None:
    """Though this one has not heard of it: a request that may not be taken like this any more goes through ASGI."""
    place = postgresql.schema()
    one, other = [await Emulation.start(Settings(rate=0, store=place)) for _ in range(2)]
    try:
        asked, first = await Asked.of(one), await Asked.of(other)
        await one.store.fresh()
        for each in (asked, first, asked):
            assert each.accept(BODY)
            assert (await each.answers.get())[0] == 200
        flows = await one.store.search(Search(size=9))
        assert sorted(flow.ordinal for flow in flows.flows) == [1, 2, 3]
        await other.steering.choose("app", other.catalogue.find("balance-runs-out"))
        assert asked.accept(BODY)
        assert await asked.answers.get() == (DECLINED, BODY)
        assert not asked.accept(BODY)
        await other.steering.choose("app", other.catalogue.find("happy"))
        await one.store.fresh()
        await other.store.revoke(other.store.grants()[0].token)
        assert asked.accept(BODY)
        assert await asked.answers.get() == (DECLINED, BODY)
        assert await one.store.counts() == {**await other.store.counts(), "liveFlows": 3}
    finally:
        await one.stop()
        await other.stop()


@pytest.mark.anyio
async def test_the_requests_of_another_server_are_offered_to_the_fast_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one piece or in several, taken or not, they are answered, noted and counted as those of the own server."""
    emulation = await Emulation.start(Settings(rate=0, max_body=2000))
    try:
        asked = await Asked.of(emulation)
        offered, accept = list[bool](), SendingDoor.accept

        def noted_accept(*given: Any) -> bool:
            offered.append(accept(*given))
            return offered[-1]

        monkeypatch.setattr(SendingDoor, "accept", noted_accept)
        whole, wrong = [BODY], BODIES["wrong"]
        assert (await asked.by_asgi(whole), offered) == (200, [True])
        assert (await asked.by_asgi([wrong]), offered) == (400, [True, True])
        assert (await asked.by_asgi([BODIES["with more members"]]), offered) == (200, [True, True, False])
        assert (await asked.by_asgi(whole, (b"x-emulator-scenario", b"answer-unavailable")), len(offered)) == (503, 4)
        assert (await asked.by_asgi([BODY[:9], BODY[9:]]), len(offered)) == (200, 4)
        assert (await asked.by_asgi(whole, query=b"a=b"), len(offered)) == (200, 4)
        assert (await asked.by_asgi([b" " * 40_000]), len(offered)) == (400, 4)
        noted = Counter(each.kind for each in await emulation.store.journal(JournalQuery()))
        assert (noted["accepted"], noted["refused"]) == (4, 3)
        counted = {status: n for of in emulation.requests.answered.values() for status, n in of.items()}
        assert counted == {200: 4, 400: 2, 503: 1}
    finally:
        await emulation.stop()


@pytest.mark.anyio
async def test_what_cannot_be_stored_is_answered_with_500(caplog: pytest.LogCaptureFixture) -> None:
    """As by ASGI; the log says how it came."""
    emulation = await Emulation.start(Settings(rate=0))
    asked = await Asked.of(emulation)
    await emulation.stop()
    assert asked.accept(BODY)
    status, body = await asked.answers.get()
    assert (status, json.loads(body)["code"]) == (500, "500000000")
    assert "a request failed" in caplog.text
