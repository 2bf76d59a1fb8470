"""The receiver of `listen`: it shows the body of every POST, GET or PUT, and gives all the same answer."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

import click
import uvicorn
from msgspec import DecodeError, json
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulator.errors import Json
from emulator.http.listener import Listener, until_signal
from emulator.http.protocol import Protocol
from emulator.testing.receiver import Received
from emulator.validation.printing import printable, printable_json


async def listen(  # noqa: PLR0913  # they are the command's options
    host: str, port: int, status: int, delay: float, show: Callable[[str], None], *, short: bool, as_json: bool
) -> None:
    """Receive until SIGINT or SIGTERM, and show each request: as text, in a line if `short`, or as a line of JSON.
    `delay` is in real seconds. What is shown is shown after the answer, and does not change it. Raises PortError.
    """

    async def receive(request: Request) -> Response:
        body, path = await request.body(), request.url.path
        shown = in_json(request.method, path, body, status) if as_json else summary(body, path, short=short)
        await asyncio.sleep(delay)
        return Response("", status, background=BackgroundTask(printed, shown))

    async def printed(text: str) -> None:
        show(text)

    def begun(url: str) -> None:
        words = f"listening on {url} (answers {status} after {delay:g} s)"
        show(printable_json({"listening": url, "answers": status, "delay": delay}) if as_json else words)

    application = Starlette(routes=[Route("/{path:path}", receive, methods=["POST", "GET", "PUT"])])
    config = uvicorn.Config(
        application, host=host, port=port, http=Protocol, ws="none", lifespan="off", access_log=False, log_config=None
    )
    listener = Listener(config, begun)
    until_signal(listener.stop)
    await listener.serve()


def in_json(method: str, path: str, body: bytes, status: int) -> str:
    """A request in a line of JSON, with the status that it is answered, and the id of the flow or message that it is
    about, if it names one; a body that is no JSON object is a text there.
    """
    post = Received(path, {}, body, status)
    try:
        told: Json | str = post.body
    except DecodeError:
        told = body.decode(errors="replace")
    return printable_json({"method": method, "path": path, "answered": status, "flow": post.flow, "body": told})


def summary(body: bytes, path: str, *, short: bool = False) -> str:
    """A callback in a line of words, then, unless it is `short`, as indented JSON; any other body as it is."""
    try:
        words = _words(json.decode(body, type=Json), path)
    except (DecodeError, KeyError, TypeError):
        return printable(f"{path} {body.decode(errors='replace')}")
    head = printable(" ".join(map(str, words)))
    if short:
        return head
    return "\n".join([head, *map(printable, json.format(body, indent=2).decode().splitlines())])


def _words(told: Json, path: str) -> tuple[str, ...]:
    """When something came, where, what it is about, and what it says. Raises KeyError or TypeError for no callback."""
    if {"messages", "steps"} & told.keys():
        return _of_flow(told, path)
    if "recipient" in told:
        return told["updatedAt"], path, told["trackingId"], f"{told['status']}:", f"code for {told['recipient']}"
    if told.get("direction") == "Inbound":
        at, name = told.get("sentDate") or told["receivedDate"], told.get("referenceTrackingId") or told["messageId"]
        said = filter(None, (told["message"], told.get("filename") or told.get("media")))
        return at, path, name, "reply:", told["from"], ", ".join(said)
    if "conversationTrackingId" in told and "status" not in told:
        about = told.get("answeredBy") or f"keys {told['collectedTones']}" if len(told) > 4 else "a dial plan"
        return path, told["conversationTrackingId"], "asks:", about
    return _of_single(told, path)


def _of_flow(told: Json, path: str) -> tuple[str, ...]:
    if "steps" in told:  # of a one-time password
        steps = " -> ".join(f"{each['channel']} {each['status']}" for each in told["steps"])
        return path, told["flowId"], f"{told['status']}:", steps
    messages = " -> ".join(f"{each['type']} {each['status']['name']}" for each in told["messages"])
    return told["updatedAt"], path, told.get("trackingId", "-"), f"{told['status']}:", messages


def _of_single(told: Json, path: str) -> tuple[str, ...]:
    name = told.get("conversationTrackingId") or told.get("messageId") or told["trackingId"]
    what = f"Sms, part {told['part']} of {told['parts']}" if "part" in told else told["originatingService"]
    return told["status"]["updatedDate"], path, name, f"{told['status']['name']}:", what


class Printer:
    """Prints lines to standard output, with replacements for what its encoding lacks. Once nobody reads it any more, it
    says so on standard error and prints nothing else.
    """

    def __init__(self) -> None:
        self._read = True

    def __call__(self, text: str) -> None:
        """Print a text and a line break."""
        encoding = sys.stdout.encoding or "ascii"
        try:
            if self._read:
                click.echo(text.encode(encoding, "backslashreplace").decode(encoding))
        except OSError as error:
            self._read = False
            sys.stdout = open(os.devnull, "w", encoding="ascii")  # noqa: PTH123, SIM115  # Python flushes it at its end
            click.echo(f"nothing more is shown: {error.strerror}; callbacks are still answered", err=True)
