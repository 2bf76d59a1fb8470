"""What steps of all channels share: defaults, orders, failover statuses, and members that don't count."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import Json
from tests.support.bodies import (
    LEFT_OUT,
    STEPS,
    changed,
    say,
    sms,
    valid_steps,
    viber,
    voice,
)
from tests.support.reading import accepted, echoed, refused

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
            "must be one of EXPIRED, FAILED, UNDELIVERED; found 'EXPIRE'; did you mean 'EXPIRED'?",
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
