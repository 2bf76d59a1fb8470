"""HTTP/1.1 on real sockets, byte by byte where it matters."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from itertools import chain, repeat

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from emulator.http.listener import Listener
from emulator.http.protocol import MAX_HEAD, Protocol

BODY = b'{"flow":"' + b"x" * 60 + b'"}'
OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n"


async def echo(request: Request) -> JSONResponse:
    """Answer what arrived."""
    body = (await request.body()).decode()
    return JSONResponse({"method": request.method, "path": request.url.path, "body": body})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server with the protocol, on a thread of its own."""
    listening = threading.Event()
    found: list[str] = []

    def ready(url: str) -> None:
        found.append(url)
        listening.set()

    app = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])
    config = uvicorn.Config(app, port=0, http=Protocol, ws="none", lifespan="off", log_config=None, access_log=False)
    server = Listener(config, ready)
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert listening.wait(10)
    yield int(found[0].rpartition(":")[2])
    loops[0].call_soon_threadsafe(server.stop)
    thread.join()


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def rest(self) -> bytes:
        """All that comes until the server closes the connection."""
        return self._file.read()

    def status(self) -> bytes:
        """The next answer's first line; empty if the connection was reset."""
        try:
            return self.line()
        except ConnectionError:
            return b""

    def is_cut_off(self, pieces: Iterable[bytes]) -> bool:
        """Whether the server ends the connection before it has all the pieces."""
        try:
            for piece in pieces:
                self.send(piece)
        except ConnectionError:
            return True
        return False

    def line(self) -> bytes:
        return self._file.readline().strip()

    def body(self) -> str | None:
        """The request body that the next answer says has arrived; None if the answer is no 200."""
        status, length = self.line(), 0
        while (line := self.line().lower()) != b"":
            length = int(line.partition(b":")[2]) if line.startswith(b"content-length:") else length
        told: dict[str, str] = json.loads(self._file.read(length))
        return told["body"] if status == b"HTTP/1.1 200 OK" else None

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    """A connection to the server."""
    made = Client(port)
    yield made
    made.close()


def request(headers: bytes = b"", body: bytes = BODY, method: bytes = b"POST", path: bytes = b"/failover") -> bytes:
    """A request's bytes."""
    return b"%b %b HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n%b" % (method, path, headers, len(body), body)


def test_a_body_after_an_h2c_offer_arrives_whole_in_a_second_segment(client: Client) -> None:
    """As Java's client sends it by default."""
    head, _, body = request(OFFER).partition(b"\r\n\r\n")
    client.send(head + b"\r\n\r\n")
    client.send(body)
    assert client.body() == BODY.decode()


def test_a_body_after_an_h2c_offer_arrives_whole_in_one_segment(client: Client) -> None:
    """In whatever case the header is written."""
    client.send(request(OFFER.replace(b"Upgrade: h2c", b"upgrade: H2C")))
    assert client.body() == BODY.decode()


def test_a_request_with_an_h2c_offer_may_come_byte_by_byte(client: Client) -> None:
    """Heads may be cut anywhere."""
    for byte in request(OFFER):
        client.send(bytes([byte]))
    assert client.body() == BODY.decode()


def test_requests_with_and_without_an_offer_may_follow_one_another(client: Client) -> None:
    """A connection is kept alive through all of them."""
    for headers in (b"", OFFER, OFFER, b"", OFFER):
        client.send(request(headers))
        assert client.body() == BODY.decode()


def test_pipelined_requests_are_answered_in_order(client: Client) -> None:
    """An offer among them too."""
    bodies = [b'{"n":%d}' % number for number in range(4)]
    client.send(b"".join(request(OFFER if n % 2 else b"", body) for n, body in enumerate(bodies)))
    assert [client.body() for _ in bodies] == [body.decode() for body in bodies]


def test_an_offered_upgrade_with_a_chunked_body_arrives_whole(client: Client) -> None:
    """Without a Content-Length."""
    head = b"POST /failover HTTP/1.1\r\nHost: x\r\n" + OFFER + b"Transfer-Encoding: chunked\r\n\r\n"
    client.send(head + b'4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n')
    assert client.body() == '{"a":1}'


def test_a_client_that_waits_for_100_continue_gets_it(client: Client) -> None:
    """Before it sends its body."""
    head, _, body = request(b"Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    client.send(head + b"\r\n\r\n")
    assert (client.line(), client.line()) == (b"HTTP/1.1 100 Continue", b"")
    client.send(body)
    assert client.body() == BODY.decode()


@pytest.mark.parametrize("headers", [b"Connection: close\r\n", OFFER.replace(b"Upgrade,", b"close, Upgrade,")])
def test_a_client_that_wants_to_close_is_obeyed(client: Client, headers: bytes) -> None:
    """The connection ends after the answer."""
    client.send(request(headers))
    assert client.rest().startswith(b"HTTP/1.1 200")


def test_a_stray_body_on_a_get_is_read_over(client: Client) -> None:
    """And the next request on the connection is understood."""
    client.send(request(method=b"GET") + request(body=b"next"))
    assert [client.body(), client.body()] == [BODY.decode(), "next"]


def test_garbage_is_answered_with_400(client: Client) -> None:
    """In the API's shape, and the connection is closed."""
    client.send(b"\x17\x03\x01\x02\x00garbage\r\n\r\n")
    head, _, body = client.rest().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body) == {"code": "400000000", "developerMessage": "Invalid HTTP request received."}


def test_tls_on_a_port_for_plain_http_is_told(client: Client) -> None:
    """The client can't read it, but the log shows it."""
    client.send(b"\x16\x03\x01\x02\x00garbage\r\n\r\n")
    assert b"This is TLS, but the port is for plain HTTP." in client.rest()


def test_a_tunnel_is_refused_by_an_application_that_is_no_proxy(client: Client) -> None:
    """CONNECT looks like an upgrade, and must not be begun again and again."""
    client.send(b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n")
    head, _, body = client.rest().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["developerMessage"] == "CONNECT is not supported."


def test_any_number_of_offers_may_be_pipelined(client: Client) -> None:
    """More of them in one segment than Python's stack is deep."""
    client.send(b"GET / HTTP/1.1\r\nHost:x\r\nConnection:upgrade\r\nUpgrade:h2c\r\n\r\n" * 4000 + request())
    assert [client.body() for _ in range(4001)] == [""] * 4000 + [BODY.decode()]


def test_an_old_client_with_an_offer_gets_its_answer_and_the_end(client: Client) -> None:
    """HTTP/1.0 closes the connection after the answer."""
    client.send(request(OFFER).replace(b"HTTP/1.1", b"HTTP/1.0"))
    head, _, body = client.rest().partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    assert json.loads(body)["body"] == BODY.decode()


@pytest.mark.parametrize("headers", [b"Connection: close\r\n", OFFER.replace(b"Upgrade,", b"close, Upgrade,")])
def test_what_follows_a_wish_to_close_is_not_an_error(client: Client, headers: bytes) -> None:
    """The request before it is answered all the same."""
    client.send(request(headers) + request())
    assert client.rest().startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("headers", [b"", OFFER])
def test_a_head_below_the_limit_is_taken(client: Client, headers: bytes) -> None:
    """And so is the body after it, however long."""
    large = b"X-Large: " + b"x" * (MAX_HEAD - 1000) + b"\r\n"
    body = b"b" * 4 * MAX_HEAD
    client.send(request(headers + large, body))
    client.send(request(large, body))
    assert [client.body(), client.body()] == [body.decode()] * 2


@pytest.mark.parametrize("start", [b"X-Large: ", OFFER + b"X-Large: "])
def test_a_head_over_the_limit_is_refused_before_it_ends(client: Client, start: bytes) -> None:
    """With 400, as soon as the first byte too many has come."""
    head = b"POST /failover HTTP/1.1\r\nHost: x\r\n" + start
    client.send(head + b"x" * (MAX_HEAD + 1 - len(head)))
    answer, _, body = client.rest().partition(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["developerMessage"] == f"The request's head is larger than {MAX_HEAD} bytes."


def test_a_head_over_the_limit_is_refused_when_it_comes_whole(client: Client) -> None:
    """However few segments it takes. Where the server has not read it all, the system may reset the connection."""
    client.send(request(b"X-Large: " + b"x" * MAX_HEAD + b"\r\n"))
    assert client.status() in (b"HTTP/1.1 400 Bad Request", b"")


START = b"POST /failover HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(START, b"X-More: " + b"x" * 1000 + b"\r\n", id="headers"),
        pytest.param(START + b"X-Large: ", b"x" * 10_000, id="a value"),
        pytest.param(START, b"x" * 10_000, id="a name"),
        pytest.param(b"GET /", b"x" * 10_000, id="a path"),
        pytest.param(START + OFFER + b"X-Large: ", b"x" * 10_000, id="after an offer"),
        pytest.param(START + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-More: x\r\n" * 900, id="trailers"),
        pytest.param(START + b"Transfer-Encoding: chunked\r\n\r\n3;x=", b"x" * 10_000, id="a chunk's extension"),
        pytest.param(b"", b"\r\n" * 5000, id="blank lines"),
    ],
)
def test_a_request_that_never_gets_on_is_cut_off(client: Client, start: bytes, piece: bytes) -> None:
    """Whatever part of it has no end: it can't fill the memory."""
    assert client.is_cut_off(chain([start], repeat(piece, 20_000)))
