"""Seeded bodies near the edge of what is valid: documented requests with a client's mistakes,
in the values and in how they are written down.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final

from emulator.errors import Json
from tests.support.bodies import STEPS, places, play, say

_URLS: Final = ["http://a.b/c", "https://a.b", "HTTP://A.b:80/x?y#z", "http://u:p@h/x", "http://[::1]:8/x"]
_PHONES: Final = ["+1234567", "+123456789012345"]
_BUTTON: Final = {"caption": "Go", "targetUrl": "http://a.b/c"}
_FILE: Final = {"fileName": "a", "fileType": "pdf", "fileUrl": "https://a.b/c"}
_VIDEO: Final = {"videoUrl": "https://a.b/v", "videoThumbnail": "https://a.b/p", "fileSize": 1.5, "duration": 10}
_COMMON: Final[dict[str, list[Any]]] = {"to": _PHONES, "order": [0, 1, 2, 3, 2147483647]}
_OPTIONAL: Final[dict[str, dict[str, list[Any]]]] = {
    "Sms": _COMMON
    | {
        "from": ["Shop", "1234567890123456", "A b.&_-"],
        "ttl": [1, 5, 1440],
        "failoverOnStatuses": [["FAILED", "UNDELIVERED"], ["Failed"], ["undelivered", "Undelivered"], []],
        "message.body": ["a:b", "é", "😀" * 40, "x" * 2000],
        "message.flash": [True, False],
        "message.label": ["june", "x" * 350],
        "message.transcode": [True, False],
    },
    "Viber": _COMMON
    | {
        "ttl": [0.5, 1, 1.5, 10, 7.0, 1440, 1440.0],
        "failoverOnStatuses": [["EXPIRED", "FAILED", "UNDELIVERED"], ["Failed"], ["expired"]],
        "message": [
            {"imageUrl": "https://a.b/c"},
            {"text": "a:b", "action": _BUTTON},
            {"text": "😀" * 500, "action": _BUTTON | {"caption": "😀" * 15}},
            {"text": "x" * 1000, "imageUrl": "https://a.b/c", "action": _BUTTON},
        ],
        "expireOnDelivery": [True, False],
        "inboundUrl": _URLS,
        "label": ["june", "x" * 350],
    },
    "Voice": _COMMON
    | {
        "from": ["1", "+30210", "Shop"],
        "failoverOnStatuses": [
            ["Busy", "NoAnswer"],
            ["COMPLETED", "noanswer", "Busy"],
            ["Failed", "Unsent", "Terminated"],
        ],
        "dialPlan.verbs": [
            [say({"repeat": -1})],
            [say({"repeat": 2.0, "bargeIn": True}), say({"message.gender": "male"})],
            [say({"message": {"language": "en-GB", "text": "a:b"}, "bargeIn": False})],
        ],
    },
}
"""Members of quick requests."""
_UNUSUAL: Final[dict[str, list[Any]]] = {
    "to": [{"phone": "+306912345678", "viber": ""}, {"sip": "1@sip.example"}, {"phone": "1"}, {}],
    "dialPlan": [[{"verbs": [play()]}], {"verbs": [say(), play({"bargeIn": True})]}, {"verbs": [{"type": "DIAL"}]}],
    "dialPlan.verbs": [[say({"repeat": number})] for number in (10**15, 10**17, 10**18, 10**19, 0.5, 1e2, -2, None, 0)],
    "dialPlans": [[{"verbs": [say()]}], {"verbs": []}],
    "dialplan": [{"verbs": [say({"fileURL": "http://a/b.wav"})]}],
    "failoverOnStatuses": ["Failed, busy", ["x"], ["FAILED", 5], [" Failed "], ["EXPIRED"] * 12, ""],
    "label": ["", None, "x" * 351, "😀" * 176],
    "ttl": [1.25, 0.55, 1439.95, 1440.05, 0.4, 0, None, "5", 1e3, 2.5],
    "message.label": ["", None, "x" * 351, "😀" * 175 + "x"],
    "message.action": [_BUTTON, {"caption": "", "targetUrl": ""}, {"caption": "Go"}, {}],
    "message.imageUrl": ["https://a.b/c", "http://a.b/c", ""],
    "message.text": ["", None, "😀" * 501],
    "message.urlShortener": [{}, {"urlValidity": 3600.0}, {"urlValidity": 0}],
    "message.transcode": ["true", "x"],
    "message.viberFile": [_FILE, _FILE | {"fileType": "exe"}, {"fileName": ""}],
    "message.viberVideo": [_VIDEO, _VIDEO | {"fileSize": 0}, _VIDEO | {"duration": 601}],
    "machineDetection": [{"strategy": "Hangup"}, {"strategy": "Hangup", "eventUrl": "http://a"}, {"eventUrl": 5}],
    "restrictions": [{"india": {"templateId": "1"}}, {}, "x"],
    "templateId": ["1", "", None],
    "type": ["sms", "Fax", None, 5],
    "odd": [1, None, ""],
}
"""Members of requests that are the full reader's, and wrong ones."""
_ODD: Final[list[Any]] = [
    *("", " ", "a", "Hi", "a:b", 'q"x', "\n", "é:ή", "😀" * 16, "x" * 31, "x" * 351, "x" * 1001, "\x7f", "\u2028"),
    *(
        "FAILED",
        "Busy",
        "true",
        "SAY",
        "Sms",
        "OnStep",
        "male",
        "el-GR",
        "+306912345678",
        "+306912345678\n",
        "+0123456",
    ),
    *("+٣069000000", "https://a.b", "ftp://x", "https://", "http://a b", "https://a.b:99999", "https://" + "a" * 1100),
    *(0, 1, -1, 5, 0.5, 0.3, 1.25, 2.5, 7.0, 120.0, 1440, 1440.05, 1441, 3600, 2**31, 10**17, 10**19, 1e300, -0.0),
    *(None, True, False, [], {}, [""], [[]], [{}], [None], ["FAILED"], ["x", "x"], {"a": 0}, {"a": {"b": [1]}}),
]
_NAMES: Final = [
    *("type", "to", "from", "ttl", "order", "message", "text", "body", "flash", "label", "imageUrl", "action", "verbs"),
    *("repeat", "language", "fileURL", "url", "strategy", "callback", "flow", "dialPlan", "failoverOnStatuses", "Type"),
]


def bodies(seed: int, count: int) -> Iterator[bytes]:
    """So many bodies of POST /failover; the same ones for the same seed."""
    random = Random(seed)
    for _ in range(count):
        yield _written(random, _body(random))


def searches(seed: int, count: int) -> Iterator[bytes]:
    """So many bodies of POST /failover/tracking; the same ones for the same seed."""
    random = Random(seed)
    for _ in range(count):
        yield _written(random, [_filter(random) for _ in range(random.randrange(1, 4))])


def _written(random: Random, value: Any) -> bytes:
    """A value with a few mistakes, as bytes with perhaps another."""
    for _ in range(random.choice([0, 0, 0, 1, 2, 3])):
        _change(random, value)
    separators = random.choice([(",", ":"), (", ", ": "), ("\n,", "\t: ")])
    text = json.dumps(value, ensure_ascii=random.random() < 0.5, separators=separators)
    if random.random() < 0.4:
        text = random.choice(_RESPELLINGS)(random, text)
    return text.encode("utf-8", "surrogatepass")


def _body(random: Random) -> Json:
    value: Json = {"flow": [_step(random) for _ in range(_steps(random))]}
    if random.random() < 0.4:
        value["callback"] = {"url": random.choice(_URLS)} | ({"strategy": "OnStep"} if random.random() < 0.5 else {})
    return value


def _steps(random: Random) -> int:
    return random.randrange(1, 4) if random.random() < 0.99 else random.randrange(49, 56)


def _step(random: Random) -> Json:
    kind = random.choice(sorted(STEPS))
    chosen = {path: random.choice(values) for path, values in _OPTIONAL[kind].items() if random.random() < 0.4}
    if random.random() < 0.25:
        path = random.choice(sorted(_UNUSUAL))
        chosen[path] = random.choice(_UNUSUAL[path])
    members = list(STEPS[kind](chosen).items())
    random.shuffle(members)
    return copy.deepcopy(dict(members))


def _filter(random: Random) -> Json:
    return {
        "fieldName": random.choice(["type", "to", "status", "terminationChannel", "flowKind", "To", "flow"]),
        "searchOperator": random.choice(["is", "IS_NOT", "contains", "starts_with", "like", ""]),
        "searchTerm": random.choice(["sms", "Viber", "failed", "failover", "+3069", "x", "", 5]),
    }


# --- what may be wrong with a value -----------------------------------------------------------------------------


def _change(random: Random, value: Any) -> None:
    """Replace a part of a value, take it away or put another beside it."""
    if not value:
        return
    *parents, name = random.choice(places(value)[1:])
    holder = value
    for parent in parents:
        holder = holder[parent]
    act = random.random()
    if act < 0.3 and isinstance(holder, dict):
        name = random.choice(_NAMES)
    elif act < 0.5 and parents:
        del holder[name]
        return
    holder[name] = copy.deepcopy(random.choice(_ODD))


# --- what may be wrong with its text ----------------------------------------------------------------------------


def _key_twice(random: Random, text: str) -> str:
    """A key that is there comes once more before it."""
    keys = list(re.finditer(r'"[A-Za-z]+"\s*:', text))
    if not keys:
        return text
    key = random.choice(keys)
    first = random.choice(['"x"', "1", "null", "{}", '"a:b"', "[]", "true", r'"\u003a"', '{"a":1}'])
    return f"{text[: key.start()]}{key[0]}{first}, {text[key.start() :]}"


def _escaped(random: Random, text: str) -> str:
    """A character is escaped, wherever it stands."""
    place = random.randrange(len(text))
    return f"{text[:place]}\\u{ord(text[place]) & 0xFFFF:04x}{text[place + 1 :]}"


def _number(random: Random, text: str) -> str:
    """A number is written in another way, which may change it."""
    numbers = list(re.finditer(r"(?<=[:\s\[])-?[0-9.]+(?=[,\s}\]])", text))
    if not numbers:
        return text
    number = random.choice(numbers)
    written = random.choice(
        ["{}.0", "{}e0", "{}E+1", "{}0e-1", "-{}", "0{}", "{}.", "{}00000000000000000000", "+{}", '"{}"']
    )
    return text[: number.start()] + written.format(number[0]) + text[number.end() :]


def _typo(random: Random, text: str) -> str:
    """A character is lost, or another comes in."""
    place = random.randrange(len(text))
    found = random.choice(["", ",", ":", '"', "}", "[", "\x01", "\ud800", "\\ud800", " ", "\\", "NaN", "\xa0"])
    return text[:place] + found + text[place + random.randrange(2) :]


def _around(random: Random, text: str) -> str:
    """Something stands before and after it."""
    return (
        random.choice(["", "\ufeff", " ", "\n", "\x00", "["]) + text + random.choice(["", " ", "x", "\n\t", "]", "{}"])
    )


_RESPELLINGS: Final[list[Callable[[Random, str], str]]] = [_key_twice, _escaped, _number, _typo, _around]
