"""The process: whatever starts it, in a container or in a shell, and however it is told to end.

How much an installation takes is shown elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, combinations
from pathlib import Path
from shutil import which

import pytest

from emulator.cli import readyz
from tests.support.commands import run
from tests.support.running import PATIENCE, SMS, Emulator, emulator

PROGRAM = (sys.executable, "-m", "emulator")


@contextmanager
def started(*words: str, first: Sequence[str] = (), **variables: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is killed in the end; its environment has no settings but these variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EMULATOR_")} | variables
    pipe = subprocess.PIPE
    with subprocess.Popen([*first, *words], stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as made:
        try:
            yield made
        finally:
            made.kill()


def announced(process: subprocess.Popen[str]) -> int:
    """The port that a server says it listens on."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r":([0-9]+) \(", line)
    assert found, line
    return int(found[1])


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def exchanged(port: int, request: bytes, host: str = "127.0.0.1") -> bytes:
    """All that comes back for a request after which the client closes its sending side."""
    with socket.create_connection((host, port), timeout=PATIENCE) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        return client.makefile("rb").read()


# --- C1 ----------------------------------------------------------------------------------------------------------

LINK = "tcp://10.0.0.7:8080"


def test_c1_the_address_of_a_service_named_emulator_is_no_setting() -> None:
    """Kubernetes sets EMULATOR_PORT=tcp://...: it is ignored, with a word in the log."""
    with started(*PROGRAM, "serve", "--scenario", "hapy", EMULATOR_PORT=LINK) as process:
        _, told = process.communicate(timeout=PATIENCE)
        assert f"EMULATOR_PORT={LINK} is the address of a service" in told
        assert "did you mean 'happy'" in told


@pytest.mark.parametrize(
    ("command", "variable"), [("serve", "PORT"), ("demo", "PORT"), ("readyz", "PORT"), ("listen", "LISTEN_PORT")]
)
@pytest.mark.parametrize("scheme", ["tcp", "udp"])
def test_c1_no_command_takes_it_for_one(command: str, variable: str, scheme: str) -> None:
    """Nor of a service that is named after another variable."""
    done = run(command, "--wrong", **{f"EMULATOR_{variable}": f"{scheme}://10.0.0.7:8080"})
    assert (done.exit_code, "No such option '--wrong'" in done.stderr) == (2, True)
    done = run(command, "--help", **{f"EMULATOR_{variable}": "x"})
    assert done.exit_code == 0


def test_c1_a_variable_that_no_command_has_is_told() -> None:
    """A mistyped setting is not ignored without a word; what belongs to a service or to another command is no news."""
    links = {"EMULATOR_SERVICE_HOST": "10.0.0.7", "EMULATOR_SERVICE_PORT_HTTP": "80", "EMULATOR_PORT_8080_TCP": LINK}
    others = {"EMULATOR_URL": "http://127.0.0.1:1", "EMULATOR_CLOCK_APPLICATION": "app"}
    mistyped = {"EMULATOR_RTAE": "60", "EMULATOR_SPEED": "60"}
    with started(*PROGRAM, "serve", "--scenario", "hapy", **links, **others, **mistyped) as process:
        _, told = process.communicate(timeout=PATIENCE)
        assert "EMULATOR_RTAE is no setting, and is ignored; did you mean 'EMULATOR_RATE'?" in told
        assert "EMULATOR_SPEED is no setting, and is ignored" in told
        assert told.count("is ignored") == 2


# --- C2 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["::", "[::]"])
@pytest.mark.parametrize("options", [("serve", "--rate", "0"), ("listen",)])
def test_c2_all_addresses_means_ipv4_too(options: tuple[str, ...], host: str) -> None:
    """`--host ::` is one socket for both."""
    with started(*PROGRAM, *options, "--host", host, "--port", "0") as process:
        port = announced(process)
        for each in ("127.0.0.1", "::1"):
            assert b"HTTP/1.1 40" in exchanged(port, b"DELETE /nothing HTTP/1.1\r\nHost: x\r\n\r\n", each)


def test_c2_localhost_has_one_port_at_all_its_addresses() -> None:
    """Also when a free one is asked for."""
    with started(*PROGRAM, "serve", "--host", "localhost", "--port", "0") as process:
        port = announced(process)
        for *_, place in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM):
            assert b" 200 " in exchanged(port, b"GET /_emulator/ready HTTP/1.1\r\nHost: x\r\n\r\n", str(place[0]))


@pytest.mark.parametrize("host", ["::", "0.0.0.0", "localhost", "::1", "127.0.0.1"])
def test_c2_readyz_asks_where_the_server_listens(host: str) -> None:
    """Whatever address that is."""
    with started(*PROGRAM, "serve", "--host", host, "--port", "0") as process:
        port = str(announced(process))
        assert run("readyz", EMULATOR_HOST=host, EMULATOR_PORT=port).exit_code == 0


@pytest.mark.parametrize("first", [(), ("/sbin/docker-init", "--")])
def test_c2_readyz_knows_the_arguments_of_its_container_s_server(
    first: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of process 1, which is the server or starts it, go before variables; its own options go before all."""
    words = [*PROGRAM, "serve", "--credentials", "", "--port", str(free_port()), "--host", "::1"]
    with started(*words) as process:
        announced(process)
        given = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert run("readyz", EMULATOR_PORT="9").exit_code == 1
        monkeypatch.setattr(readyz, "FIRST", tmp_path / "cmdline")
        readyz.FIRST.write_bytes("".join(f"{word}\0" for word in first).encode() + given)
        assert run("readyz", EMULATOR_HOST="0.0.0.0", EMULATOR_PORT="9").exit_code == 0
        assert run("readyz", "--port", "9").exit_code == 1


def test_c2_readyz_names_the_address_it_asked() -> None:
    """With the reason, and when something else answers there."""
    assert run("readyz", "--port", "9").stderr == (
        "failover-emulator: no emulator is ready on http://127.0.0.1:9: Connection refused\n"
    )
    with started(*PROGRAM, "listen", "--port", "0", "--status", "503") as process:
        url = f"http://127.0.0.1:{announced(process)}"
        done = run("readyz", "--port", url.rpartition(":")[2])
        assert (done.exit_code, f"no emulator is ready on {url}: " in done.stderr, "503" in done.stderr) == (
            1,
            True,
            True,
        )


# --- C3 ----------------------------------------------------------------------------------------------------------

CLOSED = list(chain.from_iterable(combinations(("<&-", ">&-", "2>&-"), count) for count in (1, 2, 3)))


@pytest.mark.parametrize("closed", CLOSED, ids=" ".join)
def test_c3_closed_standard_streams_are_no_reason_to_end(closed: tuple[str, ...]) -> None:
    """Any of stdin, stdout, stderr."""
    port = free_port()
    words = [*PROGRAM, "serve", "--port", str(port), "--rate", "0"]
    with started("sh", "-c", f'exec "$@" {" ".join(closed)}', "sh", *words) as process:
        while run("readyz", "--port", str(port)).exit_code != 0:
            assert process.poll() is None
        assert Emulator(process, port).send(SMS)
        process.terminate()
        assert process.wait(PATIENCE) == 0


# --- C4 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", ["", "Expect: 100-continue\r\n", "Connection: close\r\n"])
def test_c4_a_client_that_closes_its_sending_side_is_answered(more: str) -> None:
    """On the fast way and on the usual one; with requests that wait behind others."""
    body = json.dumps({"flow": [SMS]})
    with emulator("--rate", "0") as server:
        head = f"Host: x\r\nAuthorization: Bearer {server.token()}\r\nContent-Type: application/json\r\n"
        post = f"POST /failover HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n{more}\r\n{body}".encode()
        assert b'"trackingId"' in exchanged(server.port, post)
        if not more:
            assert exchanged(server.port, post * 20).count(b'"trackingId"') == 20


def test_c4_so_it_is_by_the_emulator_s_own_api_and_by_listen() -> None:
    """Every server that there is."""
    with emulator("--rate", "0") as server:
        for path in ("ready", "clock", "flows", "journal", "openapi.json", ""):
            request = f"GET /_emulator/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            assert exchanged(server.port, request).startswith(b"HTTP/1.1 200 ")
    with started(*PROGRAM, "listen", "--port", "0") as process:
        request = b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
        assert exchanged(announced(process), request).startswith(b"HTTP/1.1 200 ")


# --- C5 ----------------------------------------------------------------------------------------------------------

ISOLATED = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child")


@pytest.fixture(params=[(), ISOLATED], ids=["process", "process 1"])
def first(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """What a command is started by: directly, or as process 1 of a namespace, as in a container."""
    words: tuple[str, ...] = request.param
    if words and (
        not which("unshare") or subprocess.run([*words, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this system gives no namespace")
    return words


def ended_by(number: int, process: subprocess.Popen[str], *, inner: bool) -> int:
    """The exit status of a process that is sent a signal, or whose only child is."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    os.kill(int(children.read_text().split()[0]) if inner else process.pid, number)
    return process.wait(PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_c5_a_signal_ends_a_server_that_has_not_started_yet(
    first: tuple[str, ...], number: int, tmp_path: Path
) -> None:
    """It waits for its prices here, which nobody writes."""
    os.mkfifo(prices := tmp_path / "prices.json")
    with started(*PROGRAM, "serve", "--port", "0", "--prices", str(prices), first=first) as process:
        with prices.open("w"):  # which waits for the server to read
            assert ended_by(number, process, inner=bool(first)) == 128 + number
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    "command", [("send", "--url"), ("check-webhook", "--timeout", "1000"), ("advance", "1s", "--url")]
)
def test_c5_a_signal_ends_every_command(first: tuple[str, ...], number: int, command: tuple[str, ...]) -> None:
    """They wait for an answer here that never comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with started(*PROGRAM, *command, url, first=first) as process:
            taken, _ = server.accept()
            with taken:
                taken.recv(1)
                assert ended_by(number, process, inner=bool(first)) == 128 + number


@pytest.mark.parametrize("command", ["serve", "listen"])
def test_c5_a_server_that_runs_ends_well(first: tuple[str, ...], command: str) -> None:
    """With status 0."""
    with started(*PROGRAM, command, "--port", "0", first=first) as process:
        announced(process)
        assert ended_by(signal.SIGTERM, process, inner=bool(first)) == 0


# --- C6 ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def powerless() -> tuple[str, ...]:
    """What starts a process to which the rights of files apply: nothing, unless this one may do everything."""
    if os.geteuid():
        return ()
    if not which("setpriv"):
        pytest.skip("this user may write everywhere")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


@pytest.mark.parametrize("what", ["folder", "file", "secret"])
def test_c6_a_store_that_can_t_be_written_is_told_with_path_user_and_what_to_do(
    powerless: tuple[str, ...], what: str, tmp_path: Path
) -> None:
    """In a line, whether the folder can't be written or the file, or the file, another user's, can't even be read."""
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "emulator.db"
    if what != "folder":
        sqlite3.connect(file).execute("PRAGMA user_version = 0")
        file.touch(0o444)
        file.chmod(0o444 if what == "file" else 0)
    else:
        folder.chmod(0o555)
    with started(*PROGRAM, "serve", "--port", "0", "--store", str(file), first=powerless) as process:
        _, told = process.communicate(timeout=PATIENCE)
    folder.chmod(0o755)
    assert process.returncode == 1
    place = folder if what == "folder" else file
    assert (
        f"the store {file} can't be used: user {os.geteuid()} of group {os.getegid()} may not write to {place}" in told
    )
    assert "--user" in told
    assert "another --store" in told


def test_c6_any_user_of_group_0_may_write_to_data_in_the_image() -> None:
    """As OpenShift and `--user 1000` run it."""
    text = (Path(__file__).parents[2] / "Dockerfile").read_text()
    assert "--gid 0" in text
    assert "chmod g=u /data" in text


# --- C7 ----------------------------------------------------------------------------------------------------------

FORMATS = Path(__file__).parents[1] / "store/sqlite/formats"


@pytest.mark.parametrize("version", sorted(path.stem for path in FORMATS.glob("*.sql")))
def test_c7_a_store_of_an_older_format_goes_on(version: str, tmp_path: Path) -> None:
    """It is brought up when it is opened, and stays so."""
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.executescript((FORMATS / f"{version}.sql").read_text())
    connection.close()
    for _ in range(2):
        with emulator("--store", str(path), "--rate", "0") as server:
            flows = server.call("GET", "/_emulator/flows").json()
            assert flows["total"] == 4
            assert server.stop() == 0


OTHER = "CREATE TABLE person(name TEXT);"
OLD = (FORMATS / "2.sql").read_text()


@pytest.mark.parametrize(
    ("made", "told"),
    [
        pytest.param(None, "is damaged: file is not a database", id="no database"),
        pytest.param(OTHER, "is no store of this emulator", id="of another program"),
        pytest.param(OLD + "PRAGMA user_version = 99;", "has format 99, of a newer emulator", id="newer"),
        pytest.param(OLD + "UPDATE flow SET state = x'7B';", "it is damaged: Input data was truncated", id="damaged"),
    ],
)
def test_c7_a_file_that_can_t_be_brought_up_is_told_in_words(made: str | None, told: str, tmp_path: Path) -> None:
    """With what to do; it is left as it is."""
    path = tmp_path / "store.db"
    if made is None:
        path.write_bytes(b"no database " * 1000)
    else:
        connection = sqlite3.connect(path)
        connection.executescript(f"{made} PRAGMA journal_mode = WAL;")
        connection.close()
    before = path.read_bytes()
    with started(*PROGRAM, "serve", "--port", "0", "--store", str(path)) as process:
        _, why = process.communicate(timeout=PATIENCE)
    assert (process.returncode, why.count("\n")) == (1, 1)
    assert told in why
    assert "another --store" in why
    assert path.read_bytes() == before
