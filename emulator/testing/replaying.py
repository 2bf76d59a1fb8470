"""Plays the cases of a capture at an emulator inside this process, whose time stands still between the requests, and
tells where its answers and callbacks differ.

Each case is an application of its own, with the scenario and the time of the case, so that many are played at once.
Nothing is posted anywhere: who would be called takes all callbacks.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from itertools import count
from typing import Any, Final, Self
from urllib.parse import unquote

from msgspec import UNSET, DecodeError, json
from msgspec.structs import replace
from starlette.types import Message, Scope

from emulator.app import Application
from emulator.callbacks.reply import Reply
from emulator.choices.table import TAKEN, Choices, given
from emulator.clock import instants
from emulator.emulation import Emulation
from emulator.engine.goal import Goal
from emulator.errors import Json
from emulator.http.log import log
from emulator.provider import oauth
from emulator.recording import moments
from emulator.recording.captures import Callback, Exchange
from emulator.recording.cases import CODES, Case
from emulator.recording.likening import ANSWER, Difference, aligned, differences, ids, posts
from emulator.seed import EVENT
from emulator.settings import Settings
from emulator.store.records import Delivery

OK: Final = 200
REFUSED: Final = (401, 403)
"""The answers to a call whose token is refused, or lacks a right."""
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
UNKNOWN: Final = "Bearer 00000000-0000-4000-8000-000000000000"
NARROW: Final = "report"
"""A scope that is enough for none of the calls that are played."""
AT_ONCE: Final = 64
"""How many cases are played at once."""


class Replay:
    """An emulator with these settings, to be used as a context manager; `play` is a `comparing.Play`."""

    def __init__(self, **settings: Any) -> None:
        self._settings = Settings(rate=0.0, keep=0, two_step_callback=CODES, **settings)
        self._runner = asyncio.Runner()
        self._number = count()

    def __enter__(self) -> Self:
        log.disabled = True  # or it would tell of each refused request again and again
        self._runner.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.__exit__(None, None, None)
        log.disabled = False

    def play(self, cases: Sequence[Case], choices: Sequence[Choices]) -> list[list[Difference]]:
        """Where an emulator of each of these choices differs in these cases."""
        return self._runner.run(self._plays(cases, choices))

    async def _plays(self, cases: Sequence[Case], choices: Sequence[Choices]) -> list[list[Difference]]:
        starts = [at for case in cases for _, at in case.exchanges if at]
        start = instants.written(max(0, min(starts, default=0) - moments.SECOND))
        emulation = await Emulation.start(replace(self._settings, start_at=start))
        receiver = _Receiver()
        emulation.courier.post = receiver.post
        table, room = Application(emulation), asyncio.Semaphore(AT_ONCE)

        async def played(case: Case, chosen: Choices) -> list[Difference]:
            async with room:
                player = _Player(emulation, table, receiver, f"case-{next(self._number)}", case)
                return [each async for each in player.differences(chosen)]

        try:
            found = {}
            for number, chosen in enumerate(choices):
                emulation.choices = chosen  # which stand where nobody knows the application
                for case in filter(_anonymous, cases):
                    found[number, case.name] = await played(case, chosen)
            emulation.choices = TAKEN
            keys = [(number, case) for number in range(len(choices)) for case in cases if not _anonymous(case)]
            done = await asyncio.gather(*(played(case, choices[number]) for number, case in keys))
            found |= {(number, case.name): each for (number, case), each in zip(keys, done, strict=True)}
        finally:
            await emulation.stop()
        return [[each for case in cases for each in found[number, case.name]] for number in range(len(choices))]


def _anonymous(case: Case) -> bool:
    """Whether a case is a call whose application is not known."""
    exchange, _ = case.exchanges[0]
    return exchange.path.startswith(oauth.PATH) or exchange.status in REFUSED


class _Receiver:
    """Takes the place of all receivers: takes each post, and keeps it by its application, with the URL it went to. What
    a call asks is answered as it was in the capture.
    """

    def __init__(self) -> None:
        self.got: dict[str, list[tuple[str, Json]]] = {}
        self.said: dict[str, list[Callback]] = {}

    def post(self, delivery: Delivery, done: Callable[[Reply], None]) -> None:
        """Take a post."""
        self.got.setdefault(delivery.application, []).append((delivery.url, json.decode(delivery.body)))
        said = self.said.get(delivery.application) if delivery.id.endswith(EVENT) else None
        told = said.pop(0) if said else Callback(None, answer="")
        text = told.answer if isinstance(told.answer, str) else json.encode(told.answer).decode()
        done(Reply(told.answered or OK, text, 0))


class _Player:
    """Plays one case as an application of this name."""

    def __init__(
        self, emulation: Emulation, table: Application, receiver: _Receiver, application: str, case: Case
    ) -> None:
        self._emulation, self._table, self._receiver = emulation, table, receiver
        self._application, self._case = application, case
        self._known: dict[str, str] = {}

    async def differences(self, chosen: Choices) -> AsyncIterator[Difference]:
        """Where the emulator differs under these choices."""
        case, name = self._case, self._case.name
        scenario = replace(case.scenario, name=self._application, choices=given(chosen))
        await self._emulation.steering.choose(self._application, scenario)
        self._receiver.said[self._application] = list(case.said)
        for number, (exchange, at) in enumerate(case.exchanges):
            await self._until(at)
            if number:
                self._learn([(one, other) for _, one, other in aligned(case.bodies, self._posted())])
            about = f"{exchange.method} {self._masked(exchange.path)}" if number else ANSWER
            status, answer = await self._ask(exchange)
            if status != exchange.status:
                lost = 1 if number or status == OK else len(case.exchanges) + len(case.bodies)
                yield Difference(name, f"{about} status", exchange.status, status, about, lost)
                if not number:
                    return
            elif exchange.answer is not UNSET:
                self._learn([(exchange.answer, answer)])
                both = (self._placed(each) for each in (exchange.answer, answer))
                for each in differences(name, about, *both, refusal=status != OK):
                    yield each
        await self._until(case.ended)
        for each in posts(name, case.bodies, self._posted()):
            yield each

    def _posted(self) -> list[Json]:
        """What was posted so far to where the capture has what came."""
        got = self._receiver.got.get(self._application, [])
        return sorted((body for url, body in got if url in self._case.heard), key=moments.latest)

    def _learn(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        """Note which ids stand for which."""
        for one, other in pairs:
            self._known.update(ids(one, other))

    def _masked(self, path: str) -> str:
        """A path without its ids and its query."""
        parts, known = path.partition("?")[0].split("/"), {*self._known, *self._known.values()}
        return "/".join("…" if part in known else part for part in parts)

    def _placed(self, answer: Any) -> Any:
        """An answer whose error says for which path it is: that without its ids, too."""
        path = answer.get("path") if isinstance(answer, dict) else None
        return answer | {"path": self._masked(path)} if isinstance(path, str) else answer

    async def _until(self, at: int) -> None:
        """Move the application's time on to this one."""
        async with self._emulation.engine.driving(self._application) as driver:
            if at > self._emulation.engine.now(self._application):
                await driver.advance(Goal(at=at))

    async def _ask(self, exchange: Exchange) -> tuple[int, Any]:
        """Make a request as the captured one; answers the status and the JSON of the answer."""
        path, body = exchange.path, exchange.body
        for one, other in self._known.items():
            path, body = path.replace(one, other), body.replace(one.encode(), other.encode())
        headers = {"content-type": exchange.headers.get("content-type", JSON)} if body else {}
        if (authorization := await self._authorization(exchange)) is not None:
            headers["authorization"] = authorization
        return await self._call(exchange.method, path, body, headers)

    async def _authorization(self, exchange: Exchange) -> str | None:
        """What a request has as its authorization: what leads to an answer such as the captured one."""
        captured = exchange.headers.get("authorization")
        answer = exchange.answer if isinstance(exchange.answer, dict) else {}
        if exchange.path.startswith(oauth.PATH):
            known = f"Basic {base64.b64encode(f'{self._application}:secret'.encode()).decode()}"
            return known if exchange.status not in REFUSED else captured and "Basic ?"
        if exchange.status not in REFUSED:
            return await self._bearer()
        if captured is not None and answer.get("error") == "invalid_token":
            return UNKNOWN
        if captured is None:
            captured = None if exchange.headers or answer.get("error") != "invalid_token" else UNKNOWN
        elif exchange.status == REFUSED[1] and captured != UNKNOWN:
            captured = await self._bearer(NARROW)
        if captured is None and "code" in answer and not exchange.headers:
            captured = await self._bearer(NARROW)
        return captured if captured is None or captured.startswith(("Bearer ", "Basic ")) else UNKNOWN

    async def _bearer(self, scope: str = "") -> str:
        """The header with a token of the application, with all scopes unless only one is asked for."""
        basic = base64.b64encode(f"{self._application}:secret".encode()).decode()
        body = f"grant_type=client_credentials&scope={scope}".encode()
        _, answer = await self._call(
            "POST", oauth.PATH, body, {"authorization": f"Basic {basic}", "content-type": FORM}
        )
        return f"Bearer {answer['access_token']}"

    async def _call(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """Make a request; answers the status and the JSON of the answer."""
        path, _, query = target.partition("?")
        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"connect.routee.net"), *named],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        sent = list[Message]()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._table(scope, receive, send)
        got = b"".join(message.get("body", b"") for message in sent)
        try:
            return sent[0]["status"], json.decode(got)
        except DecodeError:
            return sent[0]["status"], got.decode(errors="replace")
