"""The story that `demo` plays: a shop sends messages that are delivered, fail, and move from channel to channel.

Every message goes through the API, as any client's do. The numbers are those to which the default scenario gives a
meaning.
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
from msgspec import Struct

from emulator.client.client import Client
from emulator.client.connection import Refused
from emulator.errors import EmulatorError, Json
from emulator.fakes import samples

PAUSE: Final = 1.5
"""Real seconds between two messages."""
APPLICATION: Final = "corner-shop"
"""The application that sends them."""
AGAIN: Final = "Press Enter to play it once more."


class Scene(Struct, frozen=True):
    """One flow of the story: its channels in order, its recipient, its text, and the picture that Viber shows, which
    the page has.
    """

    channels: tuple[str, ...]
    to: str
    text: str
    picture: str = "parcel"


STORY: Final = (
    Scene(("Viber", "Sms"), "+306900000500", "Good morning! Your order 71 has left our shop.", "shop"),
    Scene(("Viber", "Sms"), "+306900000100", "Your parcel 72 arrives today between 14:00 and 16:00."),
    Scene(("Sms", "Voice"), "+306900000010", "482 913 is your code. It is good for five minutes."),
    Scene(("Viber", "Sms", "Voice"), "+306900000111", "Please call us: we could not deliver parcel 73."),
    Scene(("Viber",), "+306900000000", "Your receipt for order 71 is ready.", "receipt"),
    Scene(("Voice", "Viber"), "+306900000001", "Your appointment is tomorrow at 9:30.", "shop"),
    Scene(("Viber", "Sms"), "+306900000200", "Your parcel 74 waits in the locker at the station.", "locker"),
    Scene(("Sms",), "+306900000050", "Your invoice is due on Friday."),
    Scene(("Viber", "Sms"), "+306900000300", "We have kept your size: order until tonight.", "shop"),
    Scene(("Voice", "Sms"), "+306900000002", "This is your doctor's practice: please confirm your visit."),
    Scene(("Viber", "Voice"), "+306900000600", "Your taxi is at the door.", "taxi"),
    Scene(("Sms", "Viber"), "+306900000000", "Thank you for shopping with us. How was it?", "shop"),
)


def begin(url: str, *, browser: bool) -> None:
    """Open the page of an emulator, and play the story on a thread of its own. Opens nothing where a browser would have
    no screen, since it would take the terminal.
    """
    screen = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and screen:
        webbrowser.open(f"{url}/_emulator/")

    threading.Thread(target=tell, args=(url, PAUSE, enter), name="story", daemon=True).start()


def tell(url: str, pause: float, again: Callable[[], bool]) -> None:
    """Play the story, say that it is over, and play it once more as often as `again` answers that it shall be."""
    with suppress(EmulatorError):  # the emulator may end before the story
        play(url, pause)
        click.echo(f"The story is over; the emulator goes on. {AGAIN if sys.stdin.isatty() else ''}".rstrip())
        while again():
            click.echo("Once more.")
            play(url, pause)
            click.echo(f"The story is over. {AGAIN}")


def enter() -> bool:
    """Wait for Enter; False at once if nobody is there who could press it. The descriptor is read, since a thread that
    holds `sys.stdin` would hang the end of the process.
    """
    try:
        return sys.stdin.isatty() and bool(os.read(0, 1024))
    except OSError:
        return False


def play(url: str, pause: float) -> None:
    """Send the story's flows to an emulator, `pause` real seconds apart, then a request that is refused."""
    sink, rest = f"{url}/_emulator/sink", threading.Event()
    with Client(url) as client:
        shop = client.application(APPLICATION)
        for scene in STORY:
            steps = [step(channel, scene, sink) for channel in scene.channels]
            rest.wait(pause)
            shop.send(*steps, callback=sink)
        with suppress(Refused):  # for the page's list of refusals
            shop.send({"type": "Sms", "from": "", "to": "tomorrow"})


def step(channel: str, scene: Scene, inbound: str) -> Json:
    """The step of a scene's flow over this channel. Replies are posted to the URL `inbound`."""
    own: Json
    if channel == "Sms":
        own = {"from": "CornerShop"}
    elif channel == "Viber":
        button = {"caption": "Have a look", "targetUrl": "https://shop.example/orders"}
        message = {"text": scene.text, "imageUrl": f"https://shop.example/{scene.picture}.png", "action": button}
        own = {"ttl": 0.5, "inboundUrl": inbound, "message": message}
    else:
        said = {"type": "SAY", "message": {"language": "en-GB", "gender": "female", "text": scene.text}}
        own = {"dialPlan": {"verbs": [said]}}
    return samples.step(channel, scene.to, scene.text, **own)
