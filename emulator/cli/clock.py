"""The commands for time: `clock` shows it and sets its rate, `advance` moves it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import click

from emulator.cli.options import Rate, connected, control_options, option
from emulator.clock import durations
from emulator.errors import EmulatorError, Json
from emulator.journal.timeline import dated
from emulator.validation.hints import quoted
from emulator.validation.printing import printable, printable_json

EVERY: Final = 2.0
"""Real seconds between two words about the progress of an advance."""


@click.command()
@option("--rate", "Set the rate first: a number from 0, or instant.", variable="CLOCK_RATE", kind=Rate())
@control_options
@option("--json", "Print JSON instead of text.", default=False)
def clock(url: str, token: str, application: str, rate: float | None, json: bool) -> None:  # noqa: FBT001  # click hands it over by name
    """Show the emulated time, its rate, and when something happens next."""
    with connected(url, token) as client:
        app = client.application(application)
        state = app.clock() if rate is None else app.set_rate(rate)
    click.echo(printable_json(state) if json else in_a_line(state.now, state.rate, state.next))


@click.command()
@click.argument("goal")
@control_options
@option("--json", "Print JSON instead of text.", default=False)
def advance(goal: str, url: str, token: str, application: str, json: bool) -> None:  # noqa: FBT001  # as above
    """Move time: by a duration (24h), to a time (2026-01-01T12:00Z), to the `next` event, or until all is `idle`."""
    wanted = goal_of(goal)
    with connected(url, token, timeout=None) as client, progress(url, token, application):
        moved = client.control("POST", "/clock/advance", wanted | {"application": application})
    if json:
        click.echo(printable_json(moved))
        return
    for entry in moved["happened"]:
        click.echo(printable(dated(entry)))
    click.echo(in_a_line(moved["now"], moved["rate"], moved["next"]))


@contextmanager
def progress(url: str, token: str, application: str) -> Iterator[None]:
    """While the block runs, show on standard error every few seconds how far time has come."""
    over = threading.Event()

    def show() -> None:
        with suppress(EmulatorError), connected(url, token) as client:
            while not over.wait(EVERY):
                click.echo(f"on the way: {client.application(application).clock().now}", err=True)

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def goal_of(text: str) -> Json:
    """The member of a body of POST /_emulator/clock/advance that these words stand for. Raises EmulatorError."""
    if text in ("next", "idle"):
        return {"until": text}
    if re.match(r"[0-9]{4}-", text):
        return {"to": text}
    try:
        durations.parse(text)
    except ValueError as error:
        if durations.is_one(text):
            raise EmulatorError(
                f"a duration {error}, not {text}; a time such as 2045-01-01T00:00Z may be later"
            ) from error
        near = f"; did you mean {said}?" if (said := durations.meant(text)) else ""
        expected = "a duration such as 24h, a time such as 2026-01-01T12:00Z, next or idle"
        raise EmulatorError(f"{quoted(text)} is no time to go to; expected {expected}{near}") from error
    return {"by": text}


def in_a_line(now: str, rate: float | str, following: str | None) -> str:
    """A clock's state for people."""
    speed = "stands still" if rate == 0 else f"rate {rate}"
    return f"{now} ({speed}), " + (f"next event at {following}" if following else "nothing is left to happen")
