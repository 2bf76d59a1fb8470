"""Requests for one-time passwords: what is read, and what is refused with which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import UNSET

from emulator.fakes import samples
from emulator.flow.request import Callback, Request, SmsStep, Strategy, ViberStep
from emulator.provider.otp.reading import Invalid, Malformed, read, read_stored

TO = "+306912345678"
BODY = samples.otp(["Viber", "Sms"], TO, "It is 4711", "http://127.0.0.1:9/hook")
VIBER, SMS = BODY["flow"]


def asked(*steps: Any, **more: Any) -> Any:
    """What is read of a body of these steps."""
    return read(json.dumps({"flow": list(steps)} | more).encode())


def wrong(*steps: Any, **more: Any) -> dict[str, str]:
    """What is wrong with a body of these steps."""
    with pytest.raises(Invalid) as found:
        asked(*steps, **more)
    assert found.value.entity == "body"
    return found.value.properties


def viber(**more: Any) -> ViberStep:
    """The first step of a flow of two."""
    found = asked(VIBER | more, SMS).request.flow[0]
    assert isinstance(found, ViberStep)
    return found


def test_a_request_becomes_a_flow() -> None:
    """With the steps as they came beside those that run; each change is told once, but not the beginning."""
    request: Request = asked(*BODY["flow"], callback=BODY["callback"]).request
    first, second = request.flow
    assert isinstance(first, ViberStep)
    assert isinstance(second, SmsStep)
    assert (first.ttl, first.message.text, first.to) == (1, "Your verification code is 4711.", TO)
    assert (second.ttl, second.message.body, second.sender) == (1, "It is 4711", "Shop")
    assert request.callback == Callback(Strategy.ON_STEP, "http://127.0.0.1:9/hook", bare=True)
    assert (request.asked, request.code) == (BODY["flow"], "4711")
    assert asked(SMS).request.code is UNSET
    assert asked(SMS).request.callback is UNSET


def test_what_is_stored_is_read_again() -> None:
    """As the engine keeps it."""
    from msgspec import json as packed

    request = asked(*BODY["flow"], callback=BODY["callback"]).request
    assert read_stored(packed.encode(request)) == request


@pytest.mark.parametrize(("seconds", "minutes"), [(60, 1), (30, 0.5), (1, 1 / 60), (0, 1440)])
def test_times_to_live_are_in_seconds(seconds: int, minutes: float) -> None:
    """0 is no limit but that of any step: a day."""
    assert viber(ttl=seconds).ttl == minutes


@pytest.mark.parametrize("to", ["306912345678", TO, ["306912345678"], [TO]])
def test_a_number_may_lack_its_plus_and_stand_in_an_array(to: Any) -> None:
    """It is answered as it came."""
    request = asked(VIBER | {"to": to}).request
    assert request.flow[0].to == TO
    assert request.asked[0]["to"] == to
    if isinstance(to, list):
        assert list(wrong(SMS | {"to": to})) == ["flow[0].to"]
        assert list(wrong(VIBER | {"to": to * 2})) == ["flow[0].to"]


@pytest.mark.parametrize("name", ["failoverAfterDelivered", "failoverOnDelivered"])
def test_the_next_channel_may_follow_a_delivery(name: str) -> None:
    """Its ttl counts from there; after the last channel there is none to follow."""
    assert (viber(**{name: True}).expire_on_delivery, viber(**{name: True}).ttl_since_delivery) == (True, True)
    assert (viber(**{name: False}).expire_on_delivery, viber().ttl_since_delivery) == (False, UNSET)
    (alone,) = asked(VIBER | {name: True}).request.flow
    assert isinstance(alone, ViberStep)
    assert not alone.expire_on_delivery


def test_steps_run_by_their_order_which_is_unique() -> None:
    """Where there is none, it is that of the array."""
    assert [step.order for step in asked(VIBER | {"order": 2}, SMS | {"order": 1}).request.flow] == [2, 1]
    bare = {key: value for key, value in SMS.items() if key != "order"}
    assert [step["order"] for step in asked(VIBER, bare).request.asked] == [1, 2]
    assert wrong(VIBER, SMS | {"order": 1}) == {"flow[1].order": "must be unique; flow[0] has 1 too"}


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"pin": "123"}, "pin"),
        ({"pin": "1" * 11}, "pin"),
        ({"pin": 4711}, "pin"),
        ({"pin": ""}, "pin"),
        ({"ttl": -1}, "ttl"),
        ({"ttl": 1.5}, "ttl"),
        ({"order": 0}, "order"),
        ({"to": "12"}, "to"),
        ({"templateType": "with_name"}, "templateType"),
        ({"templateType": "with_reason", "templateId": "own"}, "businessName"),
        ({"senderInfoTrackingId": ""}, "senderInfoTrackingId"),
        ({"templateId": None}, "templateId"),
        ({"type": "Viber"}, "type"),
        ({"label": "x" * 351}, "label"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(more: Any, place: str) -> None:
    """Of the step."""
    assert next(iter(wrong(VIBER | more))) == f"flow[0].{place}"


def test_what_a_step_needs_is_told_at_once() -> None:
    """All of it."""
    assert list(wrong({"type": "ViberOtp"})) == [
        f"flow[0].{name}" for name in ("to", "ttl", "senderInfoTrackingId", "templateId", "pin")
    ]
    assert list(wrong({"type": "Sms"})) == [f"flow[0].{name}" for name in ("to", "ttl", "from", "message")]
    assert wrong(SMS | {"message": {}}) == {"flow[0].message.body": "is required"}
    assert wrong(SMS, callback={}) == {"callback.url": "is required"}
    assert list(wrong()) == ["flow"]


def test_texts_have_as_many_parts_as_an_sms_may_have() -> None:
    """However they are sent."""
    assert "256" in wrong(SMS | {"message": {"body": "x" * 153 * 255 + "x"}})["flow[0].message.body"]


def test_there_may_be_a_limit_of_steps() -> None:
    """That of the settings."""
    with pytest.raises(Invalid, match="at most 1"):
        read(json.dumps(BODY).encode(), 1)


def test_unknown_members_are_ignored_and_told() -> None:
    """But not those that fill a template under another name."""
    found = asked(VIBER | {"codeValidityTime": "5", "ttls": 1}, SMS)
    assert found.remarks == ("flow[0].ttls is not known here and ignored; did you mean 'ttl'?",)


@pytest.mark.parametrize(("ttl", "told"), [(0, 0), (2, 1), (29, 1), (30, 0)])
def test_a_ttl_that_may_be_meant_in_minutes_is_told(ttl: int, told: int) -> None:
    """As flows of POST /failover have it; 0 is none at all."""
    remark = f"flow[1].ttl is in seconds here, in POST /failover in minutes: found {ttl}"
    assert asked(VIBER, SMS | {"ttl": ttl}).remarks == (remark,) * told


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"flow": [], "flow": []}'])
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    """As at the other services."""
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize("steps", [1, "x", {}, [1], [[]], [{"type": {}}], [{"type": ["Sms"], "to": {}}]])
def test_no_shape_makes_the_reader_fail(steps: Any) -> None:
    """It is told what is wrong."""
    with pytest.raises(Invalid):
        read(json.dumps({"flow": steps}).encode())
