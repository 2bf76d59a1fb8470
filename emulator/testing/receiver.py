"""A webhook receiver for tests: real sockets on a thread; keeps every post, and answers as the test wishes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import ParamSpec, Self, TypeVar

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from emulator.client.connection import Misused, refuse_on_loop
from emulator.client.results import Flow, summary
from emulator.errors import Json, plural

__tracebackhide__ = True
"""pytest shows the line of a test that waited, and none of this module."""

P = ParamSpec("P")
R = TypeVar("R")
STILL = "on a clock that stands still the others wait for `finish` or `advance`"
"""What is told with callbacks that did not come."""
PATIENCE = 10.0
"""Real seconds that a test waits for a post, unless it says otherwise."""


_IDS = ("trackingId", "conversationTrackingId", "messageId", "flowId")
"""The members of a body that may have the id of its flow or message; that of a call is its conversation's."""
_ANSWERED = ("referenceTrackingId",)
"""The same of a reply: the id of the message that is answered."""


class Received(Struct, frozen=True):
    """One post: its path, headers (names in small letters) and body; `answered` is the HTTP status of its answer."""

    path: str
    headers: dict[str, str]
    raw: bytes
    answered: int

    @property
    def body(self) -> Json:
        """The body, decoded. Raises msgspec.DecodeError if it is no JSON object."""
        return json.decode(self.raw, type=Json)

    @property
    def flow(self) -> str | None:
        """The id of the flow or message that the body is about; None if it can't be read, and of an Sms that came in,
        which names none.
        """
        try:
            body = self.body
        except DecodeError:
            return None
        names = _ANSWERED if body.get("direction") == "Inbound" else _IDS
        return next(filter(None, map(body.get, names)), None)

    def __str__(self) -> str:
        try:
            return summary(self.body)
        except (DecodeError, LookupError, TypeError):
            return f"{self.path} {self.raw[:80]!r}"


Answer = int | Sequence[int] | Callable[[Received], int]
"""How a receiver answers: with this HTTP status; with each of these statuses once, then with 200; or with what this
function says to a post.
"""


class Receiver:
    """Listens on a free port of `host` from the start; `public` is the name by which the emulator reaches it. `answer`
    decides the HTTP status of each post, 200 unless a test sets it. Use it as a context manager, or close it. Leaving
    the context raises what an `answer` raised, unless `wait` did.
    """

    def __init__(self, host: str = "127.0.0.1", public: str = "") -> None:
        self.answer = 200
        self._failed: BaseException | None = None
        self._posts: list[Received] = []
        self._here: SimpleQueue[Callable[[], object] | None] | None = None
        self._changed = threading.Condition()
        self._server = _Server((host, 0), _Handler)
        self._server.receiver = self
        self._public = public or host
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def answer(self) -> Answer:
        """How posts are answered from now on. Setting it raises Misused for what is no answer."""
        return self._answer

    @answer.setter
    def answer(self, answer: Answer) -> None:
        self._answer = answer
        if callable(answer):
            self._decide = answer
        elif isinstance(answer, list | tuple):
            left = iter([_status(each) for each in answer])
            self._decide = lambda _: next(left, 200)
        else:
            status = _status(answer)
            self._decide = lambda _: status

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://{self._public}:{self._server.server_port}/hook"

    @property
    def posts(self) -> list[Received]:
        """All posts so far, in the order in which they were answered."""
        with self._changed:
            return list(self._posts)

    def at(self, path: str) -> str:
        """Where to post for `answer` to see this path, such as that of the webhook in the application under test."""
        return self.url.removesuffix("/hook") + path

    def here(self, act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do something that makes the emulator post, such as `failover.finish`, on another thread, and answer the posts
        on this one meanwhile: for what only the test's thread sees, such as a transaction of its database. Returns and
        raises what it does.
        """
        refuse_on_loop("here", "the calls of failover_async")
        self._here = queue = SimpleQueue[Callable[[], object] | None]()
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(act, *args, **kwargs)
            done.add_done_callback(lambda _: queue.put(None))
            try:
                while (decide := queue.get()) is not None:
                    decide()
            finally:
                with self._changed:
                    self._here = None
                while not queue.empty():  # what came as it ended
                    (queue.get() or bool)()
            return done.result()

    def of(self, flow: str | Flow) -> list[Received]:
        """The posts about one flow, which is given by its id, or as the client has it: then also those about its
        messages so far, such as replies to them.
        """
        if isinstance(flow, str):
            wanted = {flow}
        else:
            wanted = {flow.id, *(each[name] for each in flow.raw["messages"] for name in _IDS if name in each)}
        return [post for post in self.posts if post.flow in wanted]

    def wait(self, count: int, timeout: float = PATIENCE) -> list[Received]:
        """Wait for the first `count` posts and return them. Raises AssertionError after `timeout` real seconds, and
        what an `answer` raised; OnLoop where it would have to wait on a running event loop.
        """
        with self._changed:
            if not self._failed and len(self._posts) < count:
                refuse_on_loop("wait", "what makes the emulator post, such as finish of failover_async")
            came = self._changed.wait_for(lambda: self._failed or len(self._posts) >= count, timeout)
            self._raise()
            if not came:
                listed = "".join(f"\n  {post}" for post in self._posts)
                told = f"{len(self._posts)} of {plural(count, 'callback')} came within {timeout:g} s"
                raise AssertionError(f"{told}; {STILL}{listed}")
            return self._posts[:count]

    def clear(self) -> None:
        """Forget all posts."""
        with self._changed:
            self._posts.clear()

    def take(self, post: Received) -> int:
        """Decide the HTTP status that a post is answered with, keep the post, and wake those who wait for it. Where the
        test's own `answer` fails, that is 500.
        """
        try:
            status = _status(self._decided(post))
        except BaseException as error:
            self._failed, status = error, 500
        with self._changed:
            self._posts.append(replace(post, answered=status))
            self._changed.notify_all()
        return status

    def _decided(self, post: Received) -> int:
        """What the test decides about a post: on the thread of `here`, if that waits for posts."""
        made = Future[int]()

        def decide() -> None:
            try:
                made.set_result(self._decide(post))
            except BaseException as error:
                made.set_exception(error)

        with self._changed:
            if queue := self._here:
                queue.put(decide)
        if not queue:
            decide()
        return made.result(PATIENCE)

    def _raise(self) -> None:
        if (failed := self._failed) is not None:
            self._failed = None
            raise failed

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.close()
        if kind is None:
            self._raise()

    def __repr__(self) -> str:
        return f"<Receiver {self.url}: {plural(len(self.posts), 'post')}>"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024  # many callbacks may come at one instant
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = self.server.receiver.take(Received(self.path, headers, raw, 0))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def _status(status: object) -> int:
    """A status that a receiver can answer. Raises Misused for anything else."""
    if isinstance(status, int) and not isinstance(status, bool) and 200 <= status <= 599:
        return status
    raise Misused(
        f"a receiver's answer is an HTTP status from 200 to 599, a list of them, or a function that returns one; "
        f"it is {status!r}"
    )
