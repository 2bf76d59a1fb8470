"""What scenes come to."""

from __future__ import annotations

import pytest

from emulator.control.stories.calls import asked
from emulator.control.stories.story import Scene, Sending

SINK = "http://127.0.0.1:1/_emulator/sink"


@pytest.mark.parametrize(
    ("scene", "path", "body"),
    [
        (Scene(advance="10m"), "/_emulator/clock/advance", {"application": "shop", "by": "10m"}),
        (Scene(advance="idle"), "/_emulator/clock/advance", {"application": "shop", "until": "idle"}),
        (Scene(advance="end"), "/_emulator/clock/advance", {"application": "shop", "flow": "id"}),
        (Scene(reply="Yes"), "/_emulator/flows/id/replies", {"text": "Yes"}),
        (Scene(report="SEEN"), "/_emulator/flows/id/reports", {"status": "SEEN"}),
        (Scene(cancel=True), "/_emulator/flows/id/cancel", {"why": "cancelled in a story"}),
        (Scene(send=Sending(path="/sms", body={"to": "+30"})), "/sms", {"to": "+30"}),
    ],
)
def test_a_scene_is_one_call(scene: Scene, path: str, body: object) -> None:
    """Of the provider's API, or of the emulator's own."""
    call = asked(scene, "shop", "id", SINK)
    assert call is not None
    assert (call.method, call.path, call.body) == ("POST", path, body)


def test_a_caption_is_no_call() -> None:
    """It only stands."""
    assert asked(Scene(say="Hello"), "shop", "", SINK) is None


def test_a_message_goes_over_its_channels_and_its_callbacks_and_replies_to_the_sink() -> None:
    """The picture is one of the page's own unless it is a URL."""
    sending = Sending(
        channels=("Viber", "Sms", "Voice"),
        to="+306912345678",
        text="Hi",
        picture="parcel",
        button="Look",
        sms_sender="Me",
    )
    call = asked(Scene(send=sending), "shop", "", SINK)
    assert call is not None
    viber, sms, voice = call.body["flow"]
    assert [step["order"] for step in (viber, sms, voice)] == [1, 2, 3]
    assert viber["message"]["imageUrl"] == "https://shop.example/parcel.png"
    assert (viber["message"]["action"]["caption"], viber["inboundUrl"], viber["ttl"]) == ("Look", SINK, 0.5)
    assert (sms["from"], sms["message"]["body"]) == ("Me", "Hi")
    assert voice["dialPlan"]["verbs"][0]["message"]["text"] == "Hi"
    assert call.body["callback"] == {"strategy": "OnStep", "url": SINK}
    other = asked(Scene(send=Sending(channels=("Viber",), picture="https://x.example/a.png", sender="s")), "", "", SINK)
    assert other is not None
    assert other.body["flow"][0]["message"]["imageUrl"] == "https://x.example/a.png"
    assert other.body["flow"][0]["senderInfoTrackingId"] == "s"
