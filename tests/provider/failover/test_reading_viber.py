"""Viber steps: their limits, and the contents that Viber has."""

from __future__ import annotations

import pytest

from emulator.errors import Json
from tests.support.bodies import (
    viber,
)
from tests.support.reading import check_limits, echoed, refused

URL_1000 = "https://cdn.example/" + "x" * 980


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("to", ["+1234567", "+123456789012345"], ["+123456", "+1234567890123456", "+0234567", "0234567"]),
        ("ttl", [0.5, 0.6, 0.7, 1, 2.3, 1440, 1440.0, "2.5"], [0, 0.4, 0.45, 0.55, 1440.1, 1441, "2.25", True]),
        ("senderInfoTrackingId", ["x"], [None, "", 7]),
        ("inboundUrl", ["http://localhost", "https://app.example:8443/in?a=b#c"], ["ftp://a", "app.example", 7]),
        ("expireOnDelivery", [True, False, "False"], ["fAlse", 1]),
        ("label", ["x" * 350], ["x" * 351, 7]),
        ("message.text", ["x", "x" * 1000, "😀" * 500, "[~{name}]"], ["x" * 1001, "😀" * 501, 7]),
        ("message.viberFile.fileName", ["a", "x" * 25], ["x" * 26, 7, ""]),
        ("message.viberFile.fileType", ["pdf", ".pdf", ".xltx", "doc"], ["exe", "PDF", ""]),
        ("message.viberFile.fileUrl", [URL_1000, "HTTPS://a/"], [URL_1000 + "x", "http://a/", "https://", ""]),
        ("message.viberVideo.videoUrl", [URL_1000], [URL_1000 + "x", "http://a/", ""]),
        ("message.viberVideo.videoThumbnail", [URL_1000], [URL_1000 + "x", "http://a/", ""]),
        ("message.viberVideo.fileSize", [0.1, 200, "5"], [0, -1, 200.1, "5 MB"]),
        ("message.viberVideo.duration", [1, 0.5, 600], [0, -1, 601]),
        ("message.action.caption", ["x", "x" * 30], ["x" * 31, "", 7]),
        (
            "message.action.targetUrl",
            ["http://a", "https://a/" + "x" * 990],
            ["a", "", "tel:+30", "https://a/" + "x" * 991],
        ),
    ],
)
def test_each_member_of_a_viber_step_has_its_limits(path: str, good: list[object], bad: list[object]) -> None:
    """What is just inside is accepted, what is just outside is refused, and only the member is named."""
    check_limits(viber, path, good, bad)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({}, "must have a text, an image, a file or a video"),
        ({"action": True}, "must have a text, an image, a file or a video"),
        ({"text": True, "imageUrl": True}, "can't have a text and an image without a button (action)"),
        ({"imageUrl": True, "action": True}, "can't have an image and a button (action) without a text"),
        ({"viberFile": True, "text": True}, "can't have a file together with a text, an image, a button or a video"),
        (
            {"viberFile": True, "imageUrl": True},
            "can't have a file together with a text, an image, a button or a video",
        ),
        (
            {"viberFile": True, "viberVideo": True},
            "can't have a file together with a text, an image, a button or a video",
        ),
        ({"viberVideo": True, "imageUrl": True}, "can't have a video together with an image"),
        ({"viberVideo": True, "action": True}, "can't have a video and a button (action) without a text"),
    ],
)
def test_a_layout_that_viber_has_not_is_refused_in_words(content: Json, told: str) -> None:
    """Each forbidden combination has a message of its own."""
    full = {
        "text": "Hi",
        "imageUrl": "https://a/",
        "action": {"caption": "Open", "targetUrl": "https://a/"},
        "viberFile": {"fileName": "a.pdf", "fileType": "pdf", "fileUrl": "https://a/"},
        "viberVideo": {"videoUrl": "https://a/", "videoThumbnail": "https://a/", "fileSize": 1, "duration": 1},
    }
    message = {name: full[name] for name in content}
    assert refused(viber({"message": message})) == {"flow[0].message": told}


def test_a_viber_video_of_zeros_is_none() -> None:
    """Empty texts and zeros in it are as good as no video; a single filled member makes it one."""
    empty = {"videoUrl": "", "videoThumbnail": "", "fileSize": 0, "duration": 0}
    assert "viberVideo" not in echoed(viber({"message.viberVideo": empty}))["flow"][0]["message"]
    https = "must be an https URL, such as https://cdn.example/p.png"
    assert refused(viber({"message.viberVideo": empty | {"duration": 5}})) == {
        "flow[0].message.viberVideo.videoUrl": f"{https}; found ''",
        "flow[0].message.viberVideo.videoThumbnail": f"{https}; found ''",
        "flow[0].message.viberVideo.fileSize": "must be more than 0; found 0",
    }


def test_a_label_inside_a_viber_message_is_ignored() -> None:
    """Viber's label is the step's."""
    assert "label" not in echoed(viber({"message.label": "x" * 999}))["flow"][0]["message"]
