"""The protocol with an application that has a fast path: on real sockets, in one event loop with its clients."""

from __future__ import annotations

import asyncio
import gc
import socket
import weakref
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from emulator.http.listener import Listener
from emulator.http.protocol import DECLINED, HANG_UP, LARGEST, WAITING, Answer, FastPath, Protocol
from emulator.http.protocol.connection import PIECE

pytestmark = pytest.mark.anyio
PATH = "/fast"
HIGH = 64 * 1024
"""Above how many unsent bytes a transport asks for no more."""


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """On the event loop that `serve` runs on where there is one for the system, and on the standard one."""
    return "asyncio", {"use_uvloop": request.param}


class Echo:
    """Echoes bodies. What one begins with says how: `hold` and `wait` are answered when released, on the fast path and
    by ASGI; `now` within the call; `decline` is not for the fast path; `late` is found not to be once it was taken,
    `held late` when it is released.
    """

    def __init__(self) -> None:
        self.accepting = {PATH.encode(): self.accept}
        self.held: list[Callable[[], None]] = []
        self.released = asyncio.Event()
        self.fast: list[bytes] = []
        self.slow: list[bytes] = []
        self.left = 0
        self.scopes: list[dict[str, object]] = []
        self.seen: Callable[[], None] = lambda: None

    def accept(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        """Take a request."""
        assert (b"host", b"x") in headers
        self.seen()
        if body.startswith((b"decline", b"wait", b"feed")):
            return False
        self.fast.append(body)
        if body.startswith(b"hold"):
            self.held.append(partial(answer, 200, body))
        elif body.startswith(b"now"):
            answer(200, body)
        elif body.startswith(b"held late"):
            self.held.append(partial(answer, DECLINED, body))
        elif body.startswith(b"late"):
            asyncio.get_running_loop().call_soon(answer, DECLINED, body)
        else:
            asyncio.get_running_loop().call_soon(answer, 200, body)
        return True

    def unreadable(self, _: str) -> None:
        """What can't be parsed is the protocol's own."""

    def crowded(self, _: int) -> None:
        """So is how many connections there are."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        assert HANG_UP in scope["extensions"]
        self.scopes.append({name: scope[name] for name in scope if name not in {"client", "headers", "extensions"}})
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left += 1
                return
            body, more = body + message["body"], message["more_body"]
        self.slow.append(body)
        if body.startswith(b"wait"):
            await self.released.wait()
        length = b"%d" % len(body)
        headers = [] if body.startswith(b"feed") else [(b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if body.startswith(b"feed"):
            await send({"type": "http.response.body", "body": body, "more_body": True})
            assert (await receive())["type"] == "http.disconnect"
            self.left += 1
            return
        await send({"type": "http.response.body", "body": body})

    def release(self) -> None:
        """Answer what is held."""
        self.released.set()
        held, self.held = self.held, []
        for answer in held:
            answer()


class Server:
    """A server that listens."""

    def __init__(self, app: Echo, listening: Listener) -> None:
        self.app = app
        self.state = listening.server_state
        self.stop = listening.stop
        self.listens = listening.servers[0].is_serving
        self.port: int = listening.servers[0].sockets[0].getsockname()[1]

    @property
    def connection(self) -> Protocol:
        """The only connection."""
        (found,) = self.state.connections
        assert isinstance(found, Protocol)
        return found

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let the server work until something holds."""
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 # the server runs in this very loop
                await asyncio.sleep(0)


@asynccontextmanager
async def serving(keep_alive: float = 60, grace: float = 0.5) -> AsyncIterator[Server]:
    """A server around an Echo, until the end of the block."""
    app, ready = Echo(), asyncio.Event()
    config = uvicorn.Config(
        app,
        port=0,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_keep_alive=keep_alive,  # type: ignore[arg-type]  # uvicorn hands it to call_later
        timeout_graceful_shutdown=grace,  # type: ignore[arg-type]  # and this to wait_for
    )
    listening = Listener(config, lambda _: ready.set())
    task = asyncio.create_task(listening.serve())
    await ready.wait()
    try:
        yield Server(app, listening)
    finally:
        listening.stop()
        await task


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.socket: socket.socket = writer.get_extra_info("socket")
        self.close = writer.transport.abort
        self.send = writer.write
        self.end = writer.write_eof
        self.drain = writer.drain

    async def body(self) -> bytes:
        """The next answer's body; it must be good."""
        head = b"http/1.1 100"
        while head.startswith(b"http/1.1 100"):
            head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200 ok\r\ndate: "), head
        return await self._reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))

    async def rest(self) -> bytes:
        """All that comes until the server closes the connection."""
        return await self._reader.read()


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Client]:
    """A connection to the server."""
    client = Client(*await asyncio.open_connection("127.0.0.1", server.port))
    try:
        yield client
    finally:
        client.close()


def post(body: bytes = b"", *headers: bytes, version: bytes = b"1.1", path: str = PATH) -> bytes:
    """A request's bytes."""
    lines = b"".join(line + b"\r\n" for line in (b"Host: x", *headers))
    return b"POST %b HTTP/%b\r\n%bContent-Length: %d\r\n\r\n%b" % (path.encode(), version, lines, len(body), body)


def chunked(*parts: bytes) -> bytes:
    """A request with a chunked body."""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))
    return b"POST %b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%b" % (PATH.encode(), chunks)


OFFER = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")
KINDS: dict[str, Callable[[bytes], bytes]] = {
    "fast": post,
    "within the call": lambda body: post(b"now" + body),
    "declined": lambda body: post(b"decline" + body),
    "declined late": lambda body: post(b"late" + body),
    "elsewhere": lambda body: post(body, path="/other"),
    "with an offer": lambda body: post(body, *OFFER),
    "expecting": lambda body: post(body, b"Expect: 100-continue"),
    "chunked": lambda body: chunked(body, b"more"),
    "without a body": lambda _: post(),
    "as large as it may be": lambda body: post(body.ljust(LARGEST, b"x")),
    "too large": lambda body: post(body.ljust(LARGEST + 1, b"x")),
    "too large in pieces": lambda body: chunked(body, b"x" * LARGEST, b"y"),
}


async def alone(server: Server, sent: bytes) -> bytes:
    """The answer to a request that has its connection to itself."""
    async with connected(server) as client:
        client.send(sent)
        return await client.body()


async def test_both_ways_are_taken() -> None:
    """An application that is a FastPath has its requests; all others come by ASGI."""
    async with serving() as server:
        assert isinstance(server.app, FastPath)
        for kind, make in KINDS.items():
            await alone(server, make(kind.encode()))
        assert len(server.app.fast) == 7
        assert [body[:20] for body in server.app.slow] == [
            b"declinedeclined",
            b"latedeclined late",
            b"elsewhere",
            b"expecting",
            b"too large".ljust(20, b"x"),
            b"too large in pieces" + b"x",
        ]
        assert server.state.total_requests == len(KINDS)


@pytest.mark.parametrize(
    "sent",
    [
        post(b"x", b"Connection: close"),
        post(b"x", b"Expect: 100-continue"),
        post(b"x", version=b"1.0"),
        post(b"x").replace(b"POST", b"PUT"),
        post(b"x", path=PATH + "?q=1"),
    ],
)
async def test_what_is_odd_comes_by_asgi(sent: bytes) -> None:
    """The fast path knows one method, version and address, and neither Connection nor Expect."""
    async with serving() as server, connected(server) as client:
        client.send(sent)
        await server.until(lambda: server.app.slow == [b"x"])
        assert server.app.fast == []


@settings(max_examples=60)
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6), data=st.data())
def test_however_requests_are_mixed_and_cut_the_answers_are_those_of_each_alone(
    kinds: list[str], data: st.DataObject
) -> None:
    """In their order, on one connection."""
    sent = [KINDS[kind](b"%d" % number) for number, kind in enumerate(kinds)]
    stream = b"".join(sent)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))

    async def check() -> None:
        async with serving() as server, connected(server) as client:
            for start, end in pairwise(sorted({0, *cuts, len(stream)})):
                client.send(stream[start:end])
                await asyncio.sleep(0)
            assert [await client.body() for _ in sent] == [await alone(server, each) for each in sent]

    asyncio.run(check())


async def test_a_stream_may_be_cut_anywhere() -> None:
    """At every byte: heads, bodies and between requests."""
    sent = [KINDS[kind](b"%d" % number) for number, kind in enumerate(("fast", "declined", "chunked", "fast"))]
    stream = b"".join(sent)
    async with serving() as server:
        wanted = [await alone(server, each) for each in sent]
        for cut in range(len(stream)):
            async with connected(server) as client:
                client.send(stream[:cut])
                await asyncio.sleep(0)
                client.send(stream[cut:])
                assert [await client.body() for _ in sent] == wanted


async def test_a_head_that_is_the_last_ones_is_not_parsed_again() -> None:
    """If its request came as one piece; one with another head or length is, and one that is declined."""
    async with serving() as server, connected(server) as client:
        for body in (b"first", b"again", b"a now"):
            client.send(post(body))
            assert await client.body() == body
        parser, server.connection.parser = server.connection.parser, None  # type: ignore[assignment]
        for body in (b"third", b"now 4", b"fifth"):
            client.send(post(body))
            assert await client.body() == body
        server.connection.parser = parser
        assert server.app.slow == []


@pytest.mark.parametrize(
    "sent",
    [
        post(b"decline!"),
        post(b"late ---"),
        post(b"longer than it"),
        post(b"same siz") + post(b"one more"),
        post(b"whole he", path="/other"),
        post(b"whole he", b"X: y"),
        post(b"whole he", b"Connection: close"),
        chunked(b"whole", b" he"),
    ],
)
async def test_what_follows_a_known_head_is_answered_as_if_it_came_first(sent: bytes) -> None:
    """Whether it has the same head, cut somewhere or whole, or another; and so is what follows that."""
    many = sent.count(b"HTTP/1.1")
    async with serving() as server:
        async with connected(server) as client:
            client.send(sent)
            wanted = [await client.body() for _ in range(many)]
        ways = len(server.app.fast), len(server.app.slow)
        for cut in range(len(sent)):
            async with connected(server) as client:
                for body in (b"to begin", b"is known"):
                    client.send(post(body))
                    assert await client.body() == body
                server.app.fast.clear()
                server.app.slow.clear()
                client.send(sent[:cut])
                await client.drain()
                await asyncio.sleep(0)
                client.send(sent[cut:])
                assert [await client.body() for _ in range(many)] == wanted
                if many == 1:
                    assert (len(server.app.fast), len(server.app.slow)) == ways
                if b"close" not in sent:
                    client.send(post(b"and more"))
                    assert await client.body() == b"and more"


async def test_a_body_may_come_byte_by_byte() -> None:
    """It is taken on the fast path all the same."""
    async with serving() as server, connected(server) as client:
        for byte in post(b"piecemeal"):
            client.send(bytes([byte]))
            await client.drain()
            await asyncio.sleep(0)
        assert await client.body() == b"piecemeal"
        assert server.app.fast == [b"piecemeal"]


async def test_what_comes_while_an_answer_is_awaited_waits_for_its_turn() -> None:
    """Whichever way each request takes."""
    async with serving() as server, connected(server) as client:
        client.send(post(b"hold 1"))
        await server.until(lambda: len(server.app.held) == 1)
        client.send(post(b"2") + post(b"wait 3"))
        client.send(post(b"4"))
        await server.until(lambda: len(server.connection.pipeline) > 0)
        assert server.app.slow == []
        server.app.release()
        assert [await client.body() for _ in range(4)] == [b"hold 1", b"2", b"wait 3", b"4"]
        client.send(post(b"5"))
        assert await client.body() == b"5"
        assert server.app.fast == [b"hold 1", b"5"]


async def test_what_is_declined_late_comes_by_asgi_as_if_it_had_never_been_taken() -> None:
    """Before what came behind it, and with the same scope; the connection closes behind it if it was to."""
    async with serving() as server, connected(server) as client:
        client.send(post(b"decline"))
        await client.body()
        client.send(post(b"held late 1"))
        await server.until(lambda: len(server.app.held) == 1)
        client.send(post(b"2") + post(b"3")[:-1])
        await server.until(lambda: len(server.connection.pipeline) > 0)
        server.app.release()
        assert [await client.body() for _ in range(2)] == [b"held late 1", b"2"]
        client.send(b"3")
        assert await client.body() == b"3"
        client.send(post(b"held late 4"))
        await server.until(lambda: len(server.app.held) == 1)
        server.connection.shutdown()
        server.app.release()
        assert (await client.rest()).endswith(b"held late 4")
        assert all(each == server.app.scopes[0] for each in server.app.scopes)


@pytest.mark.parametrize("first", [b"hold", b"wait"])
async def test_reading_stops_while_enough_requests_wait(first: bytes) -> None:
    """Few are parsed beyond those that may wait, and all are answered in the end."""
    bodies = [b"%d" % number for number in range(5000)]
    async with serving() as server, connected(server) as client:
        client.send(post(first) + b"".join(map(post, bodies)))
        await server.until(lambda: len(server.connection.pipeline) >= WAITING and server.connection.flow.shut)
        most = WAITING + PIECE // len(post()) + 1
        assert len(server.connection.pipeline) <= most
        server.app.release()
        assert await client.body() == first
        for body in bodies:
            assert await client.body() == body
            waiting = len(server.connection.pipeline)
            assert waiting <= most
            assert waiting < WAITING or not server.connection.transport.is_reading()


@pytest.mark.parametrize("first", [b"hold", b"wait"])
async def test_nothing_is_left_of_a_connection_whose_client_has_left(first: bytes) -> None:
    """Neither what waited nor what was not parsed, without the help of the collector."""
    async with serving() as server:
        gc.disable()
        try:
            async with connected(server) as client:
                client.send(post(first) + post(b"x") * 5000)
                await server.until(lambda: bool(server.state.connections) and server.connection.flow.shut)
                kept = weakref.ref(server.connection)
                waiting = weakref.ref(server.connection.pipeline[0][0])
            server.connection.transport.abort()  # reading has stopped, so that the server does not see the client leave
            await server.until(lambda: not server.state.connections)
            server.app.release()
            await server.until(lambda: not server.state.tasks)
            await server.until(lambda: kept() is None)
            assert waiting() is None
        finally:
            gc.enable()


async def test_a_client_that_does_not_read_fills_no_memory() -> None:
    """While its answers are not taken, its requests are not."""
    body, count = b"now".ljust(LARGEST, b"x"), 1000
    most = 0

    def look() -> None:
        nonlocal most
        most = max(most, server.connection.transport.get_write_buffer_size())

    async with serving() as server, connected(server) as client:
        server.app.seen = look
        sending = asyncio.create_task(flood(client, post(body), count))
        await server.until(lambda: bool(server.state.connections) and server.connection.flow.write_paused)
        assert await client.body() == body
        for _ in range(count - 1):
            assert await client.body() == body
        await sending
    assert most <= HIGH
    assert 0 < len(server.app.fast) < count
    assert len(server.app.fast) + len(server.app.slow) == count


async def flood(client: Client, sent: bytes, count: int) -> None:
    """Send a request many times, as fast as they are taken."""
    for _ in range(count):
        client.send(sent)
        await client.drain()


@pytest.mark.parametrize("first", [b"hold 1", b"wait 1"])
@pytest.mark.parametrize("rest", [b"", b"POST /fast HTTP/1.1\r\nHo", post(b"unfinished")[:-1]])
async def test_a_client_that_says_no_more_gets_its_answers(first: bytes, rest: bytes) -> None:
    """All of those that it has asked for; then the connection ends."""
    async with serving() as server, connected(server) as client:
        client.send(post(first) + post(b"2") + rest)
        client.end()
        await server.until(lambda: bool(server.app.held) or bool(server.app.slow))
        server.app.release()
        assert [await client.body(), await client.body()] == [first, b"2"]
        assert await client.rest() == b""


@pytest.mark.parametrize("sent", [b"", b"POST", post(b"x")[:-1], post(b"decline")[:-1], post(b"feed")])
async def test_a_client_that_leaves_what_it_asks_unfinished_gets_nothing_more(sent: bytes) -> None:
    """Nor does one that has an answer without end: its server would wait for ever."""
    async with serving() as server, connected(server) as client:
        client.send(sent)
        if sent == post(b"feed"):
            await server.until(lambda: server.app.slow == [b"feed"])
        client.end()
        assert (await client.rest()).partition(b"\r\n\r\n")[2] in (b"", b"4\r\nfeed\r\n")
        await server.until(lambda: not server.state.tasks and not server.state.connections)
        assert server.app.left == (sent == post(b"feed"))


async def test_a_client_that_has_ended_its_side_waits_no_longer_than_an_idle_one() -> None:
    """It may be gone, and the server would not see it."""
    async with serving(keep_alive=0.05) as server, connected(server) as client:
        client.send(post(b"wait"))
        client.end()
        assert await client.rest() == b""
        assert server.app.slow == [b"wait"]
        server.app.release()


async def test_the_request_that_is_answered_learns_that_its_client_has_left() -> None:
    """Even if others wait behind it; those are never begun."""
    async with serving() as server:
        async with connected(server) as client:
            client.send(post(b"feed") + post(b"2"))
            await server.until(lambda: server.app.slow == [b"feed"])
        await server.until(lambda: server.app.left == 1)
        await server.until(lambda: not server.state.tasks)
        assert server.app.slow == [b"feed"]
        assert server.app.fast == []


async def test_an_answer_for_a_client_that_has_left_is_dropped() -> None:
    """The server goes on."""
    async with serving() as server:
        async with connected(server) as client:
            client.send(post(b"hold"))
            await server.until(lambda: len(server.app.held) == 1)
        server.app.release()
        assert await alone(server, post(b"next")) == b"next"


@pytest.mark.parametrize("first", [b"hold 1", b"wait 1"])
@pytest.mark.parametrize("junk", [b"\x16\x03\x01 junk\r\n\r\n", post().replace(b"Host", b"Host: y\r\nHost")])
async def test_junk_after_a_good_request_is_refused_after_its_answer(first: bytes, junk: bytes) -> None:
    """And after all others that came before it."""
    async with serving() as server, connected(server) as client:
        client.send(post(first) + post(b"2") + junk)
        await server.until(lambda: bool(server.app.held) or bool(server.app.slow))
        server.app.release()
        assert [await client.body(), await client.body()] == [first, b"2"]
        assert (await client.rest()).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert len(server.app.fast) + len(server.app.slow) == 2


@pytest.mark.parametrize("first", [b"", post(b"hold 1")])
@pytest.mark.parametrize("path", [PATH, "/other"])
async def test_a_request_whose_body_turns_into_junk_is_refused(first: bytes, path: str) -> None:
    """In its turn, and the application never sees its end."""
    broken = b"POST %b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz" % path.encode()
    async with serving() as server, connected(server) as client:
        client.send(first + broken)
        if first:
            await server.until(lambda: bool(server.app.held))
            server.app.release()
            assert await client.body() == b"hold 1"
        assert (await client.rest()).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        await server.until(lambda: not server.state.tasks)
        assert server.app.slow == []


async def test_junk_during_an_answer_without_end_closes_the_connection() -> None:
    """A second answer in the midst of the first would be read as a part of it."""
    async with serving() as server, connected(server) as client:
        client.send(post(b"feed"))
        await server.until(lambda: server.app.slow == [b"feed"])
        client.send(b"\x16\x03\x01 junk\r\n\r\n")
        assert (await client.rest()).endswith(b"4\r\nfeed\r\n")


@pytest.mark.parametrize("sent", [post(b"x", b"Host: y"), post(b"x", b"Host: x", *OFFER)])
async def test_a_second_host_is_refused(sent: bytes) -> None:
    """As RFC 9112 demands."""
    async with serving() as server, connected(server) as client:
        client.send(sent)
        answer = await client.rest()
        assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert b"more than one Host" in answer


async def test_what_is_under_way_is_answered_before_the_server_stops() -> None:
    """On both ways; a client is told that its connection ends, an idle one just ends."""
    async with (
        serving(grace=20) as server,
        connected(server) as idle,
        connected(server) as fast,
        connected(server) as slow,
        connected(server) as piped,
        connected(server) as begun,
    ):
        fast.send(post(b"hold"))
        slow.send(post(b"wait"))
        piped.send(post(b"hold") + post(b"last"))
        begun.send(post(b"begun")[:-1])
        await server.until(lambda: len(server.app.held) == 2 and server.app.slow == [b"wait"])
        server.stop()
        assert await idle.rest() == b""
        server.app.release()
        begun.send(b"n")
        assert await piped.body() == b"hold"
        for client, body in ((fast, b"hold"), (slow, b"wait"), (piped, b"last"), (begun, b"begun")):
            answer = await client.rest()
            assert b"connection: close\r\n" in answer
            assert answer.endswith(b"\r\n\r\n" + body)


async def test_what_comes_after_the_server_was_told_to_stop_is_not_begun() -> None:
    """The answer before it is the connection's last."""
    async with serving(grace=20) as server, connected(server) as client:
        client.send(post(b"hold"))
        await server.until(lambda: len(server.app.held) == 1)
        server.stop()
        await server.until(lambda: not server.listens())
        client.send(post(b"2"))
        await server.until(lambda: len(server.connection.pipeline) == 1)
        server.app.release()
        assert (await client.rest()).endswith(b"\r\nconnection: close\r\n\r\nhold")
        assert server.app.slow == []


async def test_a_server_that_stops_waits_no_longer_than_its_grace() -> None:
    """A request that is not answered by then never is."""
    async with serving(grace=0.01) as server, connected(server) as client:
        client.send(post(b"hold"))
        await server.until(lambda: len(server.app.held) == 1)
        server.stop()
        assert await client.rest() == b""
    assert server.state.total_requests == 0


async def test_an_idle_connection_is_closed_and_a_busy_one_is_not() -> None:
    """However long an answer takes, and whatever way its request took."""
    async with serving(keep_alive=0.05) as server, connected(server) as idle, connected(server) as busy:
        for client in (idle, busy):
            client.send(post(b"x"))
            assert await client.body() == b"x"
        for body in (b"hold", b"wait"):
            busy.send(post(body))
            assert await idle.rest() == b""
            timer = server.connection.timeout_keep_alive_task
            await server.until(lambda: server.connection.timeout_keep_alive_task is not timer)  # noqa: B023
            server.app.release()
            assert await busy.body() == body
        assert await busy.rest() == b""


async def test_a_client_that_resets_its_connection_leaves_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """In its head, in its body and before its answer; the log stays empty."""
    async with serving() as server:
        for sent in (b"POST", post(b"x")[:-1], post(b"hold"), post(b"decline")[:-1]):
            async with connected(server) as client:
                client.send(sent)
                await server.until(lambda: server.connection is not None)
                raw = client.socket
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            await server.until(lambda: not server.state.connections)
        server.app.release()
        assert await alone(server, post(b"next")) == b"next"
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
