"""From a request's bytes to a valid request, or to a refusal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.errors import Json
from emulator.flow.request import Request, Strategy
from emulator.provider.failover import reading
from emulator.provider.failover.reading import Filter, Invalid, Malformed
from emulator.validation import schema
from tests.support import mutated
from tests.support.bodies import (
    EXAMPLE,
    LEFT_OUT,
    STEPS,
    almost_valid,
    body,
    changed,
    json_values,
    play,
    say,
    sms,
    valid_bodies,
    valid_steps,
    viber,
    voice,
)

URL_1000 = "https://cdn.example/" + "x" * 980
FUZZED = int(os.environ.get("FUZZED_BODIES", "1000"))
"""How many refused bodies the two libraries are compared on."""
ALL_EMPTY: Json = {
    "senderInfoTrackingId": "",
    "inboundUrl": "",
    "expireOnDelivery": False,
    "label": "",
    "ttl": 0,
    "message": {
        "body": "",
        "flash": False,
        "label": "",
        "transcode": False,
        "text": "",
        "imageUrl": "",
        "action": {"caption": "", "targetUrl": ""},
        "viberFile": {"fileName": "", "fileType": "", "fileUrl": ""},
        "viberVideo": {"videoUrl": "", "videoThumbnail": "", "fileSize": 0, "duration": 0},
    },
    "urlShortener": {"urlValidity": 0},
    "dialPlan": {"verbs": []},
    "machineDetection": {"strategy": "", "eventUrl": ""},
    "templateId": "",
    "templateParams": {},
    "restrictions": {"india": {"templateId": "", "entityId": ""}},
}
"""Every member of every channel, empty: what a client sends that always sends all."""


def accepted(*steps: object, **root: object) -> Request:
    """The request of a body with these steps."""
    return reading.failover(body(*steps, **root))


def echoed(*steps: object, **root: object) -> Any:
    """What the API would answer of it."""
    return msgspec.json.decode(msgspec.json.encode(accepted(*steps, **root)))


def refused(*steps: object, **root: object) -> dict[str, str]:
    """The paths and messages of a body that breaks rules."""
    with pytest.raises(Invalid) as caught:
        accepted(*steps, **root)
    assert caught.value.entity == "FailoverRequest"
    return caught.value.properties


# --- what the API echoes ----------------------------------------------------------------------------------------


def test_the_documented_example_is_accepted_and_echoed() -> None:
    """Statuses in the channel's own spelling, the dial plan as an array, no empty members; all else as it came."""
    viber_step, voice_step, sms_step = EXAMPLE["flow"]
    expected_voice = changed(voice_step, {"to": {"phone": "+306912345678"}, "dialPlan": LEFT_OUT})
    expected_voice["dialPlans"] = [voice_step["dialPlan"]]
    expected_sms = changed(sms_step, {"failoverOnStatuses": ["Failed", "Undelivered"]})
    answer = echoed(*EXAMPLE["flow"], callback=EXAMPLE["callback"])
    assert answer == {"flow": [viber_step, expected_voice, expected_sms], "callback": EXAMPLE["callback"]}


def test_defaults_are_filled_in() -> None:
    """Each channel has its own ttl and statuses; order is the position in the array."""
    answer = echoed(sms(), viber(), voice())
    assert answer["flow"] == [
        sms({"ttl": 1200, "order": 1, "failoverOnStatuses": ["Undelivered", "Failed"], "message.flash": False}),
        viber(
            {
                "ttl": 10,
                "order": 2,
                "failoverOnStatuses": ["EXPIRED", "FAILED", "UNDELIVERED"],
                "expireOnDelivery": False,
            }
        ),
        voice(
            {
                "order": 3,
                "failoverOnStatuses": ["Busy", "NoAnswer"],
                "dialPlans": [{"verbs": [say()]}],
                "dialPlan": LEFT_OUT,
            }
        ),
    ]
    assert "callback" not in answer


@pytest.mark.parametrize(
    ("step", "written", "shown"),
    [
        (viber, 2.5, "2.5"),
        (viber, 120, "120"),
        (viber, 120.0, "120.0"),
        (viber, 0.5, "0.5"),
        (sms, 120, "120"),
        (sms, 120.0, "120"),
    ],
)
def test_a_ttl_keeps_its_kind_of_number(step: Any, written: float, shown: str) -> None:
    """An integer stays one and so does a decimal; of an Sms it is always an integer."""
    encoded = msgspec.json.encode(accepted(step({"ttl": written})))
    assert f'"ttl":{shown},'.encode() in encoded


def test_orders_come_back_as_they_were_sent() -> None:
    """From 0 or from 1, with gaps and repeated: steps stay in the array's order."""
    request = accepted(sms({"order": 2}), viber({"order": 0}), voice({"order": 2}), sms({"order": 7.0}))
    assert [step.order for step in request.flow] == [2, 0, 2, 7]


@given(valid_bodies())
def test_what_is_echoed_is_a_valid_request_again(value: Json) -> None:
    """The echo of a request, sent as a request, is the same request; and it is read back from the store as it was."""
    request = reading.failover(json.dumps(value).encode())
    encoded = msgspec.json.encode(request)
    assert reading.failover(encoded) == request
    assert msgspec.json.decode(encoded, type=Request) == request


# --- every limit, at both sides of its edge ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "path", "good", "bad"),
    [
        (
            sms,
            "to",
            ["+1234567", "+123456789012345"],
            ["+123456", "+1234567890123456", "+0234567", "1234567", "+12345 67"],
        ),
        (viber, "to", ["+1234567", "+123456789012345"], ["+123456", "+1234567890123456", "+0234567", "1234567"]),
        (voice, "to", ["+1234567", "+123456789012345"], ["+123456", "+1234567890123456", "+0234567", "1234567", 7]),
        (
            sms,
            "from",
            ["A", "Eleven char", "1234567890123456", "A&B._-1"],
            ["Twelve chars", "12345678901234567", "+123"],
        ),
        (sms, "from", ["Shop"], ["Ωμέγα", "a\n", 7, None, ""]),
        (voice, "from", ["1", "1234567890123456", "+30210", "Shop"], ["12345678901234567", "a\n", 7, ""]),
        (sms, "ttl", [1, 1440, 1440.0], [0, 1441, 1.5, -1, "5", True]),
        (viber, "ttl", [0.5, 0.6, 0.7, 1, 2.3, 1440, 1440.0], [0, 0.4, 0.45, 0.55, 2.25, 1440.1, 1441, "5", True]),
        (sms, "order", [0, 1, 2**31 - 1], [-1, 1.5, 2**31, "1", True]),
        (sms, "message.body", ["x", "x" * 5000, "a\nb"], [None, "", 7, {"a": 1}]),
        (sms, "message.flash", [True, False], ["true", 1]),
        (sms, "message.label", ["x" * 350], ["x" * 351, 7]),
        (sms, "message.transcode", [True, False, "true", "FALSE", " True "], ["yes", 1]),
        (sms, "urlShortener.urlValidity", [3600, 2_592_000, 3600.0], [3599, 2_592_001, 3600.5, "3600"]),
        (sms, "message.urlShortener.urlValidity", [3600, 2_592_000], [3599, 2_592_001]),
        (sms, "restrictions", [{"india": {"templateId": "1", "entityId": "2"}}], ["x", [1], 7]),
        (viber, "senderInfoTrackingId", ["x"], [None, "", 7]),
        (viber, "inboundUrl", ["http://localhost", "https://app.example:8443/in?a=b#c"], ["ftp://a", "app.example", 7]),
        (viber, "expireOnDelivery", [True, False], ["true", 1]),
        (viber, "label", ["x" * 350], ["x" * 351, 7]),
        (viber, "message.text", ["x", "x" * 1000, "😀" * 1000, "[~{name}]"], ["x" * 1001, 7]),
        (viber, "message.viberFile.fileName", ["a", "x" * 25], ["x" * 26, 7, ""]),
        (viber, "message.viberFile.fileType", ["pdf", ".pdf", ".xltx", "doc"], ["exe", "PDF", ""]),
        (viber, "message.viberFile.fileUrl", [URL_1000, "HTTPS://a/"], [URL_1000 + "x", "http://a/", "https://", ""]),
        (viber, "message.viberVideo.videoUrl", [URL_1000], [URL_1000 + "x", "http://a/", ""]),
        (viber, "message.viberVideo.videoThumbnail", [URL_1000], [URL_1000 + "x", "http://a/", ""]),
        (viber, "message.viberVideo.fileSize", [0.1, 200], [0, -1, 200.1, "5"]),
        (viber, "message.viberVideo.duration", [1, 0.5, 600], [0, -1, 601]),
        (viber, "message.action.caption", ["x", "x" * 30], ["x" * 31, "", 7]),
        (viber, "message.action.targetUrl", ["http://a", "https://a/" + "x" * 2000], ["a", "", "tel:+30"]),
        (voice, "machineDetection.strategy", ["Hangup", "Continue"], ["hangup", 7]),
        (voice, "to.phone", ["+306912345678"], ["306912345678", 7]),
        (voice, "to.viber", ["+306912345678"], ["306912345678"]),
        (
            voice,
            "to.sip",
            ["1111@test.example:55080", "sip:me@host", "SIPS:a.b@[::1]:5060"],
            ["1111", "@host", "a@", "a@b@c", "a@host:x", "a@host:65536", "a b@host", "a@host\n"],
        ),
    ],
)
def test_each_member_has_its_limits(make: Any, path: str, good: list[object], bad: list[object]) -> None:
    """What is just inside is accepted, what is just outside is refused, and only the member is named."""
    for value in good:
        accepted(_with(make, path, value))
    for value in bad:
        assert list(refused(_with(make, path, value))) == [f"flow[0].{path}"], value


def _with(make: Any, path: str, value: object) -> Any:
    """A valid step in which one member has a value, and what must stand beside it is there."""
    beside: dict[str, Json] = {
        "message.viberFile": {
            "message": {"viberFile": {"fileName": "a.pdf", "fileType": "pdf", "fileUrl": "https://a/"}},
        },
        "message.viberVideo": {
            "message": {
                "viberVideo": {
                    "videoUrl": "https://a/",
                    "videoThumbnail": "https://a/",
                    "fileSize": 1,
                    "duration": 1,
                }
            },
        },
        "message.action": {"message.action": {"caption": "Open", "targetUrl": "https://a/"}},
        "to": {"to": {}},
    }
    return make(beside.get(path.rpartition(".")[0], {}) | {path: value})


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("http://localhost", True),
        ("http://receiver:9000/hook", True),
        ("HTTPS://App.Example/x?y=z#w", True),
        ("http://127.0.0.1:65535", True),
        ("http://[::1]:8080/", True),
        ("http://user:pass@app.example/", True),
        ("https://παράδειγμα.example/", True),
        ("http://a?x", True),
        ("http://", False),
        ("http:///path", False),
        ("http://:8080/", False),
        ("http://a:65536/", False),
        ("http://a:port/", False),
        ("http://[1:2:3:4:5:6:7:8]/", True),
        ("http://[::ffff:10.1.2.3]/", True),
        ("http://[1]/h", False),
        ("http://[abc]/", False),
        ("http://[1::2::3]/", False),
        ("http://[1:2:3:4:5:6:7:8:9]/", False),
        ("http://[::256.1.1.1]/", False),
        ("http://[@a/", False),
        ("http://a\uff0fb/", False),
        ("http://\u2100/x", False),
        ("http://\u2100@a/x", False),
        ("http://a b/", False),
        ("http://a/ b", False),
        ("http://a/\n", False),
        (" http://a/", False),
        ("ws://a/", False),
        ("//a/", False),
        ("app.example/hook", False),
    ],
)
def test_a_callback_url_is_http_with_a_host(url: str, good: bool) -> None:
    """Local names, ports, addresses and credentials are fine; blanks, other schemes and impossible hosts are not."""
    if good:
        assert echoed(sms(), callback={"url": url})["callback"]["url"] == url
    else:
        told = f"must be an http or https URL with a host, such as https://app.example/hook; found '{url}'"
        assert refused(sms(), callback={"url": url}) == {"callback.url": told}


# --- statuses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "written", "meant"),
    [
        (sms, ["FAILED", "undelivered"], ["Failed", "Undelivered"]),
        (viber, ["Expired", "failed"], ["EXPIRED", "FAILED"]),
        (viber, "Expired, failed ,UNDELIVERED", ["EXPIRED", "FAILED", "UNDELIVERED"]),
        (sms, "failed", ["Failed"]),
        (voice, "COMPLETED,busy,noanswer", ["Completed", "Busy", "NoAnswer"]),
        (voice, ["Failed", "Unsent", "Terminated"], ["Failed", "Unsent", "Terminated"]),
        (voice, [], ["Busy", "NoAnswer"]),
        (voice, "", ["Busy", "NoAnswer"]),
        (sms, " , ", ["Undelivered", "Failed"]),
        (viber, None, ["EXPIRED", "FAILED", "UNDELIVERED"]),
    ],
)
def test_failover_statuses_may_be_in_any_case_and_one_text(make: Any, written: object, meant: list[str]) -> None:
    """They come back as an array in the channel's own spelling; none is the default."""
    assert list(accepted(make({"failoverOnStatuses": written})).flow[0].failover_on_statuses) == meant


@pytest.mark.parametrize(
    ("make", "written", "path", "told"),
    [
        (sms, ["Delivered"], "[0]", "must be one of Undelivered, Failed; found 'Delivered'"),
        (sms, ["Failed", "Expired"], "[1]", "must be one of Undelivered, Failed; found 'Expired'"),
        (viber, "FAILED,SEEN", "[1]", "must be one of EXPIRED, FAILED, UNDELIVERED; found 'SEEN'"),
        (
            viber,
            ["EXPIRE"],
            "[0]",
            "must be one of EXPIRED, FAILED, UNDELIVERED; found 'EXPIRE' - did you mean 'EXPIRED'?",
        ),
        (
            voice,
            ["Ringing"],
            "[0]",
            "must be one of Completed, Busy, NoAnswer, Failed, Unsent, Terminated; found 'Ringing'",
        ),
        (sms, [7], "[0]", "must be one of Undelivered, Failed; found 7"),
        (sms, 7, "", "must be an array; found 7"),
    ],
)
def test_other_statuses_are_refused(make: Any, written: object, path: str, told: str) -> None:
    """Each channel has its own list."""
    found = refused(make({"failoverOnStatuses": written}))[f"flow[0].failoverOnStatuses{path}"]
    assert found.startswith(told)


def test_a_status_that_comes_twice_counts_once_and_moves_no_other() -> None:
    """What is wrong is told at the place where the client wrote it."""
    (step,) = accepted(sms({"failoverOnStatuses": ["Failed", "FAILED", "Undelivered"]})).flow
    assert step.failover_on_statuses == ["Failed", "Undelivered"]
    found = refused(sms({"failoverOnStatuses": ["Failed", "FAILED", "x"]}))
    assert found == {"flow[0].failoverOnStatuses[2]": "must be one of Undelivered, Failed; found 'x'"}


# --- what each channel needs ------------------------------------------------------------------------------------


def test_each_channel_has_its_required_members() -> None:
    """All that is missing is told at once, in the steps' order."""
    assert refused({}, {"type": "Sms"}, {"type": "Viber"}, {"type": "Voice"}) == dict.fromkeys(
        [
            "flow[0].type",
            "flow[1].from",
            "flow[1].to",
            "flow[1].message",
            "flow[2].senderInfoTrackingId",
            "flow[2].to",
            "flow[2].message",
            "flow[3].from",
            "flow[3].to",
            "flow[3].dialPlan",
        ],
        "is required",
    )


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
    assert refused(viber({"message.viberVideo": empty | {"duration": 5}})) == {
        "flow[0].message.viberVideo.videoUrl": "must not be empty; found ''",
        "flow[0].message.viberVideo.videoThumbnail": "must not be empty; found ''",
        "flow[0].message.viberVideo.fileSize": "must be more than 0; found 0",
    }


def test_a_label_inside_a_viber_message_is_ignored() -> None:
    """Viber's label is the step's."""
    assert "label" not in echoed(viber({"message.label": "x" * 999}))["flow"][0]["message"]


@pytest.mark.parametrize(
    ("to", "echo"),
    [
        ("+306912345678", "+306912345678"),
        ({"phone": "+306912345678", "viber": "", "sip": ""}, {"phone": "+306912345678"}),
        ({"phone": " ", "viber": "+306912345678", "sip": None}, {"viber": "+306912345678"}),
        ({"sip": "1111@test.example:55080"}, {"sip": "1111@test.example:55080"}),
        ({"phone": "+306912345678", "sip": "a@b"}, {"phone": "+306912345678", "sip": "a@b"}),
    ],
)
def test_a_call_goes_to_a_number_or_to_one_of_three_addresses(to: object, echo: object) -> None:
    """Both forms of `to` are echoed as they came, without what is blank."""
    assert echoed(voice({"to": to}))["flow"][0]["to"] == echo


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ({"phone": "", "viber": "", "sip": ""}, "must not be empty; found an object with 3 members"),
        ({}, "must not be empty; found an object with 0 members"),
        ({"phone": "  "}, "must have a phone, viber or sip"),
        ({"fax": "+306912345678"}, "must have a phone, viber or sip"),
    ],
)
def test_a_call_to_nowhere_is_refused(to: object, told: str) -> None:
    """At least one address must be filled."""
    assert refused(voice({"to": to})) == {"flow[0].to": told}


@pytest.mark.parametrize("spelling", ["dialPlan", "dialplan", "dialPlans"])
@pytest.mark.parametrize("in_array", [False, True])
def test_the_dial_plan_has_three_spellings(spelling: str, in_array: bool) -> None:
    """As an object or an array of one; the answer has an array."""
    plan = {"verbs": [say({"repeat": -1, "bargeIn": True, "message.gender": "male"}), play({"repeat": 0})]}
    step = voice({"dialPlan": LEFT_OUT, spelling: [plan] if in_array else plan})
    echo = echoed(step)["flow"][0]
    assert echo["dialPlans"] == [plan]
    assert "dialPlan" not in echo


@pytest.mark.parametrize(
    ("verb", "path", "told"),
    [
        ({"type": "DIAL"}, ".type", "must be one of SAY, PLAY; found 'DIAL'"),
        ({"type": "say"}, ".type", "must be one of SAY, PLAY; found 'say' - did you mean 'SAY'?"),
        ({}, ".type", "is required"),
        (say({"message": LEFT_OUT}), ".message", "is required"),
        (say({"message": {}}), ".message.text", "is required"),
        (say({"message.text": ""}), ".message.text", "must not be empty; found ''"),
        (say({"message.text": "x" * 1001}), ".message.text", "must have at most 1000 characters; it has 1001"),
        (say({"message.language": "el"}), ".message.language", "must be one of en-US, "),
        (say({"message.language": LEFT_OUT}), ".message.language", "is required"),
        (say({"message.gender": "other"}), ".message.gender", "must be one of male, female; found 'other'"),
        (say({"repeat": -2}), ".repeat", "must be at least -1; found -2"),
        (say({"repeat": 1.5}), ".repeat", "must be a whole number; found 1.5"),
        (play({"bargeIn": "no"}), ".bargeIn", "must be true or false; found 'no'"),
        (play({"fileURL": LEFT_OUT}), ".fileURL", "is required"),
        (play({"fileURL": "https://a/x.mp3"}), ".fileURL", "must be an http or https URL of a WAV file"),
        ("SAY", "", "must be an object; found 'SAY'"),
    ],
)
def test_a_verb_that_breaks_rules_is_refused(verb: object, path: str, told: str) -> None:
    """Only SAY and PLAY, each with what it needs."""
    found = refused(voice({"dialPlan.verbs": [say(), verb]}))[f"flow[0].dialPlan.verbs[1]{path}"]
    assert found.startswith(told)


LANGUAGES = ("en-US de-DE fr-FR it-IT pt-BR es-ES es-LA", "en-GB el-GR bg-BG pl-PL hu-HU sv-SE ru-RU")


@pytest.mark.parametrize("language", " ".join(LANGUAGES).split())
def test_each_documented_language_can_be_spoken(language: str) -> None:
    """There are fourteen."""
    accepted(voice({"dialPlan.verbs": [say({"message.language": language})]}))


@pytest.mark.parametrize("url", ["http://a/x.wav", "https://cdn.example/a/x.WAV?v=1", "https://a:8443/x.wav#t"])
def test_a_wav_file_can_be_played(url: str) -> None:
    """In any case, with a query."""
    accepted(voice({"dialPlan.verbs": [play({"fileURL": url})]}))


def test_text_of_a_thousand_characters_can_be_spoken() -> None:
    """The limit itself is fine."""
    accepted(voice({"dialPlan.verbs": [say({"message.text": "x" * 1000})]}))


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"dialPlan": {}}, {"flow[0].dialPlan": "must not be empty; found an object with 0 members"}),
        ({"dialplan": {"verbs": []}}, {"flow[0].dialplan": "must not be empty; found an object with 1 member"}),
        ({"dialPlans": []}, {"flow[0].dialPlans": "must not be empty; found an array of 0"}),
        ({"dialPlans": [{}]}, {"flow[0].dialPlans[0].verbs": "is required"}),
        ({"dialPlans": [{"verbs": [say()]}] * 2}, {"flow[0].dialPlans": "must be an object; found an array of 2"}),
    ],
)
def test_an_empty_dial_plan_is_refused(plan: Json, told: dict[str, str]) -> None:
    """In each spelling; two plans are one too many."""
    assert refused(voice({"dialPlan": LEFT_OUT} | plan)) == told


def test_a_machine_s_event_url_goes_with_continue_only() -> None:
    """Hangup asks nobody."""
    url = "https://app.example/machine"
    continued = {"strategy": "Continue", "eventUrl": url}
    assert echoed(voice({"machineDetection": continued}))["flow"][0]["machineDetection"] == continued
    assert refused(voice({"machineDetection": {"strategy": "Hangup", "eventUrl": url}})) == {
        "flow[0].machineDetection": "can have an eventUrl only with the strategy Continue"
    }
    assert "flow[0].machineDetection.strategy" in refused(voice({"machineDetection": {"eventUrl": url}}))


def test_a_call_has_no_ttl() -> None:
    """Whatever is there is ignored."""
    assert "ttl" not in echoed(voice({"ttl": 0}))["flow"][0]
    assert "ttl" not in echoed(voice({"ttl": "x"}))["flow"][0]


@pytest.mark.parametrize("place", ["urlShortener", "message.urlShortener"])
def test_links_are_shortened_by_the_presence_of_a_member(place: str) -> None:
    """In the step or its message; an empty object is presence, one of nothing but zeros is not."""
    step = sms({place: {}})
    assert echoed(step)["flow"][0] == sms(
        {
            "ttl": 1200,
            "order": 1,
            "failoverOnStatuses": ["Undelivered", "Failed"],
            "message.flash": False,
            place: {"urlValidity": 2_592_000},
        }
    )
    assert b"urlShortener" not in msgspec.json.encode(accepted(sms({place: {"urlValidity": 0}})))


def test_restrictions_stand_at_the_root_or_in_the_step() -> None:
    """Both places are echoed."""
    restrictions = {"india": {"templateId": "1", "entityId": "2"}}
    answer = echoed(sms({"restrictions": restrictions}), restrictions=restrictions)
    assert answer["restrictions"] == answer["flow"][0]["restrictions"] == restrictions
    assert refused(sms(), restrictions="x") == {"restrictions": "must be an object; found 'x'"}


@pytest.mark.parametrize("name", ["templateId", "templateLang", "templateParams", "templateType", "deliveryScope"])
@pytest.mark.parametrize("make", [sms, viber, voice])
def test_template_members_belong_to_the_other_endpoint(make: Any, name: str) -> None:
    """On each channel, unless they are empty."""
    told = "belongs to POST /failover/transactional; this endpoint takes free-form content"
    assert refused(make({name: {"pin": "1"}})) == {f"flow[0].{name}": told}
    accepted(make({name: ""}), make({name: {}}), make({name: None}))


# --- the body as a whole ----------------------------------------------------------------------------------------


def test_a_callback_without_strategy_is_told_at_the_end() -> None:
    """OnCompletion is the default."""
    request = accepted(sms(), callback={"url": "http://a"})
    assert request == accepted(sms(), callback={"url": "http://a", "strategy": "OnCompletion"})
    assert msgspec.structs.asdict(request)["callback"].strategy is Strategy.ON_COMPLETION


@pytest.mark.parametrize(
    ("callback", "told"),
    [
        ({"strategy": "OnStep"}, {"callback.url": "is required"}),
        ({"strategy": "OnStep", "url": ""}, {"callback.url": "must not be empty; found ''"}),
        (
            {"strategy": "onstep", "url": "http://a"},
            {"callback.strategy": "must be one of OnStep, OnCompletion; found 'onstep' - did you mean 'OnStep'?"},
        ),
        ("http://a", {"callback": "must be an object; found 'http://a'"}),
        ("", {"callback": "must be an object; found ''"}),
        ([], {"callback": "must be an object; found an array of 0"}),
    ],
)
def test_a_callback_that_cannot_be_made_is_refused(callback: object, told: dict[str, str]) -> None:
    """It needs a URL, and a strategy spelled exactly."""
    assert refused(sms(), callback=callback) == told


@pytest.mark.parametrize("callback", [None, {}, {"url": "", "strategy": ""}])
def test_an_empty_callback_is_none(callback: object) -> None:
    """A client that sends all members, empty, wants no callbacks."""
    assert "callback" not in echoed(sms(), callback=callback)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (b"{}", {"flow": "is required"}),
        (b'{"flow":[]}', {"flow": "must not be empty; found an array of 0"}),
        (b'{"flow":null}', {"flow": "must not be empty; found null"}),
        (b'{"flow":{"a":1}}', {"flow": "must be an array; found an object with 1 member"}),
        (b'{"flow":[7,null]}', {f"flow[{i}]": f"must be an object; found {x}" for i, x in enumerate(("7", "null"))}),
    ],
)
def test_a_flow_has_at_least_one_step(found: bytes, told: dict[str, str]) -> None:
    """Each of its elements must be an object."""
    with pytest.raises(Invalid) as caught:
        reading.failover(found)
    assert caught.value.properties == told


def test_a_flow_has_no_upper_limit_unless_one_is_set() -> None:
    """The limit is told together with all else that is wrong."""
    assert len(accepted(*[sms()] * 200).flow) == 200
    assert len(reading.failover(body(sms(), sms()), 2).flow) == 2
    with pytest.raises(Invalid) as caught:
        reading.failover(body(sms(), sms(), sms({"ttl": 0})), 2)
    assert caught.value.properties == {
        "flow": "must have at most 2 elements; it has 3",
        "flow[2].ttl": "must be at least 1; found 0",
    }


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (b"[]", "The body must be an object with a flow; found an array of 0"),
        (b"null", "The body must be an object with a flow; found null"),
        (b"", "The body is empty; it must be JSON"),
        (b'{"flow":[],"flow":[]}', "The body has the key 'flow' twice in one object"),
        (b'{"flow":"","flow":[]}', "The body has the key 'flow' twice in one object"),
    ],
)
def test_what_is_no_object_is_malformed(found: bytes, told: str) -> None:
    """A body of another kind has no members that could be named."""
    with pytest.raises(Malformed) as caught:
        reading.failover(found)
    assert str(caught.value) == told


def test_parse_gives_a_body_as_it_was_written() -> None:
    """Nothing is forgiven yet."""
    assert reading.parse(b'{"a":"","b":{}}') == {"a": "", "b": {}}


@pytest.mark.parametrize("kind", STEPS)
def test_a_client_that_sends_every_member_is_understood(kind: str) -> None:
    """Empty members of all channels around a channel's own change nothing."""
    step = STEPS[kind]()
    own = {"ttl": 5} if kind != "Voice" else {}
    message = ALL_EMPTY["message"] | step.get("message", {})
    request = accepted(ALL_EMPTY | step | own | {"message": message})
    assert request == accepted(changed(step | own, {"message.transcode": False}))


@pytest.mark.parametrize(
    ("kind", "foreign"),
    [
        ("Sms", {"senderInfoTrackingId": 7, "expireOnDelivery": "x", "inboundUrl": "x", "dialPlan": 7, "label": 7}),
        ("Viber", {"from": 7, "urlShortener": 7, "restrictions": 7, "dialPlan": 7, "machineDetection": 7}),
        ("Voice", {"ttl": 7000, "message": 7, "senderInfoTrackingId": 7, "inboundUrl": 7, "urlShortener": 7}),
    ],
)
def test_members_of_other_channels_are_ignored(kind: str, foreign: Json) -> None:
    """Whatever they hold, as is what nobody knows."""
    step = STEPS[kind]()
    assert accepted(step | foreign | {"unknown": [1]}) == accepted(step)


@given(valid_steps(), st.dictionaries(st.sampled_from(sorted(ALL_EMPTY)), st.sampled_from(["", None, {}, []])))
def test_empty_members_never_spoil_a_valid_step(step: Json, empty: Json) -> None:
    """Any set of them, each empty in any way; only an empty urlShortener means something."""
    empty.pop("urlShortener", None)
    assert accepted(empty | step) == accepted(step)


@settings(max_examples=300)
@given(almost_valid(EXAMPLE) | json_values().filter(lambda value: isinstance(value, dict)))
def test_any_object_is_accepted_or_refused_in_words(value: object) -> None:
    """There is no other exception: an accepted request can be encoded, a refusal names at least one path."""
    try:
        answer: object = reading.failover(json.dumps(value).encode())
    except Invalid as error:
        answer = error.properties
    assert msgspec.json.encode(answer) != b"{}"


@given(json_values().filter(lambda value: not isinstance(value, dict)))
def test_any_other_json_is_malformed(value: object) -> None:
    """There is no other exception."""
    with pytest.raises(Malformed):
        reading.failover(json.dumps(value).encode())


@given(st.binary(max_size=80))
def test_any_bytes_are_accepted_or_refused(found: bytes) -> None:
    """There is no other exception, for either kind of body."""
    with suppress(Malformed, Invalid):
        reading.failover(found)
    with suppress(Malformed, Invalid):
        reading.search(found)


# --- searches ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "filters"),
    [
        (b"", []),
        (b" \n", []),
        (b"[]", []),
        (b'{"fieldName":"to","searchTerm":"+30"}', [Filter("to", "+30", "is")]),
        (b'[{"fieldName":"to","searchOperator":"CONTAINS","searchTerm":"Sms"}]', [Filter("to", "Sms", "contains")]),
        (b'[{"fieldName":"to","searchOperator":"Starts_With","searchTerm":"x"}]', [Filter("to", "x", "starts_with")]),
        (b'[{"fieldName":"to","searchOperator":"ends_with","searchTerm":"1"}]', [Filter("to", "1", "ends_with")]),
        (b'[{"fieldName":"type","searchOperator":"","searchTerm":"sms"}]', [Filter("type", "Sms", "is")]),
        (b'[{"fieldName":"type","searchOperator":null,"searchTerm":"VOICE"}]', [Filter("type", "Voice", "is")]),
        (
            b'[{"fieldName":"status","searchOperator":"IS_NOT","searchTerm":"inprogress"},'
            b'{"fieldName":"terminationChannel","searchTerm":"viber"},'
            b'{"fieldName":"flowKind","searchTerm":"Transactional"}]',
            [
                Filter("status", "InProgress", "is_not"),
                Filter("terminationChannel", "Viber"),
                Filter("flowKind", "transactional"),
            ],
        ),
    ],
)
def test_a_search_has_any_number_of_filters(found: bytes, filters: list[Filter]) -> None:
    """None, one without its array, or several; operators and terms in any case."""
    assert reading.search(found) == filters


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([{}], {"[0].fieldName": "is required", "[0].searchTerm": "is required"}),
        ({"fieldName": "to", "searchTerm": ""}, {"searchTerm": "must not be empty; found ''"}),
        (
            [{"fieldName": "To", "searchTerm": "x"}],
            {
                "[0].fieldName": "must be one of type, to, status, terminationChannel, flowKind; found 'To'"
                " - did you mean 'to'?"
            },
        ),
        (
            [{"fieldName": "to", "searchTerm": "x"}, {"fieldName": "status", "searchTerm": "Done"}],
            {"[1].searchTerm": "must be one of Queued, InProgress, Succeeded, Failed; found 'Done'"},
        ),
        (
            [{"fieldName": "type", "searchTerm": "Email"}],
            {"[0].searchTerm": "must be one of Sms, Viber, Voice; found 'Email'"},
        ),
        (
            {"fieldName": "flowKind", "searchTerm": "otp"},
            {"searchTerm": "must be one of failover, transactional; found 'otp'"},
        ),
        (
            [{"fieldName": "status", "searchOperator": "contains", "searchTerm": "Failed"}],
            {"[0].searchOperator": "must be one of is, is_not; found 'contains'"},
        ),
        ([{"fieldName": "to", "searchTerm": 30}], {"[0].searchTerm": "must be a text; found 30"}),
        ([7], {"[0]": "must be an object; found 7"}),
    ],
)
def test_a_filter_that_means_nothing_is_refused(found: object, told: dict[str, str]) -> None:
    """The message says where and what is allowed."""
    with pytest.raises(Invalid) as caught:
        reading.search(json.dumps(found).encode())
    assert caught.value.entity == "FailoverTracking"
    assert caught.value.properties == told


@pytest.mark.parametrize("found", [b"7", b"null", b'"to"', b"[", b"[NaN]"])
def test_a_search_must_be_an_array(found: bytes) -> None:
    """Or one filter; anything else is malformed."""
    with pytest.raises(Malformed):
        reading.search(found)


@given(json_values())
def test_any_search_is_accepted_or_refused(value: object) -> None:
    """There is no other exception."""
    with suppress(Malformed, Invalid):
        reading.search(json.dumps(value).encode())


@pytest.mark.parametrize(("read", "make"), [(reading.full, mutated.bodies), (reading.search, mutated.searches)])
def test_a_refusal_reads_the_same_whichever_library_lists_the_errors(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[bytes], object], make: Callable[[int, int], Iterator[bytes]]
) -> None:
    """The same paths with the same messages in the same order, for bodies with all kinds of mistakes."""
    by_default = schema.violations
    refused = 0
    for each in make(2, FUZZED):
        told = []
        for violations in (by_default, schema.reference):
            monkeypatch.setattr(schema, "violations", violations)
            told.append(refusal(read, each))
        assert told[0] == told[1], each
        refused += bool(told[0])
    assert refused > FUZZED / 4


def refusal(read: Callable[[bytes], object], written: bytes) -> list[tuple[str, str]]:
    """The paths and messages of a body that breaks rules; none of one that does not, or is no JSON."""
    try:
        read(written)
    except Invalid as error:
        return list(error.properties.items())
    except Malformed:
        pass
    return []


def test_of_very_many_steps_the_wrong_ones_are_told_at_their_places() -> None:
    """And what is wrong beside them; up to fifty."""
    steps = [{**EXAMPLE["flow"][0], "order": order} for order in range(2000)]
    for index in (700, 1999):
        steps[index] = {"type": "Viber", "order": index}
    with pytest.raises(Invalid) as refused:
        reading.failover(json.dumps({"flow": steps, "callback": {"strategy": "Never"}}).encode())
    told = refused.value.properties
    assert {path.partition(".")[0] for path in told} == {"flow[700]", "flow[1999]", "callback"}
    with pytest.raises(Invalid) as refused:
        reading.failover(json.dumps({"flow": [{"type": "Fax"}] * 2000}).encode())
    assert len(refused.value.properties) == 50
    with pytest.raises(Invalid) as refused:
        reading.failover(json.dumps({"flow": steps[:700], "callback": {"strategy": "Never"}}).encode())
    assert {path.partition(".")[0] for path in refused.value.properties} == {"callback"}
