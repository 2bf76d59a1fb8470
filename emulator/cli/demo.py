"""A small story for who watches the page: a shop sends messages that win, fail and move from channel to channel.

All goes through the API, as any client's requests do; the numbers are those to which the default scenario gives a
meaning.
"""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from contextlib import suppress
from typing import Final

from msgspec import Struct

from emulator.client.client import Client, Refused
from emulator.errors import EmulatorError, Json

PAUSE: Final = 1.5
"""Real seconds between two messages."""
APPLICATION: Final = "corner-shop"
_SHOP: Final = "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10"


class Scene(Struct, frozen=True):
    """One flow of the story: its channels in order, who gets it, and what it says."""

    channels: tuple[str, ...]
    to: str
    text: str


STORY: Final = (
    Scene(("Viber", "Sms"), "+306900000500", "Good morning! Your order 71 has left our shop."),
    Scene(("Viber", "Sms"), "+306900000100", "Your parcel 72 arrives today between 14:00 and 16:00."),
    Scene(("Sms", "Voice"), "+306900000010", "482 913 is your code. It is good for five minutes."),
    Scene(("Viber", "Sms", "Voice"), "+306900000111", "Please call us: we could not deliver parcel 73."),
    Scene(("Viber",), "+306900000000", "Your receipt for order 71 is ready."),
    Scene(("Voice", "Viber"), "+306900000001", "Your appointment is tomorrow at 9:30."),
    Scene(("Viber", "Sms"), "+306900000200", "Your parcel 74 waits in the locker at the station."),
    Scene(("Sms",), "+306900000050", "Your invoice is due on Friday."),
    Scene(("Viber", "Sms"), "+306900000300", "We have kept your size: order until tonight."),
    Scene(("Voice", "Sms"), "+306900000002", "This is your doctor's practice: please confirm your visit."),
    Scene(("Viber", "Voice"), "+306900000600", "Your taxi is at the door."),
    Scene(("Sms", "Viber"), "+306900000000", "Thank you for shopping with us. How was it?"),
)


def begin(url: str, *, browser: bool) -> None:
    """Open the page of an emulator, if there is a screen, and play the story beside whatever runs."""
    if browser and _has_screen():
        webbrowser.open(f"{url}/_emulator/")
    threading.Thread(target=_played, args=(url,), name="story", daemon=True).start()


def _played(url: str) -> None:
    with suppress(EmulatorError):  # of an emulator that ends before the story
        play(url, PAUSE)


def play(url: str, pause: float) -> None:
    """Send the story's flows to an emulator, so many real seconds apart, and one that is refused."""
    rest = threading.Event()
    with Client(url) as client:
        shop = client.application(APPLICATION)
        for scene in STORY:
            steps = [step(channel, scene, f"{url}/_emulator/sink") for channel in scene.channels]
            rest.wait(pause)
            shop.send(*steps, callback=f"{url}/_emulator/sink")
        try:
            shop.send({"type": "Sms", "from": "", "to": "tomorrow"})
        except Refused:
            return  # as it should be: the page shows that too


def step(channel: str, scene: Scene, inbound: str) -> Json:
    """A step of a scene's flow over this channel; `inbound` is told of replies."""
    if channel == "Sms":
        return {"type": channel, "from": "CornerShop", "to": scene.to, "message": {"body": scene.text}}
    if channel == "Viber":
        button = {"caption": "Have a look", "targetUrl": "https://shop.example/orders"}
        message = {"text": scene.text, "imageUrl": "https://shop.example/picture.png", "action": button}
        more = {"senderInfoTrackingId": _SHOP, "ttl": 0.5, "inboundUrl": inbound, "message": message}
        return {"type": channel, "to": scene.to} | more
    said = {"type": "SAY", "message": {"language": "en-GB", "gender": "female", "text": scene.text}}
    return {"type": channel, "from": "302100000000", "to": scene.to, "dialPlan": {"verbs": [said]}}


def _has_screen() -> bool:
    """Whether a browser would open a window; on a terminal alone it would take the terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
