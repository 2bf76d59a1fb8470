"""A webhook receiver for tests: real sockets on a thread, every post kept, the answer as the test wishes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from msgspec import DecodeError, Struct, json

from emulator.client.results import summary
from emulator.errors import Json

PATIENCE = 10.0
"""Real seconds that a test waits for a post, unless it says otherwise."""


class Received(Struct, frozen=True):
    """One post: its path, headers (names in small letters) and body; `answered` is the status that it got."""

    path: str
    headers: dict[str, str]
    raw: bytes
    answered: int

    @property
    def body(self) -> Json:
        """The body's JSON. Raises msgspec.DecodeError if it is none."""
        return json.decode(self.raw, type=Json)

    @property
    def flow(self) -> str | None:
        """The id of the flow that it tells of, if it can be read."""
        try:
            return self.body.get("trackingId")
        except DecodeError:
            return None

    def __str__(self) -> str:
        try:
            return summary(self.body)
        except (DecodeError, LookupError, TypeError):
            return f"{self.path} {self.raw[:80]!r}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024  # many callbacks may come at one instant


class Receiver:
    """Listens on a free port of `host`; `public` is the name by which the emulator reaches it. Use it as a context
    manager, or close it.
    """

    def __init__(self, host: str = "127.0.0.1", public: str = "") -> None:
        self.answer: Callable[[Received], int] = lambda _: 200
        self._posts: list[Received] = []
        self._came = threading.Condition()
        self._server = _Server((host, 0), _handler(self))
        self._public = public or host
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://{self._public}:{self._server.server_port}/hook"

    @property
    def posts(self) -> list[Received]:
        """All posts so far, in the order in which they came."""
        with self._came:
            return list(self._posts)

    def of(self, flow: str) -> list[Received]:
        """The posts that tell of one flow."""
        return [post for post in self.posts if post.flow == flow]

    def wait(self, count: int, timeout: float = PATIENCE) -> list[Received]:
        """The first so many posts, once they have come. Raises AssertionError after `timeout` real seconds."""
        with self._came:
            if not self._came.wait_for(lambda: len(self._posts) >= count, timeout):
                came = "".join(f"\n  {post}" for post in self._posts)
                raise AssertionError(f"{len(self._posts)} of {count} callbacks came within {timeout:g} s{came}")
            return list(self._posts[:count])

    def clear(self) -> None:
        """Forget all posts."""
        with self._came:
            self._posts.clear()

    def keep(self, post: Received) -> None:
        """Keep a post that was answered."""
        with self._came:
            self._posts.append(post)
            self._came.notify_all()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Receiver {self.url}: {len(self.posts)} posts>"


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.answer(Received(self.path, headers, raw, 0))
            receiver.keep(Received(self.path, headers, raw, status))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
