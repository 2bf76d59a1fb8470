"""Real processes and sockets for tests: an emulator, and a webhook receiver that keeps what it gets."""

from __future__ import annotations

import atexit
import base64
import hashlib
import http.client
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PATIENCE = 20
"""Real seconds after which waiting for anything is a failure."""


class Answer:
    """An HTTP answer: status, headers in small letters, body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)


class Emulator:
    """A running emulator, spoken to as a client does."""

    def __init__(self, process: subprocess.Popen[str], port: int, tls_port: int = 0) -> None:
        self.process = process
        self.port = port
        self.tls_port = tls_port
        self._token = ""

    def call(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def token(self, application: str = "app", scope: str = "") -> str:
        """A new or repeated access token."""
        pair = base64.b64encode(f"{application}:secret".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        body = f"grant_type=client_credentials&scope={scope}".encode()
        found: str = self.call("POST", "/oauth/token", body, headers).json()["access_token"]
        return found

    def forget_token(self) -> None:
        """Ask for a new token at the next call; time may have ended the old one."""
        self._token = ""

    def api(self, method: str, path: str, body: object = None, token: str = "") -> Answer:
        """One call of the API with a bearer token; `body` is sent as JSON unless it is bytes."""
        if not token:
            token = self._token = self._token or self.token()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return self.call(method, path, data, headers)

    def send(self, *steps: dict[str, Any], callback: str = "", strategy: str = "OnStep") -> str:
        """Send a flow; its tracking id."""
        body: dict[str, Any] = {"flow": list(steps)}
        if callback:
            body["callback"] = {"strategy": strategy, "url": callback}
        answer = self.api("POST", "/failover", body)
        assert answer.status == 200, answer.body
        found: str = answer.json()["trackingId"]
        return found

    def journal(self, flow: str = "") -> list[dict[str, Any]]:
        """The journal's entries."""
        query = f"?flow={flow}" if flow else ""
        found: list[dict[str, Any]] = self.call("GET", f"/_emulator/journal{query}").json()["entries"]
        return found

    def newest(self) -> dict[str, Any]:
        """The newest entry that is no attempt at a callback: those end whenever their receivers answer, also receivers
        of earlier tests.
        """
        return [entry for entry in self.journal() if entry["kind"] != "attempt"][-1]

    def advance(self, application: str = "", **goal: str) -> Any:
        """Move time; what happened."""
        body = json.dumps(goal | ({"application": application} if application else {})).encode()
        answer = self.call("POST", "/_emulator/clock/advance", body)
        assert answer.status == 200, answer.body
        return answer.json()

    def clock(self, application: str = "") -> Any:
        """The state of a clock."""
        return self.call("GET", f"/_emulator/clock?application={application}").json()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the process a signal and wait for its end; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@cache
def ca_folder() -> Path:
    """The folder of the CA of all emulators of this process, which is removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="failover-emulator-ca-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def stored(options: tuple[str, ...]) -> tuple[str, ...]:
    """Options of `serve` whose store is a schema of the database at $TEST_STORE, if that is set: one of its own
    for each file that is named, or a new one. It has $TEST_WORKERS workers, if that is set too.
    """
    database = os.environ.get("TEST_STORE")
    if not database:
        return options
    given = list(options)
    file = given[given.index("--store") + 1] if "--store" in given else os.urandom(16).hex()
    if "--store" in given:
        del given[given.index("--store") : given.index("--store") + 2]
    schema = f"t{hashlib.blake2b(file.encode(), digest_size=16).hexdigest()}"
    if workers := os.environ.get("TEST_WORKERS"):
        given += ["--workers", workers]
    return (*given, "--store", f"{database}{'&' if '?' in database else '?'}schema={schema}")


@contextmanager
def emulator(*options: str, log: Path | None = None) -> Iterator[Emulator]:
    """An emulator of its own process, with these options of `serve`, on a free port; its log goes to this file. It ends
    with this process, whichever way that does.
    """
    options = stored(options)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EMULATOR_")}
    environment["EMULATOR_CA"] = str(ca_folder())
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--until-stdin-ends", *options]
    errors = log.open("wb") if log else None
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://[^:]+:([0-9]+)", line)
            assert found, f"not ready: {line}"
            secure = re.search(r"https://[^:]+:([0-9]+)", line)
            yield Emulator(process, int(found[1]), int(secure[1]) if secure else 0)
        finally:
            process.kill()
            if errors:
                errors.close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024  # many callbacks may come at one instant


class Receiver:
    """A webhook receiver on a thread: posts wait in a queue, `answer` decides the HTTP status of each, `says` the
    body that answers it.
    """

    def __init__(self) -> None:
        self._posts: queue.Queue[tuple[str, dict[str, str], bytes]] = queue.Queue()
        self.answer: Callable[[int], int] = lambda _: 200
        self.count = 0
        self.accepted = 0
        self.connections = 0
        self.seen: Counter[bytes] = Counter()
        self.says: Callable[[bytes], bytes] = lambda _: b""
        self.judge: Callable[[bytes, int], int] = lambda _, __: self.answer(self.count)
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                receiver.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.count += 1
                receiver.seen[body] += 1
                status = receiver.judge(body, receiver.seen[body])
                receiver.accepted += status == 200
                headers = {key.lower(): value for key, value in self.headers.items()}
                if status == 200:
                    receiver._posts.put((self.path, headers, body))
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                said = receiver.says(body)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def next(self) -> Any:
        """The JSON of the next post that was answered with 200."""
        return json.loads(self.next_post()[2])

    def next_post(self) -> tuple[str, dict[str, str], bytes]:
        """Path, headers and body of that post."""
        return self._posts.get(timeout=PATIENCE)

    def flow(self) -> list[Any]:
        """The posts of one flow, to the one that says that it is final."""
        told = [self.next()]
        while told[-1]["status"] not in ("Succeeded", "Failed"):
            told.append(self.next())
        return told

    def rest(self) -> list[Any]:
        """The posts that have come and were not asked for yet."""
        found = []
        while not self.empty():
            found.append(self.next())
        return found

    def posts(self) -> list[tuple[str, dict[str, str], bytes]]:
        """The same with paths and headers, and the body as it came."""
        found = []
        while not self.empty():
            found.append(self.next_post())
        return found

    def empty(self) -> bool:
        """Whether nothing more has come."""
        return self._posts.empty()

    def close(self) -> None:
        """Stop receiving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver for one test."""
    made = Receiver()
    try:
        yield made
    finally:
        made.close()


SMS: dict[str, Any] = {"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Parcel 71 is ready"}}
VIBER: dict[str, Any] = {
    "type": "Viber",
    "senderInfoTrackingId": "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10",
    "to": "+306912345678",
    "message": {"text": "Parcel 71 is ready"},
}
VOICE: dict[str, Any] = {
    "type": "Voice",
    "from": "302100000000",
    "to": {"phone": "+306912345678", "viber": "", "sip": ""},
    "dialPlan": {"verbs": [{"type": "SAY", "message": {"language": "el-GR", "text": "Parcel ready"}}]},
}
