"""Callbacks that are handed to the application under test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulator.testing import Application, OnLoop, Receiver, asgi, django, wsgi
from emulator.testing.receiver import Received
from tests.support.running import SMS

POST = Received(
    "/web%20hooks/71?shop=7",
    {"content-type": "application/json", "x-shop": "Σ71".encode().decode("latin-1")},
    b'{"a": 1}',
    0,
)


def test_a_wsgi_application_answers(failover: Application, failover_receiver: Receiver) -> None:
    """With its status; it sees path, query, headers and body as a server would hand them over."""
    seen: list[dict[str, Any]] = []
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Any:
            return iter([b"no"])

        def close(self) -> None:
            closed.append(True)

    def application(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        seen.append(environ | {"body": environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))})
        start("503 Service Unavailable" if len(seen) == 1 else "200 OK", [])
        return Body()

    failover_receiver.answer = wsgi(application)
    flow = failover.finish(failover.send(SMS, callback=failover_receiver.at("/told"), strategy="OnCompletion"))
    failover.advance("1h")
    assert [each.outcome for each in failover.callbacks(flow)] == ["received"]
    assert [post.answered for post in failover_receiver.posts] == [503, 200]
    assert closed == [True, True]
    assert (seen[0]["PATH_INFO"], seen[0]["REQUEST_METHOD"], seen[0]["QUERY_STRING"]) == ("/told", "POST", "")
    assert seen[0]["body"] == failover_receiver.posts[0].raw
    wsgi(application)(Received(POST.path, POST.headers | {"content-length": "8"}, POST.raw, 0))
    assert (seen[2]["PATH_INFO"], seen[2]["QUERY_STRING"]) == ("/web hooks/71", "shop=7")
    assert (seen[2]["CONTENT_TYPE"], seen[2]["body"]) == ("application/json", POST.raw)
    assert seen[2]["HTTP_X_SHOP"] == POST.headers["x-shop"]


def test_an_asgi_application_answers(failover: Application, failover_receiver: Receiver) -> None:
    """As it would behind a server."""
    seen: list[tuple[str, str, str, bytes]] = []

    async def hook(request: Request) -> Response:
        seen.append((request.url.path, request.url.query, request.headers["content-type"], await request.body()))
        return Response(status_code=202 if "shop" in request.query_params else 200)

    application = Starlette(routes=[Route("/{path:path}", hook, methods=["POST"])])
    failover_receiver.answer = asgi(application)
    flow = failover.finish(failover.send(SMS, callback=failover_receiver.at("/told")))
    failover.assert_callbacks(flow, count=3)
    assert seen[0] == ("/told", "", "application/json", failover_receiver.posts[0].raw)
    assert asgi(application)(POST) == 202
    assert seen[-1] == ("/web hooks/71", "shop=7", "application/json", POST.raw)


def test_django_s_test_client_is_called_as_it_wants() -> None:
    """With the body as it came, its type, and the headers by their names in an environment."""
    called: list[tuple[Any, ...]] = []

    class Answer:
        status_code = 204

    class Client:
        def generic(self, method: str, path: str, data: Any, content_type: str, **extra: Any) -> Answer:
            called.append((method, path, data, content_type, extra))
            return Answer()

    assert django(Client())(POST) == 204
    assert called == [("POST", POST.path, POST.raw, "application/json", {"HTTP_X_SHOP": POST.headers["x-shop"]})]


def test_posts_come_on_the_test_s_own_thread(failover: Application, failover_receiver: Receiver) -> None:
    """While something makes the emulator post; before and after, on the receiver's."""
    threads: list[threading.Thread] = []

    def answer(_: Received) -> int:
        threads.append(threading.current_thread())
        return 200

    failover_receiver.answer = answer
    flow = failover.send(SMS, callback=failover_receiver.url)
    before = len(failover_receiver.posts)
    ended = failover_receiver.here(failover.finish, flow)
    failover.assert_callbacks(ended, count=3)
    assert {*threads[before:]} == {threading.current_thread()}
    failover_receiver.here(failover.clock)
    other = failover.send(SMS, callback=failover_receiver.url)
    failover.finish(other)
    assert threading.current_thread() not in threads[3:]


def test_what_happens_meanwhile_is_raised(failover: Application, failover_receiver: Receiver) -> None:
    """What is done, and what the answer raises, which is a 500 for the emulator."""
    with pytest.raises(ZeroDivisionError):
        failover_receiver.here(lambda: 1 / 0)

    def answer(_: Received) -> int:
        raise KeyError("of the application")

    failover_receiver.answer = answer
    failover_receiver.here(failover.finish, failover.send(SMS, callback=failover_receiver.url))
    assert {post.answered for post in failover_receiver.posts} == {500}
    with pytest.raises(KeyError, match="of the application"):
        failover_receiver.wait(1)


@pytest.mark.anyio
async def test_it_does_not_hold_an_event_loop_up(failover_receiver: Receiver) -> None:
    """It says what does not."""
    with pytest.raises(OnLoop):
        failover_receiver.here(lambda: None)
