"""How callbacks are posted: each rule on real sockets, under both event loops."""

from __future__ import annotations

import asyncio
import resource
import socket
import ssl
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from click.testing import CliRunner, Result

from emulator.callbacks.destination import TargetError
from emulator.callbacks.poster import ANSWER_LIMIT, Poster, connection, pool, resolver
from emulator.callbacks.poster.address import address
from emulator.callbacks.poster.attempts import Origin, Sending
from emulator.callbacks.poster.resolver import Found, Resolver, UnresolvedError
from emulator.callbacks.reply import Reply
from emulator.cli.main import main
from emulator.settings import SettingsError
from tests.support.running import SMS, emulator
from tests.support.wire import OK, Writer, never, says, wire

pytestmark = pytest.mark.anyio

LONG = 1.0
"""A time limit that answers keep on a busy machine, and that a test can wait out."""


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """Both event loops that the emulator runs on."""
    if request.param:
        pytest.importorskip("uvloop")
    return "asyncio", {"use_uvloop": request.param}


@asynccontextmanager
async def posting(limit: float = 20, connections: int = 8, **more: Any) -> AsyncIterator[Poster]:
    """A poster; its receivers have so many seconds."""
    made = Poster(limit, connections, **more)
    try:
        yield made
    finally:
        made.close()
        for _ in range(3):  # turns of the loop, in which connections end
            await asyncio.sleep(0)


# --- a used connection may have ended ------------------------------------------------------------------------


async def test_a_used_connection_that_ends_without_a_byte_is_no_answer() -> None:
    """The post is made again at once, on a new one."""

    async def answer(number: int, writer: Writer) -> None:
        if number == 2:
            writer.transport.abort()
        else:
            writer.write(OK)

    async with wire(answer) as receiver, posting() as poster:
        answers = [await poster.exchange(receiver.url, b"%d" % number) for number in (1, 2)]
        assert [each.status for each in answers] == [200, 200]
        assert [request[-1:] for request in receiver.requests] == [b"1", b"2", b"2"]
        assert receiver.connections == 2


async def test_a_connection_that_a_receiver_has_closed_meanwhile_is_not_used() -> None:
    """Whether the end was seen or not."""
    async with wire(says(OK, close=True)) as receiver, posting() as poster:
        for _ in range(5):
            assert (await poster.exchange(receiver.url, b"1")).status == 200
        assert receiver.connections == 5


async def test_a_new_connection_that_ends_without_a_byte_is_an_error() -> None:
    """The receiver doesn't want it."""
    async with wire(says(close=True)) as receiver, posting() as poster:
        answer = await poster.exchange(receiver.url, b"1")
        assert (answer.status, answer.text, answer.reached) == (None, connection.CLOSED, True)
        assert len(receiver.requests) == 1


async def test_a_used_connection_that_ends_within_its_answer_is_an_error() -> None:
    """The receiver has begun with it."""

    async def answer(number: int, writer: Writer) -> None:
        writer.write(OK if number == 1 else b"HTTP/1.1 ")
        if number > 1:
            writer.close()

    async with wire(answer) as receiver, posting() as poster:
        answers = [await poster.exchange(receiver.url, b"1") for _ in range(2)]
        assert [each.status for each in answers] == [200, None]
        assert len(receiver.requests) == 2


# --- the status decides --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "begun",
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
    ],
)
@pytest.mark.parametrize("close", [False, True], ids=["held", "closed"])
async def test_a_status_in_time_is_the_answer(begun: bytes, *, close: bool) -> None:
    """Whether the rest ever comes is not asked."""
    async with wire(says(begun, close=close)) as receiver, posting(LONG) as poster:
        answer = await poster.exchange(receiver.url, b"1")
        assert (answer.status, answer.text) == (200, "")


async def test_the_body_is_read_as_long_as_the_limit_allows() -> None:
    """What has come of it is kept; the time told is that of the status."""
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nso far"
    async with wire(says(begun)) as receiver, posting(LONG) as poster:
        answer = await poster.exchange(receiver.url, b"1")
        assert (answer.status, answer.text) == (200, "so far")
        assert answer.ms < LONG * 1000


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\n\n",
        b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/1.1 200 \xce\x9f\xce\x9a\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX Y: a\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: \x00\xff\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    ],
)
async def test_a_head_that_is_not_as_it_should_be_is_no_verdict(head: bytes) -> None:
    """Its status is."""
    async with wire(says(head, close=True)) as receiver, posting() as poster:
        assert (await poster.exchange(receiver.url, b"1")).status == 200


async def test_no_status_in_time_is_no_answer() -> None:
    """The connection is dropped."""
    async with wire(says(b"HTTP/1.1 20")) as receiver, posting(0.1) as poster:
        answer = await poster.exchange(receiver.url, b"1")
        assert (answer.status, answer.text, answer.reached) == (None, "no answer within 0.1 s", True)
        await receiver.ended.wait()


@pytest.mark.parametrize("asked_first", [True, False])
async def test_a_post_whose_whole_answer_is_wanted_has_a_time_limit_of_its_own(asked_first: bool) -> None:
    """Its answer counts when one that was posted with it has long failed; or it fails, and the other does not."""
    over: asyncio.Queue[Reply] = asyncio.Queue()
    async with wire(never) as told, wire(never) as asked:
        posts = sorted(((told, False), (asked, True)), key=lambda each: each[1] != asked_first)
        async with posting(0.1, whole_timeout=20) as poster:
            for to, whole in posts:
                poster.post(to.url, b"1", over.put_nowait, whole=whole)
            assert (await over.get()).text == "no answer within 0.1 s"
            await asked.came(1)
            asked.writers[0].write(OK)
            assert (await over.get()).text == "ok"
        async with posting(20, whole_timeout=0.1) as poster:
            for to, whole in posts:
                poster.post(to.url, b"2", over.put_nowait, whole=whole)
            assert (await over.get()).text == "no answer within 0.1 s"
            await told.came(2)
            told.writers[-1].write(OK)
            assert (await over.get()).text == "ok"


@pytest.mark.parametrize(
    "answer", [b"what?\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n", b"HTTP/2 200\r\n\r\n"]
)
async def test_what_is_no_http_is_no_answer(answer: bytes) -> None:
    """And told so."""
    async with wire(says(answer)) as receiver, posting() as poster:
        told = await poster.exchange(receiver.url, b"1")
        assert (told.status, told.text) == (None, connection.NO_HTTP)


# --- what is kept of an answer, and whether its connection is ---------------------------------------------


async def test_the_first_200_characters_are_kept_however_they_come() -> None:
    """In pieces that cut characters in two; the connection is used again."""
    text = "Ω" * 300
    pieces = [text.encode()[at : at + 37] for at in range(0, 600, 37)]
    async with wire(says(b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n", *pieces)) as receiver, posting() as poster:
        answers = [await poster.exchange(receiver.url, b"1") for _ in range(3)]
        assert {each.text for each in answers} == {"Ω" * 200}
        assert receiver.connections == 1


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n1\r\n!\r\n0\r\nX: trailer\r\n\r\n",
            "ok!",
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", ""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", "ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\r\n", ""),
    ],
)
async def test_a_connection_is_kept_when_its_answer_has_ended_properly(answer: bytes, text: str) -> None:
    """However that is said."""
    async with wire(says(answer)) as receiver, posting() as poster:
        answers = [await poster.exchange(receiver.url, b"1") for _ in range(3)]
        assert {each.text for each in answers} == {text}
        assert receiver.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        OK + b"more",
        OK + b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nno",
    ],
)
async def test_a_connection_is_dropped_that_its_answer_ends_or_goes_beyond(answer: bytes) -> None:
    """The next post has an answer of its own."""
    async with wire(says(answer)) as receiver, posting() as poster:
        for number in (1, 2):
            told = await poster.exchange(receiver.url, b"1")
            assert (told.status, told.text in ("", "ok")) == (int(answer[9:12]), True)
            assert receiver.connections == number


async def test_an_answer_without_a_length_is_read_until_the_connection_ends() -> None:
    """As in HTTP/1.0."""
    async with wire(says(b"HTTP/1.1 200 OK\r\n\r\nall", b" of it", close=True)) as receiver, posting() as poster:
        assert (await poster.exchange(receiver.url, b"1")).text == "all of it"


async def test_bytes_that_nobody_asked_for_cost_the_connection() -> None:
    """They are no answer to the next post."""
    async with wire(says(OK)) as receiver, posting() as poster:
        await poster.exchange(receiver.url, b"1")
        receiver.writers[0].write(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
        await receiver.ended.wait()
        assert (await poster.exchange(receiver.url, b"1")).status == 200
        assert receiver.connections == 2


async def test_an_answer_may_come_before_the_request_has_gone() -> None:
    """It decides, and its connection is dropped."""

    async def refuse(_: int, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")

    async with wire(refuse, whole=False) as receiver, posting() as poster:
        for number in (1, 2):
            assert (await poster.exchange(receiver.url, b"x" * 20_000_000)).status == 413
            assert receiver.connections == number


@pytest.mark.parametrize("head", [b"X: " + b"x" * 900_000 + b"\r\n", b"X: y\r\n" * 100_000], ids=["long", "many"])
async def test_how_large_a_head_is_is_no_verdict(head: bytes) -> None:
    """Up to 1 MiB, it doesn't even cost the connection."""
    answer = b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: 2\r\n\r\nok"
    async with wire(says(answer)) as receiver, posting() as poster:
        assert [(await poster.exchange(receiver.url, b"1")).text for _ in range(2)] == ["ok", "ok"]
        assert receiver.connections == 1


@pytest.mark.parametrize("rest", [b"X: ", b"Content-Length: 99999999\r\n\r\n"], ids=["head", "body"])
async def test_an_endless_answer_is_not_read_to_its_end(rest: bytes) -> None:
    """Its status decides."""
    pieces = [b"x" * 65_536] * (ANSWER_LIMIT // 65_536 + 1)
    async with wire(says(b"HTTP/1.1 200 OK\r\n", rest, *pieces)) as receiver, posting() as poster:
        assert (await poster.exchange(receiver.url, b"1")).status == 200


async def test_interim_answers_don_t_count() -> None:
    """The one after them does."""
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    async with wire(says(interim, OK)) as receiver, posting() as poster:
        answers = [await poster.exchange(receiver.url, b"1") for _ in range(2)]
        assert [each.text for each in answers] == ["ok", "ok"]
        assert receiver.connections == 1


async def test_endless_interim_answers_are_no_answer() -> None:
    """They are read up to 1 MiB."""

    async def endless(_: int, writer: Writer) -> None:
        while True:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
            await writer.drain()

    async with wire(endless) as receiver, posting() as poster:
        answer = await poster.exchange(receiver.url, b"1")
        assert (answer.status, answer.text) == (None, "no answer within 1,048,576 bytes")


async def test_an_answer_that_switches_protocols_ends_there() -> None:
    """Nobody asked for that."""
    switched = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
    async with wire(says(switched)) as receiver, posting() as poster:
        assert (await poster.exchange(receiver.url, b"1")).status == 101


# --- what is requested ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "requested"),
    [
        ("", "/"),
        ("/", "/"),
        ("?a=b", "/?a=b"),
        ("/?", "/?"),
        ("/a%2Fb%3a%3A%7e", "/a%2Fb%3a%3A%7e"),
        ('/[x]|{y}\\^`"<>', '/[x]|{y}\\^`"<>'),
        ("/a/../b/./c//d", "/a/../b/./c//d"),
        ("/100%?q=%&r=%zz+1&&", "/100%?q=%&r=%zz+1&&"),
        ("/a?b#c", "/a?b"),
        ("#c", "/"),
        ("/a#b?c#d", "/a"),
        ("/Ωx?é=1", "/%CE%A9x?%C3%A9=1"),
        ("/a b\tc\x7f", "/a%20b%09c%7F"),
        ("/a HTTP/1.1\r\nX: y", "/a%20HTTP/1.1%0D%0AX:%20y"),
        ("/\ud800", "/%ED%A0%80"),
    ],
)
def test_the_url_is_requested_as_given(after: str, requested: str) -> None:
    """But for its fragment, and what no request line can hold."""
    line, _, rest = address(f"http://a.test:8080{after}").head.partition(b"\r\n")
    assert line == f"POST {requested} HTTP/1.1".encode()
    assert rest == b"Host: a.test:8080\r\nContent-Type: application/json\r\nContent-Length: "


@pytest.mark.parametrize(
    ("url", "host", "port", "header"),
    [
        ("http://A.Test", "a.test", 80, "a.test"),
        ("HTTP://a.test:80/", "a.test", 80, "a.test"),
        ("http://a.test:443/", "a.test", 443, "a.test:443"),
        ("https://a.test:/", "a.test", 443, "a.test"),
        ("https://a.test:443", "a.test", 443, "a.test"),
        ("http://[::1]:81/", "::1", 81, "[::1]:81"),
        ("http://b\u00fccher.test/", "xn--bcher-kva.test", 80, "xn--bcher-kva.test"),
        ("http://app_1/", "app_1", 80, "app_1"),
    ],
)
def test_host_and_port(url: str, host: str, port: int, header: str) -> None:
    """In small letters, as names are looked up; the scheme's own port goes without saying."""
    found = address(url)
    assert (found.host, found.target.port) == (host, port)
    assert f"Host: {header}\r\n".encode() in found.head


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://a.test/", "a.test", "http://", "http:///x", "http://a b/", "http://a\r\nX: y/", "http://a:b/"),
        *("http://a:99999/", "http://[1::2::3]/", "http://[fe80::1%25eth0]/", "http://a..b/", "http://\u2100.test/"),
        *(f"http://{'a' * 64}.test/", "http://a\\@b/x"),
    ],
)
def test_what_is_no_url_is_not_posted_to(url: str) -> None:
    """Nothing can be written into the head by a host, and no host means two."""
    if url == "http://a\\@b/x":
        assert address(url).host == "b"
        return
    with pytest.raises(TargetError, match="is no"):
        address(url)


@pytest.mark.parametrize(
    ("user", "header"),
    [
        ("me:p%40ss", "bWU6cEBzcw=="),
        ("me", "bWU6"),
        ("m%c3%a9:a:b@c", "bcOpOmE6YkBj"),
        ("a%0d%0aX: y", "YQ0KWDogeQ=="),
    ],
)
def test_name_and_password_become_basic_authentication(user: str, header: str) -> None:
    """Decoded; they can't write into the head."""
    head = address(f"http://{user}@a.test/").head
    assert f"\r\nAuthorization: Basic {header}\r\n".encode() in head
    assert b"Host: a.test\r\n" in head


async def test_what_is_no_url_is_told_without_a_post() -> None:
    """As an answer, like all that goes wrong."""
    async with posting() as poster:
        answer = await poster.exchange("http://a..b/", b"1")
        assert (answer.status, answer.reached) == (None, False)
        assert answer.text.startswith("http://a..b/ is no URL")


# --- how many connections -------------------------------------------------------------------------------


async def test_a_receiver_gets_so_many_connections_at_most() -> None:
    """The others are made in their order, on the same ones."""
    held = asyncio.Event()

    async def answer(_: int, writer: Writer) -> None:
        await held.wait()
        writer.write(OK)

    async with wire(answer) as receiver, posting(connections=8) as poster:
        posts = [asyncio.create_task(poster.exchange(receiver.url, b"%02d" % number)) for number in range(40)]
        await receiver.came(8)
        held.set()
        answers = await asyncio.gather(*posts)
        assert {each.status for each in answers} == {200}
        assert receiver.connections == 8
        assert [request[-2:] for request in receiver.requests[8:]] == [b"%02d" % number for number in range(8, 40)]


async def test_a_post_that_waits_has_all_its_time_yet() -> None:
    """Those before it took theirs."""

    async def answer(number: int, writer: Writer) -> None:
        if number == 3:
            writer.write(OK)

    async with wire(answer) as receiver, posting(LONG, 1) as poster:
        answers = await asyncio.gather(*[poster.exchange(receiver.url, b"1") for _ in range(3)])
        assert [each.status for each in answers] == [None, None, 200]
        assert answers[2].ms < LONG * 1000


def stand_still(seconds: float) -> None:
    """Hold the loop up, as a debugger or a container that is paused does."""
    time.sleep(seconds)


async def test_time_in_which_the_process_stood_still_is_not_its_receiver_s() -> None:
    """It gets as much time again."""
    async with wire(says(OK)) as receiver, posting(LONG / 2) as poster:
        post = asyncio.create_task(poster.exchange(receiver.url, b"1"))
        await asyncio.sleep(0)
        stand_still(LONG)
        assert (await post).status == 200


async def test_a_connection_that_could_not_even_begin_in_time_leaves_its_room_to_others() -> None:
    """Its task is cancelled before its first step."""
    async with wire(says(OK)) as receiver, posting(LONG, 1) as poster:
        first = asyncio.create_task(poster.exchange(receiver.url, b"1"))
        await asyncio.sleep(0)
        stand_still(LONG + 0.02)
        await first
        assert (await poster.exchange(receiver.url, b"2")).status == 200


async def test_a_full_backlog_is_no_verdict_while_the_receiver_answers_others() -> None:
    """The post that finds no place there takes its turn again."""
    loop = asyncio.get_running_loop()
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.setblocking(False)
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        url = f"http://127.0.0.1:{full.getsockname()[1]}/"
        async with posting(LONG) as poster:
            one = asyncio.create_task(poster.exchange(url, b"1"))
            served, _ = await loop.sock_accept(full)
            with served:
                for each in (first, second):
                    each.setblocking(False)
                    each.connect_ex(full.getsockname())
                other = asyncio.create_task(poster.exchange(url, b"2"))
                await loop.sock_recv(served, 1000)
                await loop.sock_sendall(served, OK)
                assert (await one).status == 200
                assert (await loop.sock_recv(served, 1000))[-1:] == b"2"
                await loop.sock_sendall(served, OK)
                assert (await other).status == 200


@pytest.fixture
def two_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few files are left."""
    monkeypatch.setattr(pool, "most_connections", lambda: 2)


@pytest.mark.usefixtures("two_at_most")
async def test_receivers_take_turns_when_no_more_connections_may_be_opened(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A silent one with many posts doesn't keep them all; the log has one line."""
    order: list[str] = []
    async with wire(never) as silent, wire(says(OK)) as quick, posting(0.1) as poster:
        for _ in range(6):
            poster.post(silent.url, b"1", lambda _: order.append("silent"))
        assert (await poster.exchange(quick.url, b"1")).status == 200
        assert len(order) in {1, 2}
        assert caplog.text.count("callbacks wait") == 1


@pytest.mark.usefixtures("two_at_most")
async def test_idle_connections_make_room_for_others() -> None:
    """The one that is idle longest goes first."""
    async with wire(says(OK)) as first, wire(says(OK)) as second, wire(says(OK)) as third, posting() as poster:
        for receiver in (first, second, third, second):
            assert (await poster.exchange(receiver.url, b"1")).status == 200
        assert [each.connections for each in (first, second, third)] == [1, 1, 1]
        await first.ended.wait()


def test_half_of_the_files_are_for_connections() -> None:
    """The others are the server's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, hard))
    try:
        assert pool.most_connections() == 500
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_where_no_limit_is_told_there_is_one_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """On systems of another kind."""
    monkeypatch.setitem(sys.modules, "resource", None)
    assert pool.most_connections() == 128


async def test_an_idle_connection_is_closed_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers need not keep it for ever."""
    monkeypatch.setattr(pool, "IDLE", 0.05)
    async with wire(says(OK)) as first, wire(says(OK)) as second, posting() as poster:
        for receiver in (first, second):
            await poster.exchange(receiver.url, b"1")
        await poster.exchange(first.url, b"1")
        await first.ended.wait()
        await second.ended.wait()
        assert [each.connections for each in (first, second)] == [1, 1]


async def test_closing_lets_go_of_everything_and_tells_nobody() -> None:
    """What waits, what is opened, what is under way, and what is idle."""
    told: list[Reply] = []
    async with wire(never) as receiver, wire(says(OK)) as other:
        async with posting(connections=1) as poster:
            await poster.exchange(other.url, b"1")
            poster.post(receiver.url, b"1", told.append)
            await receiver.came(1)
            poster.post(receiver.url, b"2", told.append)
            poster.post(other.url.replace("127.0.0.1", "localhost"), b"3", told.append)
        await receiver.ended.wait()
        await other.ended.wait()
        assert told == []


async def test_closing_forgets_the_names_that_are_looked_up() -> None:
    """Their look-ups end when they end."""
    names, told = Names(), list[Reply]()
    async with posting(look_up=names.look_up) as poster:
        poster.post("http://slow.test/", b"1", told.append)
    names.released.set()
    assert told == []


async def test_a_connection_that_stands_too_late_is_dropped() -> None:
    """Nothing is posted on it."""
    async with wire(says(OK)) as receiver, posting() as poster:
        loop = asyncio.get_running_loop()
        late = Sending(Origin(address(receiver.url)), b"", b"", lambda _: None)
        await loop.create_connection(lambda: connection.Connection(late, poster, loop), "127.0.0.1", receiver.port)
        await receiver.ended.wait()
        assert receiver.requests == []


async def test_any_number_of_urls_may_be_posted_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only some are known by heart; connections are kept all the same."""
    monkeypatch.setattr(pool, "ROUTES", 2)
    async with wire(says(OK)) as receiver, posting() as poster:
        for number in range(9):
            assert (await poster.exchange(f"{receiver.url}/{number}", b"1")).status == 200
        assert receiver.connections == 1


async def test_two_posters_share_nothing() -> None:
    """One may be closed while the other goes on."""
    async with wire(says(OK)) as receiver, posting() as first:
        async with posting() as second:
            assert (await second.exchange(receiver.url, b"1")).status == 200
        assert (await first.exchange(receiver.url, b"1")).status == 200
        assert receiver.connections == 2


# --- names ---------------------------------------------------------------------------------------------------


class Names:
    """A look-up whose slow names wait until they are released."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.asked: list[str] = []

    def look_up(self, name: str) -> Found:
        """See Resolver."""
        self.asked.append(name)
        if name.startswith("slow"):
            self.released.wait(20)
        if name.startswith("unknown"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ((socket.AF_INET, ("127.0.0.1", 0)),)


async def test_a_slow_name_holds_up_nobody_else_and_takes_no_time_of_its_receiver() -> None:
    """Others go out meanwhile; a receiver that takes longer than the limit is waited for in vain before it is found."""
    names = Names()
    async with wire(says(OK)) as quick, wire(never) as silent, posting(LONG, look_up=names.look_up) as poster:
        slow = [
            asyncio.create_task(poster.exchange(f"http://slow{number}.test:{quick.port}/", b"1"))
            for number in range(20)
        ]
        for host in ("localhost", "app.localhost", "127.0.0.1", "quick.test"):
            assert (await poster.exchange(f"http://{host}:{quick.port}/", b"1")).status == 200
        assert (await poster.exchange(silent.url, b"1")).status is None
        assert not any(each.done() for each in slow)
        names.released.set()
        assert {each.status for each in await asyncio.gather(*slow)} == {200}


async def test_a_name_is_looked_up_once_at_a_time_and_remembered() -> None:
    """However many posts wait for it."""
    names = Names()
    async with wire(says(OK)) as receiver, posting(look_up=names.look_up) as poster:
        url = f"http://slow.test:{receiver.port}/"
        posts = [asyncio.create_task(poster.exchange(url, b"1")) for _ in range(20)]
        other = asyncio.create_task(poster.exchange("http://slow.test:9/", b"1"))
        names.released.set()
        assert {each.status for each in await asyncio.gather(*posts)} == {200}
        assert not (await other).reached
        assert names.asked == ["slow.test"]


async def test_a_name_that_is_not_resolved_in_time_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, while its look-up still runs; what it finds is used."""
    monkeypatch.setattr(resolver, "LIMIT", 0.05)
    names = Names()
    async with wire(says(OK)) as receiver, posting(look_up=names.look_up) as poster:
        url = f"http://slow.test:{receiver.port}/"
        answers = [await poster.exchange(url, b"1") for _ in range(2)]
        told = "the name slow.test was not resolved within 0.05 s"
        assert {(each.status, each.text, each.reached) for each in answers} == {(None, told, False)}
        assert names.asked == ["slow.test"]
        names.released.set()
        statuses: list[int | None] = []
        while 200 not in statuses:
            statuses.append((await poster.exchange(url, b"1")).status)
            await asyncio.sleep(0)


async def test_a_name_that_is_lost_later_does_not_end_the_posts_that_have_a_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They wait for it."""
    monkeypatch.setattr(resolver, "KEPT", 0)
    found = iter([((socket.AF_INET, ("127.0.0.1", 0)),)])

    def once(_: str) -> Found:
        for each in found:
            return each
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with wire(says(OK)) as receiver, posting(look_up=once) as poster:
        url = f"http://once.test:{receiver.port}/"
        assert (await poster.exchange(url, b"1")).status == 200
        answers = await asyncio.gather(*[poster.exchange(url, b"1") for _ in range(9)])
        assert {each.status for each in answers} == {200}
        assert receiver.connections == 1


async def test_a_name_that_means_nothing_is_told_so() -> None:
    """With what works from here."""
    async with posting(look_up=Names().look_up) as poster:
        answer = await poster.exchange("http://unknown.test/", b"1")
        assert (answer.status, answer.reached) == (None, False)
        assert answer.text.startswith("the name unknown.test means nothing here; from ")


async def test_more_slow_names_than_threads_wait_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are looked up when others are through, or told that it took too long."""
    monkeypatch.setattr(resolver, "THREADS", 2)
    names, loop = Names(), asyncio.get_running_loop()
    made = Resolver(loop, names.look_up)
    found: list[asyncio.Future[Found]] = [loop.create_future() for _ in range(4)]
    for number, each in enumerate(found):
        made.resolve(f"slow{number}", each.set_result)
    assert len(names.asked) <= 2
    names.released.set()
    assert not any(isinstance(each, UnresolvedError) for each in await asyncio.gather(*found))
    assert sorted(names.asked) == ["slow0", "slow1", "slow2", "slow3"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_localhost_is_both_loopback_addresses(host: str) -> None:
    """Whichever a receiver listens on."""
    try:
        socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        pytest.skip(f"no {host} here")
    async with wire(says(OK), host) as receiver, posting() as poster:
        assert (await poster.exchange(f"http://localhost:{receiver.port}/", b"1")).status == 200


async def test_an_address_that_doesn_t_answer_is_left_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which they were found; a full backlog answers nobody."""
    monkeypatch.setattr("emulator.callbacks.poster.opening.HEAD_START", 0.01)

    def both(_: str) -> Found:
        return ((socket.AF_INET, ("127.0.0.2", 0)), (socket.AF_INET, ("127.0.0.1", 0)))

    async with wire(says(OK)) as receiver, posting(look_up=both) as poster:
        with socket.socket() as full, socket.socket() as first, socket.socket() as second:
            full.bind(("127.0.0.2", receiver.port))
            full.listen(0)
            for each in (first, second):
                each.setblocking(False)
                each.connect_ex(full.getsockname())
            assert (await poster.exchange(f"http://both.test:{receiver.port}/", b"1")).status == 200


async def test_a_connection_that_doesn_t_come_about_in_time_is_told_so() -> None:
    """The receiver's backlog is full."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        place = full.getsockname()
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(place)
        async with posting(0.1) as poster:
            answer = await poster.exchange(f"http://127.0.0.1:{place[1]}/", b"1")
        assert answer.text == f"no connection to 127.0.0.1:{place[1]} within 0.1 s"
        assert not answer.reached


# --- https ---------------------------------------------------------------------------------------------------


class Authority:
    """Signs certificates, and says so in a file."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(self.file)

    def server(self, name: str) -> ssl.SSLContext:
        """The context of a server of this name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(name).configure_cert(context)
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One that no system trusts."""
    return Authority(tmp_path_factory.mktemp("authority"))


async def test_a_certificate_of_an_own_authority_is_trusted_when_told(authority: Authority) -> None:
    """The connection is kept, as without TLS."""
    async with wire(says(OK), tls=authority.server("127.0.0.1")) as receiver, posting(ca=str(authority.file)) as poster:
        answers = [await poster.exchange(receiver.url, b"1") for _ in range(5)]
        assert {(each.status, each.text) for each in answers} == {(200, "ok")}
        assert receiver.connections == 1


async def test_the_name_is_told_to_the_server_and_found_in_its_certificate(authority: Authority) -> None:
    """As servers of several names need it."""
    seen: list[str | None] = []
    context = authority.server("app.localhost")
    context.sni_callback = lambda _, name, __: seen.append(name)
    async with wire(says(OK), tls=context) as receiver, posting(ca=str(authority.file)) as poster:
        url = receiver.url.replace("127.0.0.1", "App.localhost.")
        assert (await poster.exchange(url, b"1")).status == 200
        assert seen == ["app.localhost"]


async def test_any_other_certificate_is_refused_and_the_options_are_told(authority: Authority) -> None:
    """Both of them."""
    async with wire(says(OK), tls=authority.server("127.0.0.1")) as receiver, posting() as poster:
        answer = await poster.exchange(receiver.url, b"1")
        assert (answer.status, answer.reached, receiver.requests) == (None, False, [])
        assert answer.text.startswith(f"the certificate of 127.0.0.1:{receiver.port} can't be trusted (")
        assert answer.text.endswith("; --callback-ca FILE trusts who signed it, --callback-insecure takes any")


@pytest.mark.parametrize("name", ["other.test", "127.0.0.2"])
async def test_a_certificate_of_another_name_is_refused(authority: Authority, name: str) -> None:
    """Even of an authority that is trusted."""
    async with wire(says(OK), tls=authority.server(name)) as receiver, posting(ca=str(authority.file)) as poster:
        answer = await poster.exchange(receiver.url.replace("127.0.0.1", "localhost"), b"1")
        place = f"localhost:{receiver.port}"
        assert answer.text == f"the certificate of {place} is not for localhost; --callback-insecure takes any"


async def test_any_certificate_is_good_when_told(authority: Authority) -> None:
    """By nobody known, for another."""
    async with wire(says(OK), tls=authority.server("other.test")) as receiver, posting(insecure=True) as poster:
        assert (await poster.exchange(receiver.url, b"1")).status == 200


async def test_a_used_connection_that_ends_is_no_answer_over_tls_either(authority: Authority) -> None:
    """B1 holds."""

    async def answer(number: int, writer: Writer) -> None:
        if number == 2:
            writer.transport.abort()
        else:
            writer.write(OK)

    async with wire(answer, tls=authority.server("127.0.0.1")) as receiver, posting(ca=str(authority.file)) as poster:
        assert [(await poster.exchange(receiver.url, b"1")).status for _ in range(2)] == [200, 200]
        assert receiver.connections == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak TLS"),
        (b"", "closed the connection when TLS was offered"),
    ],
)
async def test_a_server_without_tls_is_told(answer: bytes, why: str) -> None:
    """It may be http."""

    async def plain(reader: asyncio.StreamReader, writer: Writer) -> None:
        await reader.read(1)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server, posting() as poster:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        told = (await poster.exchange(f"https://{place}/", b"1")).text
        assert told == f"{place} {why}; is it http instead of https?"


async def test_a_server_that_only_speaks_tls_is_told() -> None:
    """Its alert is recognised."""
    async with wire(says(b"\x15\x03\x01\x00\x02\x02\x16")) as receiver, posting() as poster:
        told = (await poster.exchange(receiver.url, b"1")).text
        assert told == "what came back is no HTTP answer; it speaks TLS, is it https instead of http?"


@pytest.mark.parametrize("name", ["missing.pem", "empty.pem"])
async def test_a_file_that_has_no_certificates_is_told_at_the_start(tmp_path: Path, name: str) -> None:
    """Before anything is posted."""
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(SettingsError, match=f"callback-ca must be a file of certificates in PEM; .*{name} is none"):
        Poster(1, 8, ca=str(tmp_path / name))


async def test_the_server_and_the_check_of_a_receiver_have_the_options(authority: Authority) -> None:
    """Both of both."""
    async with wire(says(OK), tls=authority.server("127.0.0.1")) as receiver:
        for trust in (["--callback-ca", str(authority.file)], ["--callback-insecure"]):
            outcomes, checked = await asyncio.to_thread(_used, receiver.url, trust)
            assert outcomes == ["received"] * 3
            assert checked.exit_code == 0, checked.output
        outcomes, checked = await asyncio.to_thread(_used, receiver.url, [])
        assert outcomes == ["refused"] * 3
        assert (checked.exit_code, "trusted" in checked.output) == (1, True)


def _used(url: str, trust: list[str]) -> tuple[list[str], Result]:
    """The outcomes of a flow's callbacks, and what check-webhook says."""
    with emulator("--rate", "0", *trust) as server:
        flow = server.send(SMS, callback=url)
        server.advance(by="10s")
        outcomes = [entry["data"]["outcome"] for entry in server.journal(flow) if entry["kind"] == "attempt"]
    return outcomes, CliRunner().invoke(main, ["check-webhook", url, *trust])
