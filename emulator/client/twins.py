"""The client's application for tests and programs with a running event loop: each call is awaited.

A blocking call would hold the loop up, and with it the webhook that is to answer a callback meanwhile. Each call here
runs on a thread, over a connection that no other call uses at that time, so several can be under way at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

from emulator.client.client import Application

__tracebackhide__ = True
"""pytest shows the line of a test that made a call, and none of this module."""

P = ParamSpec("P")
R = TypeVar("R")


class Twin(Generic[P, R]):
    """The awaitable twin of a method of Application: it takes the same arguments, and raises and returns the same."""

    def __init__(self, method: Callable[Concatenate[Application, P], R]) -> None:
        self._method = method
        self.__doc__ = method.__doc__

    def __get__(self, owner: AsyncApplication, _: type[AsyncApplication]) -> Callable[P, Awaitable[R]]:
        @wraps(self._method)
        async def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return await owner.run(lambda application: self._method(application, *args, **kwargs))

        return call


class AsyncApplication:
    """An application whose calls are awaited; see Application for what each does. Close it, or use it as a context
    manager; the application that it is made of stays open.
    """

    def __init__(self, application: Application) -> None:
        self.id = application.id
        self.secret = application.secret
        self._application = application
        self._idle: list[Application] = []

    token = Twin(Application.token)
    call = Twin(Application.call)
    send = Twin(Application.send)
    send_body = Twin(Application.send_body)
    send_sms = Twin(Application.send_sms)
    send_viber = Twin(Application.send_viber)
    send_call = Twin(Application.send_call)
    send_code = Twin(Application.send_code)
    send_otp = Twin(Application.send_otp)
    confirm = Twin(Application.confirm)
    flow = Twin(Application.flow)
    flows = Twin(Application.flows)
    only = Twin(Application.only)
    callbacks = Twin(Application.callbacks)
    journal = Twin(Application.journal)
    refusals = Twin(Application.refusals)
    requests = Twin(Application.requests)
    timeline = Twin(Application.timeline)
    verify = Twin(Application.verify)
    clock = Twin(Application.clock)
    set_rate = Twin(Application.set_rate)
    advance = Twin(Application.advance)
    finish = Twin(Application.finish)
    scenario = Twin(Application.scenario)
    override = Twin(Application.override)
    clear_overrides = Twin(Application.clear_overrides)
    report = Twin(Application.report)
    reply = Twin(Application.reply)
    press = Twin(Application.press)
    cancel = Twin(Application.cancel)
    resend = Twin(Application.resend)
    balance = Twin(Application.balance)
    set_balance = Twin(Application.set_balance)
    revoke_tokens = Twin(Application.revoke_tokens)
    reset = Twin(Application.reset)
    assert_succeeded = Twin(Application.assert_succeeded)
    assert_failed = Twin(Application.assert_failed)
    assert_messages = Twin(Application.assert_messages)
    assert_request = Twin(Application.assert_request)
    assert_callbacks = Twin(Application.assert_callbacks)

    @property
    def url(self) -> str:
        """The emulator's base URL."""
        return self._application.client.url

    async def control(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """Call the emulator's own API, as Client.control does."""
        return await self.run(lambda application: application.client.control(method, path, body, **query))

    async def run(self, act: Callable[[Application], R]) -> R:
        """Run what uses an application on a thread, with an application that has a connection of its own."""
        from anyio import to_thread  # costs more than the rest of the client

        same = self._application
        application = self._idle.pop() if self._idle else Application(same.client.another(), same.id, same.secret)
        try:
            return await to_thread.run_sync(act, application)
        except Exception as error:
            place = error.__traceback__
            while place is not None and place.tb_frame.f_code is not getattr(act, "__code__", None):
                place = place.tb_next  # what leads to the thread is of no use to a test
            raise error.with_traceback(place) from error.__cause__
        finally:
            self._idle.append(application)

    def close(self) -> None:
        """Close the connections, once no call is under way."""
        for application in self._idle:
            application.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<AsyncApplication {self.id} of {self.url}>"
