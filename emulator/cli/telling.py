"""The end of `demo` that talks to its emulator: it opens the page, has a story played, and says what that says.

What a story is, and who plays it, is up to the emulator, as for the page.
"""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import click

from emulator.client.client import Client
from emulator.errors import EmulatorError
from emulator.validation.printing import printable

LOOK: Final = 0.25
"""Real seconds between two looks at a story that is played."""
AGAIN: Final = "Press Enter to play it once more."
OVER: Final = ("ended", "failed")


def begin(url: str, story: str, *, browser: bool) -> None:
    """Open the page of an emulator, and have a story played, which is followed on a thread of its own. Opens nothing
    where a browser would have no screen, since it would take the terminal.
    """
    screen = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and screen:
        webbrowser.open(f"{url}/_emulator/")
    threading.Thread(target=tell, args=(url, story, 1.0, enter), name="story", daemon=True).start()


def tell(url: str, story: str, pace: float, again: Callable[[], bool]) -> None:
    """Have a story played, say what it says and that it is over, and have it played once more as often as `again`
    answers that it shall be.
    """
    with suppress(EmulatorError):  # the emulator may end before the story
        play(url, story, pace)
        click.echo(f"The story is over; the emulator goes on. {AGAIN if sys.stdin.isatty() else ''}".rstrip())
        while again():
            click.echo("Once more.")
            play(url, story, pace)
            click.echo(f"The story is over. {AGAIN}")


def enter() -> bool:
    """Wait for Enter; False at once if nobody is there who could press it. The descriptor is read, since a thread that
    holds `sys.stdin` would hang the end of the process.
    """
    try:
        return sys.stdin.isatty() and bool(os.read(0, 1024))
    except OSError:
        return False


def play(url: str, story: str, pace: float) -> None:
    """Have a story played from its beginning, and print its captions until it is over. Raises EmulatorError."""
    rest, said = threading.Event(), ""
    with Client(url) as client:
        at = client.control("POST", f"/stories/{story}", {"act": "replay", "pace": pace})
        while at["stand"] not in OVER:
            rest.wait(LOOK)
            at = client.control("GET", f"/stories/{story}")
            if at["caption"] not in {"", said}:
                said = at["caption"]
                click.echo(printable(f"  {said}"))
    if at["problem"]:
        click.echo(printable(f"The story stopped: {at['problem']}"), err=True)
