"""A client that has the provider's hosts built in finds the emulator behind them, by its proxy variables alone."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.running import PATIENCE, SMS, Emulator, Receiver, ca_folder, emulator, receiver
from tests.support.trusting import BASIC, GRANT, noted, program, said, token_through, tunnelled

REFUSED = "proxy refused"
MUCH = 200_000_000
CLOCK = "/_emulator/clock"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator that passes nothing on."""
    with emulator("--tls-port", "0") as running:
        yield running


@pytest.fixture(scope="module")
def passing() -> Iterator[Emulator]:
    """An emulator that passes requests for other hosts on."""
    with emulator("--tls-port", "0", "--proxy-others") as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A server elsewhere."""
    with receiver() as made:
        yield made


def flow(connection: http.client.HTTPConnection, token: str, url: str = "/failover") -> str:
    """A flow that is sent over this connection; its id."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", url, json.dumps({"flow": [SMS]}).encode(), headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    return str(json.loads(answer.read())["trackingId"])


def asked(server: Emulator, method: str, url: str, body: bytes = b"", host: str = "x") -> tuple[int, bytes]:
    """The answer to a request for a whole URL."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request(method, url, body, {"Host": host, "Content-Type": "text/plain"})
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


def refusal(answer: bytes) -> tuple[int, str]:
    """The status of an answer, and its message."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["developerMessage"]


def connected(server: Emulator, target: str) -> bytes:
    """The answer to CONNECT."""
    return said(server.port, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())


def test_both_hosts_are_served_in_a_tunnel(server: Emulator) -> None:
    """A token from one is good at the other; each connection takes many requests."""
    with tunnelled(server, "auth.routee.net") as auth, tunnelled(server, "connect.routee.net") as api:
        token = token_through(auth)
        first, second = (flow(api, token) for _ in range(2))
        api.request("GET", f"/failover/tracking/{second}", headers={"Authorization": f"Bearer {token}"})
        assert json.loads(api.getresponse().read())["trackingId"] == second
    assert {first, second} <= {each["flow"] for each in server.journal()}


def test_a_large_body_goes_through_whole(server: Emulator) -> None:
    """Far more than a segment."""
    with tunnelled(server, "connect.routee.net") as api:
        api.request("POST", "/oauth/token", GRANT + b"&scope=" + b"x" * 500_000, BASIC)
        assert api.getresponse().status == 400


def test_a_proxy_that_is_itself_asked_over_tls_works_too(server: Emulator) -> None:
    """As HTTPS_PROXY=https://localhost:8443 does."""
    curl = ("curl", "-sS", "--proxy-cacert", str(ca_folder() / "ca.pem"), "-u", "a:b", "-d", GRANT.decode())
    proxy = f"https://localhost:{server.tls_port}"
    variables = {"HTTPS_PROXY": proxy, "CURL_CA_BUNDLE": str(ca_folder() / "ca.pem")}
    done = program(*curl, "https://auth.routee.net/oauth/token", **variables)
    assert "access_token" in done.stdout, done.stderr


def test_a_whole_url_is_served_as_its_path(server: Emulator) -> None:
    """Without TLS, whatever the Host header says, as http_proxy has clients do."""
    status, body = asked(server, "POST", "http://auth.routee.net/oauth/token?client_id=a", GRANT)
    assert (status, b"access_token" in body) == (200, True)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    assert flow(connection, server.token(), "http://connect.routee.net/failover")
    connection.close()
    told = json.loads(asked(server, "GET", "http://user:word@connect.routee.net?x=1")[1])
    assert f"its page is at its own address, such as http://localhost:{server.port}/" in told["detail"]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("example.org:443", "nothing leaves this machine; --proxy-others"),
        ("auth.routee.net:80", "of the provider's hosts, auth.routee.net:443 and connect.routee.net:443 are served"),
        ("www.routee.net:443", "none is passed on"),
        ("localhost:{port}", "the emulator is not reached through itself"),
        ("127.0.0.1:{tls}", "call it at its own address, without the proxy"),
    ],
)
def test_other_hosts_are_refused_with_a_word_in_the_journal(server: Emulator, target: str, told: str) -> None:
    """With 403: nothing leaves the machine."""
    target = target.format(port=server.port, tls=server.tls_port)
    before = len(noted(server, REFUSED, 0))
    status, message = refusal(connected(server, target))
    assert status == 403
    assert told in message
    assert noted(server, REFUSED, before + 1)[before] == f"{target}: {message}"


def test_so_are_whole_urls_of_other_hosts(server: Emulator, hook: Receiver) -> None:
    """Even if the path is one that is served here."""
    before = len(noted(server, REFUSED, 0))
    for url in ("http://example.org/failover", hook.url, "http://www.routee.net/failover", "https://example.org/"):
        status, body = asked(server, "POST", url)
        assert (status, b"developerMessage" in body) == (403, True)
    assert len(noted(server, REFUSED, before + 4)) == before + 4
    assert hook.count == 0


def test_the_emulator_itself_is_found_by_its_whole_url(server: Emulator) -> None:
    """So that a program's variables may stay when it calls the own API; the guard looks at the URL's host."""
    assert asked(server, "GET", f"http://127.0.0.1:{server.port}{CLOCK}")[0] == 200
    assert asked(server, "GET", f"http://localhost:{server.port}{CLOCK}", host="evil.example")[0] == 200
    assert asked(server, "GET", f"http://evil.example{CLOCK}", host="localhost")[0] == 403
    assert asked(server, "GET", f"http://203.0.113.9:{server.port}{CLOCK}", host="localhost")[0] == 403


def test_no_tunnel_reaches_the_own_api(server: Emulator) -> None:
    """Whatever Host is given inside."""
    for host in ("localhost", "127.0.0.1", "connect.routee.net"):
        with tunnelled(server, "connect.routee.net") as api:
            for path in (CLOCK, "/_emulator/health", "/_emulator/ca.pem"):
                api.request("GET", path, headers={"Host": host})
                answer = api.getresponse()
                assert (answer.status, b"at its own address" in answer.read()) == (403, True)
        assert asked(server, "GET", f"http://connect.routee.net{CLOCK}", host=host)[0] == 403


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "2130706433", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "LOCALHOST."],
)
def test_none_that_is_passed_on_does_either(passing: Emulator, host: str) -> None:
    """By no form of its address, at neither port."""
    for port in (passing.port, passing.tls_port):
        answer = connected(passing, f"{host}:{port}")
        status, message = refusal(answer)
        assert (status, "not reached through itself" in message) == (403, True), answer


def test_other_hosts_are_passed_on_if_that_is_wanted(passing: Emulator, hook: Receiver) -> None:
    """In a tunnel or by a whole URL; but never the provider's."""
    port = int(hook.url.rpartition(":")[2].partition("/")[0])
    tunnel = http.client.HTTPConnection("127.0.0.1", passing.port, timeout=PATIENCE)
    tunnel.set_tunnel("127.0.0.1", port)
    for body in (b'{"a": 1}', b'"' + b"x" * 1_000_000 + b'"'):
        tunnel.request("POST", "/hook", body)
        answer = tunnel.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        assert hook.next_post()[2] == body
    tunnel.close()
    assert asked(passing, "POST", f"{hook.url}?x=1", b"{}") == (200, b"")
    path, headers, _ = hook.next_post()
    assert (path, headers["host"], headers["content-length"]) == ("/hook?x=1", f"127.0.0.1:{port}", "2")
    hook.answer = lambda _: 503
    assert asked(passing, "POST", hook.url, b"{}")[0] == 503
    assert refusal(connected(passing, "www.routee.net:443"))[0] == 403
    assert asked(passing, "GET", "http://go.routee.net/")[0] == 403
    assert asked(passing, "GET", f"https://127.0.0.1:{port}/")[0] == 400


def test_a_tunnel_ends_on_both_sides(passing: Emulator) -> None:
    """When the server elsewhere closes, after all that it has sent; and when the client does."""
    with socket.create_server(("127.0.0.1", 0)) as far, _Joined(passing, far) as (client, served):
        served.sendall(b"x" * 100_000)
        served.shutdown(socket.SHUT_WR)
        assert len(b"".join(iter(lambda: client.recv(65536), b""))) == 100_000
        client.sendall(b"bye")
        client.shutdown(socket.SHUT_WR)
        assert b"".join(iter(lambda: served.recv(65536), b"")) == b"bye"


def test_a_reader_that_is_slow_slows_the_writer(passing: Emulator) -> None:
    """What waits for it is not kept without end: the writer is stopped."""
    with socket.create_server(("127.0.0.1", 0)) as far, _Joined(passing, far) as (client, served):
        served.settimeout(0.5)
        sent = 0
        with suppress(TimeoutError):
            while sent < MUCH:
                sent += served.send(b"x" * 1_000_000)
        assert sent < MUCH
        served.shutdown(socket.SHUT_WR)
        assert len(b"".join(iter(lambda: client.recv(1_000_000), b""))) == sent


def test_a_server_that_is_not_there_is_told(passing: Emulator) -> None:
    """With 502, for a tunnel as for a URL."""
    status, message = refusal(connected(passing, "127.0.0.1:9"))
    assert (status, message) == (502, "no connection: Connection refused")
    assert asked(passing, "GET", "http://127.0.0.1:9/")[0] == 502
    assert asked(passing, "GET", "http://nowhere.invalid/")[0] == 502


def test_an_answer_that_is_none_or_breaks_off_is_told(passing: Emulator) -> None:
    """502 before it has begun; afterwards the connection ends."""
    for answer, status in ((b"what?\r\n\r\n", 502), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 200)):
        with socket.create_server(("127.0.0.1", 0)) as far:
            threading.Thread(target=_answering, args=(far, answer)).start()
            url = f"http://127.0.0.1:{far.getsockname()[1]}/"
            if status == 502:
                assert asked(passing, "GET", url)[0] == 502
            else:
                with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
                    asked(passing, "GET", url)


def test_a_client_that_does_not_wait_for_the_tunnel_is_refused(server: Emulator) -> None:
    """Bytes that came too early can't be TLS's any more."""
    answer = said(server.port, b"CONNECT auth.routee.net:443 HTTP/1.1\r\nHost: x\r\n\r\n\x16\x03\x01")
    assert refusal(answer) == (400, "CONNECT must wait for the answers before it, and what follows it for its own.")


def test_a_target_that_is_none_is_refused(server: Emulator) -> None:
    """With what would be right."""
    assert refusal(connected(server, "auth.routee.net:0")) == (400, "a proxy is asked for HOST:PORT")


def test_a_client_that_does_not_trust_the_ca_leaves_a_line(server: Emulator) -> None:
    """In a tunnel as at the TLS port."""
    before = len(noted(server, "tls failed", 0))
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=ssl.create_default_context())
    connection.set_tunnel("auth.routee.net")
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.connect()
    assert "doesn't trust" in noted(server, "tls failed", before + 1)[before]


def test_a_server_without_a_tls_port_is_a_proxy_all_the_same(tmp_path: Path) -> None:
    """It makes its CA when it is first asked; and it stops while tunnels are open."""
    with emulator("--ca", str(tmp_path / "ca")) as server:
        assert not (tmp_path / "ca").exists()
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=PATIENCE, context=context)
        connection.set_tunnel("auth.routee.net")
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.connect()
        connection.close()
        context.load_verify_locations(tmp_path / "ca" / "ca.pem")
        assert token_through(connection)
        assert server.stop() == 0
        connection.close()


def test_a_ca_that_can_t_be_used_is_told_to_the_client(tmp_path: Path) -> None:
    """And the proxy goes on with what needs no TLS."""
    (tmp_path / "ca.pem").write_text("nonsense")
    with emulator("--ca", str(tmp_path)) as server:
        status, message = refusal(connected(server, "auth.routee.net:443"))
        assert (status, "ca.pem is damaged" in message) == (501, True)
        assert "ca.pem is damaged" in noted(server, REFUSED, 1)[0]
        assert asked(server, "POST", "http://connect.routee.net/failover")[0] == 401
        answer = server.call("GET", "/_emulator/ca.pem")
        assert (answer.status, "ca.pem is damaged" in answer.json()["detail"]) == (404, True)


def test_without_the_extra_one_is_told_what_to_install() -> None:
    """The client of a CONNECT, and whoever asks for a port or for the CA."""
    block = "import sys; sys.modules['trustme'] = None; from emulator.__main__ import main; main()"
    command = [sys.executable, "-c", block, "serve", "--port", "0", "--until-stdin-ends"]
    told = "pip install '/path/to/failover-emulator[tls]'"
    done = subprocess.run([*command, "--tls-port", "0"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        server = Emulator(process, int(process.stdout.readline().partition("127.0.0.1:")[2].partition(" ")[0]))
        status, message = refusal(connected(server, "auth.routee.net:443"))
        assert (status, told in message, told in noted(server, REFUSED, 1)[0]) == (501, True, True)
        assert told in server.call("GET", "/_emulator/ca.pem").json()["detail"]
        process.kill()


class _Joined:
    """A tunnel: the client's end and the server's."""

    def __init__(self, server: Emulator, far: socket.socket) -> None:
        self._client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
        self._client.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: x\r\n\r\n" % far.getsockname()[1])
        self._served, _ = far.accept()
        assert self._client.recv(len("HTTP/1.1 200 Connection established\r\n\r\n")).endswith(b"\r\n\r\n")

    def __enter__(self) -> tuple[socket.socket, socket.socket]:
        return self._client, self._served

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._served.close()


def _answering(far: socket.socket, answer: bytes) -> None:
    served, _ = far.accept()
    with served:
        served.recv(65536)
        served.sendall(answer)
