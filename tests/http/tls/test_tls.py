"""The TLS port of a real server, with real clients."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from emulator.http.tls.context import unnamed
from tests.support.running import PATIENCE, SMS, Emulator, ca_folder, emulator
from tests.support.trusting import BASIC, GRANT, needs_java, needs_node, noted, program, said, token_through, trusting

FAILED = "tls failed"
needs_flock = pytest.mark.skipif(os.name == "nt", reason="Windows has no flock")
CURL = ("curl", "-sS", "-u", "a:b", "-d", "grant_type=client_credentials")


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator with a TLS port."""
    with emulator("--tls-port", "0", "--allowed-hosts", "shop.test") as running:
        yield running


def connection(server: Emulator, context: ssl.SSLContext) -> http.client.HTTPSConnection:
    """A connection to the TLS port, not opened yet."""
    return http.client.HTTPSConnection("localhost", server.tls_port, timeout=PATIENCE, context=context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_ports_serve_the_same(server: Emulator, version: ssl.TLSVersion) -> None:
    """A token from one is good at the other, in each version of TLS, and a connection takes many requests."""
    context = trusting()
    context.minimum_version = context.maximum_version = version
    client = connection(server, context)
    token = token_through(client)
    assert token == server.token("a")
    for _ in range(2):
        client.request("GET", "/failover/tracking/x", headers={"Authorization": f"Bearer {token}"})
        answer = client.getresponse()
        assert (answer.status, bool(answer.read())) == (404, True)
    client.close()


def test_http_1_1_is_what_is_agreed_on(server: Emulator) -> None:
    """With a client that would rather speak HTTP/2."""
    context = trusting()
    context.set_alpn_protocols(["h2", "http/1.1"])
    client = connection(server, context)
    client.connect()
    assert isinstance(client.sock, ssl.SSLSocket)
    assert client.sock.selected_alpn_protocol() == "http/1.1"
    client.close()


@pytest.mark.parametrize(
    "cipher", ["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-RSA-AES256-SHA", "ECDHE-ECDSA-AES128-GCM-SHA256"]
)
def test_old_lists_of_ciphers_are_served(server: Emulator, cipher: str) -> None:
    """Those with RSA alone get a certificate with such a key."""
    context = trusting()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{cipher}:@SECLEVEL=0")
    client = connection(server, context)
    assert token_through(client)
    client.close()


@pytest.mark.parametrize("name", ["auth.routee.net", "connect.routee.net", "localhost", "127.0.0.1", "shop.test"])
def test_curl_takes_it_for_each_of_its_names(server: Emulator, name: str) -> None:
    """The provider's as the emulator's own."""
    place = f"{name}:{server.tls_port}"
    done = program(*CURL, "--resolve", f"{place}:127.0.0.1", f"https://{place}/oauth/token", CURL_CA_BUNDLE=_ca())
    assert "access_token" in done.stdout, done.stderr


@needs_node
def test_node_takes_it(server: Emulator) -> None:
    """By the variable that `ca` shows."""
    script = f"fetch('https://localhost:{server.tls_port}/_emulator/health').then(r => r.text()).then(console.log)"
    assert "ok" in program("node", "-e", script, NODE_EXTRA_CA_CERTS=_ca()).stdout


@needs_java
def test_java_takes_it_with_an_exported_store(server: Emulator, tmp_path: Path) -> None:
    """By the command and the variable that `ca` shows."""
    command = [sys.executable, "-m", "emulator", "ca", "--ca", str(ca_folder()), "--export", "p12", "ca.p12"]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=PATIENCE, stdout=subprocess.DEVNULL)
    (tmp_path / "Ask.java").write_text(
        "public class Ask { public static void main(String[] given) throws Exception {"
        " System.out.println(new String(new java.net.URL(given[0]).openStream().readAllBytes())); } }"
    )
    options = f"-Djavax.net.ssl.trustStore={tmp_path}/ca.p12 -Djavax.net.ssl.trustStorePassword=changeit"
    url = f"https://localhost:{server.tls_port}/_emulator/health"
    done = program("java", str(tmp_path / "Ask.java"), url, JAVA_TOOL_OPTIONS=options)
    assert "ok" in done.stdout, done.stderr


def test_a_client_that_does_not_trust_it_leaves_a_line(tmp_path: Path) -> None:
    """In the journal and in the log, with the command that helps."""
    with emulator("--tls-port", "0", log=tmp_path / "log") as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            connection(server, ssl.create_default_context()).connect()
        (told,) = noted(server, FAILED, 1)
        assert "doesn't trust the emulator's CA" in told
        assert "`failover-emulator ca`" in told
        assert f"WARNING TLS: {told}" in (tmp_path / "log").read_text()


@needs_node
def test_so_does_one_that_leaves_without_a_word(server: Emulator) -> None:
    """As Node does: it sends no alert."""
    before = len(noted(server, FAILED, 0))
    script = f"fetch('https://localhost:{server.tls_port}/').catch(error => console.log(error.cause.code))"
    assert "UNABLE_TO_VERIFY" in program("node", "-e", script).stdout
    assert "before a request, as one does that doesn't trust" in noted(server, FAILED, before + 1)[before]


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_one_that_asks_for_another_name_is_told_of_the_option(server: Emulator, version: str) -> None:
    """Whether it says that it leaves, as Python does, or not, as curl; it trusts the CA."""
    before = len(noted(server, FAILED, 0))
    context = trusting()
    context.minimum_version = context.maximum_version = ssl.TLSVersion[f"TLSv{version.replace('.', '_')}"]
    with (
        socket.create_connection(("127.0.0.1", server.tls_port), timeout=PATIENCE) as client,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(client, server_hostname="other.test")
    place = f"deep.shop.test:{server.tls_port}"
    resolved = ("--tlsv" + version, "--tls-max", version, "--resolve", f"{place}:127.0.0.1")
    assert program(*CURL, *resolved, f"https://{place}/", CURL_CA_BUNDLE=_ca()).returncode == 60
    for told, name in zip(noted(server, FAILED, before + 2)[before:], ("other.test", "deep.shop.test"), strict=True):
        assert told.startswith(f"a client asked for {name}, and left without a request")
        assert f"restart with `--allowed-hosts {name}` or `EMULATOR_ALLOWED_HOSTS={name}`" in told


def test_so_it_is_without_uvloop() -> None:
    """On Python's own event loop."""
    block = "import sys; sys.modules['uvloop'] = None; from emulator.__main__ import main; main()"
    options = ("serve", "--port", "0", "--tls-port", "0", "--ca", str(ca_folder()), "--until-stdin-ends")
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", block, *options], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        ports = [int(each) for each in re.findall(r"127\.0\.0\.1:(\d+)", process.stdout.readline())]
        server = Emulator(process, *ports)
        with (
            socket.create_connection(("127.0.0.1", server.tls_port), timeout=PATIENCE) as client,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            trusting().wrap_socket(client, server_hostname="other.test")
        (told,) = noted(server, FAILED, 1)
        process.kill()
    assert "`--allowed-hosts other.test`" in told


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (["Shop.test"], True),
        (["a.corp.test"], True),
        (["a.b.corp.test"], False),
        (["corp.test"], False),
        (["a.corp"], False),
        ([], True),
        (["`rm`"], True),
    ],
)
def test_which_names_a_certificate_is_for(asked: list[str], named: bool) -> None:
    """A wildcard stands for one part of a name; what is no name is not repeated."""
    assert (unnamed(asked, ["shop.test", "*.corp.test", "*.corp"]) == "") is named


def test_one_that_only_looks_whether_the_port_is_open_leaves_none() -> None:
    """As a container's health check may."""
    with emulator("--tls-port", "0") as server:
        for _ in range(3):
            socket.create_connection(("127.0.0.1", server.tls_port), timeout=PATIENCE).close()
        said(server.tls_port, b"what?\r\n\r\n")
        assert noted(server, FAILED, 1) == ["what a client sent is no TLS"]


def test_what_is_too_old_or_no_tls_is_told(server: Emulator) -> None:
    """Each in its words, and the server goes on."""
    before = len(noted(server, FAILED, 0))
    said(server.tls_port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        connection(server, old).connect()
    plain, outdated = noted(server, FAILED, before + 2)[before:]
    assert plain == "a client spoke plain HTTP to the TLS port"
    assert outdated == "a client is older than TLS 1.2"
    assert server.call("GET", "/_emulator/health").status == 200


def test_a_flow_goes_over_tls_whole(server: Emulator) -> None:
    """Accepted on the fast path, tracked, and in the journal."""
    client = connection(server, trusting())
    headers = {"Authorization": f"Bearer {token_through(client)}", "Content-Type": "application/json"}
    client.request("POST", "/failover", str({"flow": [SMS]}).replace("'", '"').encode(), headers)
    answer = client.getresponse()
    assert answer.status == 200
    assert b"trackingId" in answer.read()
    client.close()


def test_a_body_of_many_segments_arrives_whole(server: Emulator) -> None:
    """As its length says."""
    client = connection(server, trusting())
    client.request("POST", "/oauth/token", GRANT + b"&scope=" + b"x" * 300_000, BASIC)
    assert client.getresponse().status == 400
    client.close()


def test_the_certificate_of_the_ca_can_be_fetched(server: Emulator) -> None:
    """Over plain HTTP, by whatever name: whoever has it can check that of the server."""
    answer = server.call("GET", "/_emulator/ca.pem", headers={"Host": "anything.example"})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/x-pem-file")
    assert answer.body == (ca_folder() / "ca.pem").read_bytes()


def test_it_stops_with_connections_open() -> None:
    """And handshakes that never end, within its grace."""
    with emulator("--tls-port", "0") as server:
        client = connection(server, trusting())
        client.connect()
        silent = http.client.HTTPConnection("127.0.0.1", server.tls_port, timeout=PATIENCE)
        silent.connect()
        assert server.stop() == 0
        client.close()
        silent.close()


def test_a_log_for_machines_tells_both_urls() -> None:
    """In its first line."""
    options = ("--port", "0", "--tls-port", "0", "--ca", str(ca_folder()), "--log-format", "json")
    command = [sys.executable, "-m", "emulator", "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.terminate()
    assert told["url"].startswith("http://127.0.0.1:")
    assert told["tls"].startswith("https://127.0.0.1:")


@contextmanager
def held(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Emulator, Callable[[], None]]]:
    """An emulator's first start with this folder for its CA, which can't make one before the third value is called;
    its plain port answers.
    """
    import fcntl

    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        port, tls_port = one.getsockname()[1], other.getsockname()[1]
    options = ("--port", str(port), "--tls-port", str(tls_port), "--ca", str(folder), "--until-stdin-ends")
    command = [sys.executable, "-m", "emulator", "serve", *options]
    pipe = subprocess.PIPE
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
            server = Emulator(process, port, tls_port)
            end = time.monotonic() + PATIENCE
            while process.poll() is None and time.monotonic() < end:
                with suppress(ConnectionRefusedError):
                    assert server.call("GET", "/_emulator/ready").status == 200
                    break
            try:
                yield process, server, lock.close
            finally:
                process.kill()


@needs_flock
def test_a_first_start_serves_while_the_keys_are_made(tmp_path: Path) -> None:
    """At the plain port. What takes the keys waits for them: clients of the TLS port and of the proxy, who asks for the
    CA, and the line that says that both ports are ready.
    """
    folder = tmp_path / "ca"
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    with held(folder) as (process, server, let), ThreadPoolExecutor() as pool, ExitStack() as ends:
        assert server.token()
        through = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=PATIENCE, context=blind)
        through.set_tunnel("auth.routee.net", 443)
        clients = [ends.enter_context(closing(each)) for each in (connection(server, blind), through)]
        tokens = [pool.submit(token_through, each) for each in clients]
        certificate = pool.submit(server.call, "GET", "/_emulator/ca.pem")
        assert server.call("GET", "/_emulator/health").status == 200
        assert process.stdout is not None
        assert select.select([process.stdout.fileno()], [], [], 0)[0] == []
        assert not certificate.done()
        assert not any(each.done() for each in tokens)
        assert not list(folder.glob("*.pem"))
        let()
        assert all(each.result(PATIENCE) for each in tokens)
        assert certificate.result(PATIENCE).body == (folder / "ca.pem").read_bytes()
        assert f"and https://127.0.0.1:{server.tls_port} " in process.stdout.readline()


@needs_flock
def test_keys_that_can_t_be_made_after_all_end_the_start(tmp_path: Path) -> None:
    """Without a line that says it is ready, with the reason, and with nobody left waiting."""
    folder = tmp_path / "ca"
    with held(folder) as (process, server, let), ThreadPoolExecutor() as pool, ExitStack() as ends:
        client = ends.enter_context(closing(connection(server, ssl.create_default_context())))
        waiting = pool.submit(token_through, client)
        (folder / "ca-key.new").mkdir()  # stands in the way
        let()
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.stdout.read(), process.wait(PATIENCE)) == ("", 1)
        told = process.stderr.read()
        assert f"the CA can't be kept in {folder}" in told
        assert "Traceback" not in told
        assert isinstance(waiting.exception(PATIENCE), OSError)


def test_two_first_starts_share_a_ca(tmp_path: Path) -> None:
    """At once, in one folder: whoever trusts it trusts both."""
    with ExitStack() as both, ThreadPoolExecutor() as pool:
        options = ("--tls-port", "0", "--ca", str(tmp_path / "ca"))
        starts = [pool.submit(both.enter_context, emulator(*options)) for _ in range(2)]
        for each in starts:
            context = ssl.create_default_context(cafile=str(tmp_path / "ca" / "ca.pem") if each.result() else None)
            with closing(connection(each.result(), context)) as client:
                assert token_through(client)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--ca", "/proc/nowhere"), "the CA can't be kept in /proc/nowhere"),
        (("--tls-port", "{taken}"), "can't listen on 127.0.0.1 port {taken}"),
    ],
)
def test_a_tls_port_that_can_t_be_says_why_in_a_line(server: Emulator, options: tuple[str, ...], told: str) -> None:
    """Before anything is served."""
    given = [each.format(taken=server.tls_port) for each in options]
    ca = () if "--ca" in options else ("--ca", str(ca_folder()))
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--tls-port", "0", *ca, *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert told.format(taken=server.tls_port) in done.stderr
    assert "Traceback" not in done.stderr


def _ca() -> str:
    return str(ca_folder() / "ca.pem")
