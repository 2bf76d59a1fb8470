"""Bodies of POST /viber: what is read, and what is refused with which words and number."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import UNSET

from emulator.flow.request import Action, Callback, Strategy, ViberFile, ViberMessage, ViberStep, ViberVideo
from emulator.provider.viber import reading
from emulator.provider.viber.reading import Invalid, Malformed, Refused

PLAIN = {"senderInfoTrackingId": "3f0c", "to": "+306912345678", "body": {"text": "Parcel 71 is ready"}}
URL = "https://app.example/v"
BUTTON = {"caption": "Open", "targetUrl": "https://app.example/p"}
ACTION = Action("Open", "https://app.example/p")
IMAGE = "https://cdn.example/p.png"
FILE = {"fileName": "bill", "fileType": "pdf", "fileURL": "https://cdn.example/b.pdf"}
VIDEO = {"videoURL": "https://cdn.example/v", "videoThumbnail": IMAGE, "fileSize": 12.5, "duration": 60}


def written(**more: Any) -> bytes:
    """A body with more members; those that are UNSET are left out."""
    return json.dumps({name: value for name, value in (PLAIN | more).items() if value is not UNSET}).encode()


def step(**more: Any) -> ViberStep:
    """The step that a body becomes."""
    (found,) = reading.read(written(**more)).request.flow
    assert isinstance(found, ViberStep)
    return found


def wrong(**more: Any) -> dict[str, str]:
    """What is wrong with a body."""
    with pytest.raises(Invalid) as found:
        reading.read(written(**more))
    assert found.value.entity == "ViberTracking"
    return found.value.properties


def refused(body: Any) -> Refused:
    """The refusal of a content."""
    with pytest.raises(Refused) as found:
        reading.read(written(body=body))
    return found.value


def test_defaults_are_filled_in() -> None:
    """A message is one step; it lives two weeks."""
    found = step()
    assert (found.to, found.ttl, found.order, found.label) == ("+306912345678", 14 * 24 * 60, 1, UNSET)
    assert found.message == ViberMessage(text="Parcel 71 is ready")
    assert reading.read(written()).request.callback is UNSET
    assert reading.read_stored(written()) == reading.read(written()).request


def test_all_members_are_read() -> None:
    """The ttl in seconds, which a step has in minutes; the callback's URL is a text, and each change is posted."""
    found = step(ttl=90, label="june", inboundUrl=URL, isSessionMessage=True)
    assert (found.ttl, found.label, found.inbound_url, found.is_session_message) == (1.5, "june", URL, True)
    assert reading.read(written(callbackUrl=URL)).request.callback == Callback(Strategy.ON_CHANGE, URL)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"imageURL": IMAGE}, ViberMessage(image_url=IMAGE)),
        ({"imageUrl": IMAGE}, ViberMessage(image_url=IMAGE)),
        ({"text": "a", "action": BUTTON}, ViberMessage("a", action=ACTION)),
        ({"text": "a", "imageURL": IMAGE, "action": BUTTON}, ViberMessage("a", IMAGE, ACTION)),
        ({"viberFile": FILE}, ViberMessage(viber_file=ViberFile("bill", "pdf", FILE["fileURL"]))),
        (
            {"text": "a", "viberVideo": VIDEO, "action": BUTTON},
            ViberMessage("a", action=ACTION, viber_video=ViberVideo("https://cdn.example/v", IMAGE, 12.5, 60)),
        ),
    ],
)
def test_each_allowed_layout_is_read(body: Any, message: ViberMessage) -> None:
    """Links in either spelling."""
    assert step(body=body).message == message


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": BUTTON},
        {"carousel": [1]},
        {"text": "a", "imageURL": IMAGE},
        {"imageURL": IMAGE, "action": BUTTON},
        {"viberVideo": VIDEO, "action": BUTTON},
        {"viberVideo": VIDEO, "imageURL": IMAGE},
        {"viberFile": FILE, "text": "a"},
    ],
)
def test_a_forbidden_layout_is_refused_by_its_number(body: Any) -> None:
    """With the allowed ones."""
    found = refused(body)
    assert found.number == "007"
    assert str(found).startswith("Invalid viber message type combination. Allowed: text; image; ")


@pytest.mark.parametrize("more", [{"fileType": "application/pdf"}, {"fileType": "exe"}, {"fileName": "x" * 26}])
def test_a_file_that_is_no_such_file_is_refused_by_its_number(more: dict[str, str]) -> None:
    """With what is wrong with it."""
    found = refused({"viberFile": FILE | more})
    assert found.number == "019"
    assert str(found).startswith(f"Provided viber file is not valid. body.viberFile.{next(iter(more))} must ")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"body": UNSET}, {"body": "is required"}),
        ({"to": UNSET}, {"to": "is required"}),
        ({"senderInfoTrackingId": UNSET}, {"senderInfoTrackingId": "is required"}),
        ({"ttl": 29}, {"ttl": "must be at least 30 seconds; found 29"}),
        ({"ttl": 86_401}, {"ttl": "must be at most 86400 seconds; found 86401"}),
        ({"ttl": 30.5}, {"ttl": "must be a whole number; found 30.5"}),
        ({"callbackUrl": {"url": URL}}, {"callbackUrl": "must be a text; found an object with 1 member"}),
        (
            {"body": {"viberFile": {"fileName": "a"}}},
            {"body.viberFile.fileType": "is required", "body.viberFile.fileURL": "is required"},
        ),
        (
            {"body": {"text": "x" * 1001, "imageUrl": IMAGE}},
            {
                "body": "can't have a text and an image without a button (action)",
                "body.text": "must have at most 1000 characters; it has 1001",
            },
        ),
    ],
)
def test_what_else_is_wrong_is_told_by_its_place(more: Any, told: dict[str, str]) -> None:
    """All at once."""
    assert wrong(**more) == told


def test_what_real_clients_send_is_forgiven() -> None:
    """Empty members, texts for numbers, a number without +; what is ignored or coerced is remarked on."""
    found = reading.read(written(to="306912345678", label="", ttl="60", callbackURL=URL))
    assert found.request.flow[0].to == "+306912345678"
    assert found.remarks == (
        "to has no + and was read as +306912345678",
        "ttl is a text and was read as 60",
        "callbackURL is not known here and ignored; did you mean 'callbackUrl'?",
    )


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b'{"body": 1,', b'{"to":"a","to":"b"}', b"[" * 5000])
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    """And says so."""
    with pytest.raises(Malformed):
        reading.read(body)
