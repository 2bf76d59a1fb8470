"""Bodies of requests as clients send them: a valid step of each channel, with members changed or left out."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from emulator.errors import Json

LEFT_OUT: Any = object()
"""As a member's value: the member is left out."""
EXAMPLE: Json = {
    "flow": [
        {
            "type": "Viber",
            "senderInfoTrackingId": "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10",
            "to": "+306912345678",
            "ttl": 2.5,
            "expireOnDelivery": False,
            "inboundUrl": "https://app.example/in",
            "label": "june",
            "message": {
                "text": "Parcel 71 is ready",
                "imageUrl": "https://cdn.example/p.png",
                "action": {"caption": "Open", "targetUrl": "https://app.example/p/71"},
            },
            "order": 1,
            "failoverOnStatuses": ["EXPIRED", "FAILED", "UNDELIVERED"],
        },
        {
            "type": "Voice",
            "from": "302100000000",
            "to": {"phone": "+306912345678", "viber": "", "sip": ""},
            "dialPlan": {
                "verbs": [
                    {
                        "type": "SAY",
                        "repeat": 1,
                        "bargeIn": False,
                        "message": {"language": "el-GR", "gender": "female", "text": "Parcel ready"},
                    }
                ]
            },
            "machineDetection": {"strategy": "Hangup"},
            "order": 2,
            "failoverOnStatuses": ["Busy", "NoAnswer"],
        },
        {
            "type": "Sms",
            "from": "Shop",
            "to": "+306912345678",
            "ttl": 120,
            "message": {"body": "Parcel 71 is ready", "flash": False, "label": "june", "transcode": True},
            "order": 3,
            "failoverOnStatuses": ["FAILED", "UNDELIVERED"],
        },
    ],
    "callback": {"strategy": "OnStep", "url": "https://app.example/hook"},
}


def changed(base: Json, changes: Json) -> Json:
    """A copy with members changed; a key of a deeper member is a path such as `message.text`."""
    made = copy.deepcopy(base)
    for path, value in changes.items():
        *parents, name = path.split(".")
        place = made
        for parent in parents:
            place = place.setdefault(parent, {})
        place.pop(name, None)
        if value is not LEFT_OUT:
            place[name] = value
    return made


def sms(changes: Json | None = None) -> Json:
    """The shortest valid Sms step."""
    return changed({"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Hi"}}, changes or {})


def viber(changes: Json | None = None) -> Json:
    """The shortest valid Viber step."""
    base = {"type": "Viber", "senderInfoTrackingId": "s1", "to": "+306912345678", "message": {"text": "Hi"}}
    return changed(base, changes or {})


def voice(changes: Json | None = None) -> Json:
    """The shortest valid Voice step."""
    base = {"type": "Voice", "from": "302100000000", "to": "+306912345678", "dialPlan": {"verbs": [say()]}}
    return changed(base, changes or {})


def say(changes: Json | None = None) -> Json:
    """The shortest valid SAY."""
    return changed({"type": "SAY", "message": {"text": "Hi", "language": "el-GR"}}, changes or {})


def play(changes: Json | None = None) -> Json:
    """The shortest valid PLAY."""
    return changed({"type": "PLAY", "fileURL": "https://cdn.example/a.wav"}, changes or {})


STEPS = {"Sms": sms, "Viber": viber, "Voice": voice}


def body(*steps: object, **root: object) -> bytes:
    """A body with these steps and root members."""
    return json.dumps({"flow": list(steps), **root}).encode()


# --- for property tests -----------------------------------------------------------------------------------------

_ODD: list[object] = [
    *("", " ", "a", "Sms", "sms", "VIBER", "Voice", "SAY", "PLAY", "true", "FAILED,EXPIRED", "delivered", "Completed"),
    *("+306912345678", "+306912345678\n", "+٣069000000", "0", "https://a.b/c.wav", "HTTP://a:1", "http://[::1]:8080/"),
    *(
        "https://a\u00a0b/",
        "http://a/\ufeff",
        "http://a/\x1c",
        "http://a/\x85",
        "1@sip.example:5060",
        "OnStep",
        "x" * 1001,
    ),
    *("x" * 351, "😀" * 16, "el-GR", "Hangup", "Continue", ".pdf", "\u2028"),
    *(0, 1, -1, 0.5, 0.3, 2.55, 120.0, 1440, 1440.1, 1441, 3600, 10**17, 1e300, -0.0, 5e-324, True, False, None),
    *([], {}, [[]], [{}], ["FAILED"], ["Busy", "x"], {"a": 0}, {"phone": ""}, {"verbs": []}, {"url": "http://a"}),
]


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value that strict reading takes."""
    numbers = st.integers(-(10**18) + 1, 10**18 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    leaves = st.none() | st.booleans() | numbers | st.text()
    return st.recursive(
        leaves | st.sampled_from(_ODD), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
    )


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of a value and all its parts."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, inner in members for deeper in places(inner, (*path, key)))]


_NAMES = [
    *("type", "to", "from", "ttl", "message", "text", "body", "action", "viberFile", "viberVideo", "imageUrl", "label"),
    *("order", "dialPlan", "dialplan", "dialPlans", "verbs", "urlShortener", "templateId", "restrictions", "callback"),
    *("url", "strategy", "eventUrl", "transcode", "failoverOnStatuses", "senderInfoTrackingId", "phone", "sip"),
]


@st.composite
def almost_valid(draw: st.DrawFn, base: Json) -> Json:
    """A body with a few members replaced, added or taken away."""
    value = copy.deepcopy(base)
    for _ in range(draw(st.integers(1, 4))):
        *parents, name = draw(st.sampled_from(places(value)[1:] or [("flow",)]))
        place: Any = value
        for parent in parents:
            place = place[parent]
        odd = copy.deepcopy(draw(st.sampled_from(_ODD) | json_values()))
        match draw(st.sampled_from(["replace", "remove", "add"])):
            case "remove":
                del place[name]
            case "add" if isinstance(place, dict):
                place[draw(st.sampled_from(_NAMES))] = odd
            case _:
                place[name] = odd
        if not value:
            break
    return value


_BUTTON: Json = {"caption": "Open", "targetUrl": "https://app.example/p/71"}
_FILE: Json = {"fileName": "a.pdf", "fileType": ".pdf", "fileUrl": "https://cdn.example/a.pdf"}
_VIDEO: Json = {
    "videoUrl": "https://cdn.example/v.mp4",
    "videoThumbnail": "https://cdn.example/v.png",
    "fileSize": 1.5,
    "duration": 10,
}
_CHOICES: dict[str, dict[str, list[object]]] = {
    "Sms": {
        "ttl": [1, 1440, 60.0],
        "order": [0, 1, 7.0],
        "failoverOnStatuses": ["failed", ["UNDELIVERED"], []],
        "urlShortener": [{}, {"urlValidity": 3600.0}],
        "message.transcode": [True, "false"],
        "message.label": ["june", ""],
        "restrictions": [{"india": {"templateId": "1"}}, {}],
        "templateParams": [{}],
    },
    "Viber": {
        "ttl": [0.5, 2.5, 10, 10.0],
        "order": [0, 1, 7.0],
        "failoverOnStatuses": ["Expired,failed", ["UNDELIVERED"], None],
        "expireOnDelivery": [True, False],
        "inboundUrl": ["http://localhost:9000", ""],
        "label": ["june", None],
        "message": [
            {"text": "Hi", "action": _BUTTON},
            {"imageUrl": "https://cdn.example/p.png", "action": {"caption": "", "targetUrl": ""}},
            {"viberFile": _FILE, "label": "june"},
            {"text": "Hi", "viberVideo": _VIDEO},
        ],
    },
    "Voice": {
        "to": [{"phone": "+306912345678", "viber": ""}, {"phone": None, "sip": "1@sip.example"}],
        "order": [0, 1, 7.0],
        "failoverOnStatuses": ["completed", ["Busy"], ""],
        "dialPlan": [{"verbs": [say({"repeat": -1}), play()]}, [{"verbs": [play({"bargeIn": True})]}]],
        "machineDetection": [{"strategy": "Hangup", "eventUrl": ""}, {"strategy": "Continue", "eventUrl": "http://a"}],
        "ttl": [0],
    },
}


def valid_steps() -> st.SearchStrategy[Json]:
    """Valid steps of all channels, with some of their optional members in some of their spellings."""
    return st.sampled_from(sorted(STEPS)).flatmap(_valid_step)


def _valid_step(kind: str) -> st.SearchStrategy[Json]:
    choices = {path: st.sampled_from(values) for path, values in _CHOICES[kind].items()}
    return st.fixed_dictionaries({}, optional=choices).map(STEPS[kind])


def valid_bodies() -> st.SearchStrategy[Json]:
    """Valid bodies of one to four steps."""
    callbacks = st.sampled_from([EXAMPLE["callback"], {"url": "http://localhost:9000"}, {"url": "", "strategy": ""}])
    flow = {"flow": st.lists(valid_steps(), min_size=1, max_size=4)}
    return st.fixed_dictionaries(flow, optional={"callback": callbacks})
