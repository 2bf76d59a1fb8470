"""What a scene comes to: the call that it makes, of the provider's API or of the emulator's own. Pure."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from emulator.control.stories.story import Scene, Sending
from emulator.errors import Json
from emulator.fakes import samples

SHOP: Final = "https://shop.example"
"""Where the pictures are that the page has itself."""
GOALS: Final = ("next", "idle")
"""What the clock is moved until."""


class Asked(Struct, frozen=True):
    """A call: method, path and body."""

    method: str
    path: str
    body: Json


def asked(scene: Scene, application: str, flow: str, sink: str) -> Asked | None:
    """The call that a scene of an application makes, about a flow if it is about one, whose callbacks go to the URL of
    the `sink`; None for a caption.
    """
    if scene.send:
        return Asked("POST", scene.send.path, body(scene.send, sink))
    if scene.advance:
        return Asked("POST", "/_emulator/clock/advance", {"application": application} | goal(scene.advance, flow))
    acts: dict[str, Json] = {
        "replies": {"text": scene.reply} if scene.reply else {},
        "reports": {"status": scene.report} if scene.report else {},
        "cancel": {"why": "cancelled in a story"} if scene.cancel else {},
    }
    return next((Asked("POST", f"/_emulator/flows/{flow}/{act}", said) for act, said in acts.items() if said), None)


def goal(advance: str, flow: str) -> Json:
    """How far a clock is moved."""
    if advance == "end":
        return {"flow": flow}
    return {"until": advance} if advance in GOALS else {"by": advance}


def body(sending: Sending, sink: str) -> Json:
    """The body that is sent; without one of its own, it has a callback to the sink, and replies go there too."""
    if sending.body is not None:
        return sending.body
    steps = [step(channel, sending, sink) | {"order": order} for order, channel in enumerate(sending.channels, 1)]
    return {"flow": steps, "callback": {"strategy": "OnStep", "url": sink}}


def step(channel: str, sending: Sending, sink: str) -> Json:
    """The step of what is sent over this channel."""
    own: dict[str, Any] = {}
    if channel == "Sms" and sending.sms_sender:
        own = {"from": sending.sms_sender}
    elif channel == "Viber":
        message: Json = {"text": sending.text}
        if sending.picture:
            known = sending.picture.startswith("https://")
            message["imageUrl"] = sending.picture if known else f"{SHOP}/{sending.picture}.png"
        if sending.button:
            message["action"] = {"caption": sending.button, "targetUrl": f"{SHOP}/orders"}
        own = {"ttl": sending.ttl, "inboundUrl": sink, "message": message}
        own |= {"senderInfoTrackingId": sending.sender} if sending.sender else {}
    elif channel == "Voice":
        spoken = {"language": sending.language or samples.LANGUAGE, "gender": "female", "text": sending.text}
        own = {"dialPlan": {"verbs": [{"type": "SAY", "message": spoken}]}}
    return samples.step(channel, sending.to, sending.text, **own)
