"""Posting callbacks: whatever a receiver does, its status decides.

A real emulator posts to receivers whose every byte is decided here; `check-webhook`, which posts by the same rules, is
run against them too. The rules one by one are in `tests/callbacks/test_poster.py`.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.support.commands import run
from tests.support.running import SMS, VIBER, Emulator, emulator, receiver
from tests.support.wire import OK, Writer, never, says, wire

pytestmark = pytest.mark.anyio


async def posted(url: str, *options: str, strategy: str = "OnStep") -> list[Any]:
    """The attempts at the callbacks of a flow whose callbacks go to this URL."""

    def play() -> list[Any]:
        with emulator("--rate", "0", *options) as server:
            flow = server.send(SMS, callback=url, strategy=strategy)
            server.advance(by="10s")
            return attempts(server, flow)

    return await asyncio.to_thread(play)


def attempts(server: Emulator, flow: str = "") -> list[Any]:
    """The attempts at a flow's callbacks, or at those of all flows."""
    return [entry["data"] for entry in server.journal(flow) if entry["kind"] == "attempt"]


async def checked(url: str, *options: str) -> tuple[int, str]:
    """The exit status and the output of `check-webhook`."""
    done = await asyncio.to_thread(run, "check-webhook", url, *options)
    return done.exit_code, done.output


def all_received(told: list[Any]) -> bool:
    """Whether each callback was received at its first attempt."""
    return bool(told) and all((each["outcome"], each["attempt"]) == ("received", 1) for each in told)


async def every_second_time_the_connection_ends(number: int, writer: Writer) -> None:
    """Each connection answers its first request, and ends when the second one comes."""
    if number % 2:
        writer.write(OK)
    else:
        writer.transport.abort()


async def test_b1_a_reused_connection_that_ends_before_the_answer_is_no_refusal() -> None:
    """The callback goes out again at once on a fresh connection, and counts as the same attempt."""
    async with wire(every_second_time_the_connection_ends) as receiver:
        told = await posted(receiver.url)
        assert all_received(told)
        assert len(receiver.requests) == 2 * len(told) - 1
        receiver.requests.clear()
        assert (await checked(receiver.url))[0] == 0


async def test_b1_a_fresh_connection_that_ends_before_the_answer_is_a_refusal() -> None:
    """It is repeated after 30 s."""
    async with wire(says(close=True)) as receiver:
        (first,) = await posted(receiver.url, strategy="OnCompletion")
        assert (first["outcome"], first["status"], len(receiver.requests)) == ("refused", None, 1)


UNENDED = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nso far"


async def test_b2_a_status_line_in_time_is_the_answer_though_its_body_never_ends() -> None:
    """The body is read for the journal only, as long as the limit allows."""
    async with wire(says(UNENDED)) as receiver:
        told = await posted(receiver.url, "--callback-timeout", "0.5")
        assert all_received(told)
        assert told[0]["answer"] == "so far"
        assert (await checked(receiver.url, "--timeout", "0.5"))[0] == 0


async def test_b2_no_status_line_in_time_is_a_refusal() -> None:
    """However long the receiver would take."""
    async with wire(never) as receiver:
        told = await posted(receiver.url, "--callback-timeout", "0.5", strategy="OnCompletion")
        assert [each["outcome"] for each in told] == ["refused"]


IN_PIECES = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *(b"5\r\nabcde\r\n",) * 50, b"0\r\n\r\n")


async def test_b3_the_first_200_characters_of_an_answer_are_kept_however_they_come() -> None:
    """And the connection is kept."""
    async with wire(says(*IN_PIECES)) as receiver:
        told = await posted(receiver.url)
        assert {each["answer"] for each in told} == {"abcde" * 40}
        assert (len(receiver.requests) > 1, receiver.connections) == (True, 1)


@pytest.mark.parametrize("headers", [b"X-Long: " + b"x" * 500_000 + b"\r\n", b"X-Many: x\r\n" * 5_000])
async def test_b4_the_size_and_number_of_an_answer_s_headers_are_no_verdict(headers: bytes) -> None:
    """Up to 1 MiB in all."""
    async with wire(says(b"HTTP/1.1 200 OK\r\n" + headers + b"Content-Length: 0\r\n\r\n")) as receiver:
        assert all_received(await posted(receiver.url))
        assert receiver.connections == 1
        assert (await checked(receiver.url))[0] == 0


@pytest.mark.parametrize(
    ("given", "requested"),
    [
        ("/a%2Fb%3Ac", "/a%2Fb%3Ac"),
        ("/a%c3%a9%7e", "/a%c3%a9%7e"),
        ("/[a]|b?c[]=1|2", "/[a]|b?c[]=1|2"),
        ("/a?", "/a?"),
        ("/a/../b/./c//d", "/a/../b/./c//d"),
        ("/a+b?c=d+e&f=%20;g", "/a+b?c=d+e&f=%20;g"),
        ("/é?ü=ß", "/%C3%A9?%C3%BC=%C3%9F"),
        ("/a#b", "/a"),
        ("", "/"),
    ],
)
async def test_b5_a_url_is_requested_as_given_but_for_its_fragment(given: str, requested: str) -> None:
    """What isn't ASCII is %-encoded; callbacks, one sent again, replies to `inboundUrl` and `check-webhook` alike."""
    async with wire(says(OK)) as receiver:
        url = receiver.url.removesuffix("/hook") + given

        def play() -> None:
            with emulator("--rate", "0") as server:
                flow = server.send(VIBER | {"inboundUrl": url}, callback=url, strategy="OnCompletion")
                server.advance(by="10m")
                server.call("POST", f"/_emulator/flows/{flow}/replies", b'{"message": "hi"}')
                callback = attempts(server, flow)[0]["id"]
                server.call("POST", f"/_emulator/callbacks/{callback}/resend")
                server.advance(by="1s")  # which waits for what is under way

        await asyncio.to_thread(play)
        assert [line(request) for request in receiver.requests] == [f"POST {requested} HTTP/1.1"] * 3
        receiver.requests.clear()
        await checked(url)
        assert {line(request) for request in receiver.requests} == {f"POST {requested} HTTP/1.1"}


def line(request: bytes) -> str:
    """A request's first line."""
    return request.partition(b"\r\n")[0].decode("latin-1")


@pytest.mark.parametrize(("options", "most"), [((), 8), (("--callback-connections", "2"), 2)])
async def test_b6_a_receiver_gets_at_most_8_connections_at_once(options: tuple[str, ...], most: int) -> None:
    """80 flows that are due at once wait for their turn, and each callback is received at its first attempt."""
    async with wire(says(OK)) as receiver:

        def play() -> list[Any]:
            with emulator("--rate", "0", *options) as server:
                for _ in range(80):
                    server.send(SMS, callback=receiver.url, strategy="OnCompletion")
                server.advance(by="10s")
                return attempts(server)

        told = await asyncio.to_thread(play)
        assert (len(told), all_received(told), receiver.connections) == (80, True, most)
        assert set(Counter(request.partition(b"\r\n\r\n")[2] for request in receiver.requests).values()) == {1}


async def test_b7_an_https_receiver_may_have_a_certificate_of_its_own(tmp_path: Path) -> None:
    """`--callback-ca FILE` trusts who signed it, `--callback-insecure` any; without them, both are named."""
    authority, file, tls = trustme.CA(), tmp_path / "ca.pem", ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.cert_pem.write_to_path(file)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    async with wire(says(OK), tls=tls) as receiver:
        for trust in (["--callback-ca", str(file)], ["--callback-insecure"]):
            assert all_received(await posted(receiver.url, *trust))
            assert (await checked(receiver.url, *trust))[0] == 0
        told = (await posted(receiver.url))[0]
        assert told["outcome"] == "refused"
        status, output = await checked(receiver.url)
        assert status == 1
        for each in (told["answer"], output):
            assert "--callback-ca FILE" in each
            assert "--callback-insecure" in each


async def test_b8_refused_callbacks_do_not_fill_the_log(tmp_path: Path) -> None:
    """Each attempt is in the journal; the log has a line for a receiver that is down, and not one for
    each attempt. What such a line says is tested with the log.
    """

    def play() -> list[Any]:
        with receiver() as hook, emulator("--rate", "0", log=tmp_path / "log") as server:
            hook.answer = lambda _: 500
            for _ in range(20):
                server.send(SMS, callback=hook.url, strategy="OnCompletion")
            server.advance(by="1h")
            told = attempts(server)
            assert server.stop() == 0
        return told

    assert len(await asyncio.to_thread(play)) > 40
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    down = [line for line in lines if "refuses callbacks" in line]
    assert 0 < len(down) <= 4
    assert max(map(len, down)) < 250
