"""What the quick reader's types accept, and what they become: nothing beyond the schemas, with the same defaults."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET, ValidationError, to_builtins

from emulator.channels.table import CHANNELS, Channel
from emulator.flow import request
from emulator.flow.request import Strategy
from emulator.provider.failover.wire import Body, NotQuick, decode
from tests.support.bodies import LEFT_OUT, body, play, say, sms, viber, voice


def made(*steps: object, **root: object) -> request.Request:
    """The request of a body with these steps."""
    return decode(body(*steps, **root)).request()


def test_defaults_are_those_of_the_channel_and_of_the_position() -> None:
    """In each step, whichever place it has."""
    for index, step in enumerate(made(voice(), viber(), sms()).flow):
        traits = CHANNELS[step.channel]
        assert (step.order, step.failover_on_statuses) == (index + 1, list(traits.default_failover))
        assert getattr(step, "ttl", None) == (traits.ttl.default if traits.ttl else None)


def test_statuses_are_spelled_as_documented_each_once() -> None:
    """Whatever the case; an empty list is the channel's own."""
    steps = made(
        sms({"failoverOnStatuses": ["failed", "UNDELIVERED", "Failed"]}), viber({"failoverOnStatuses": []})
    ).flow
    assert steps[0].failover_on_statuses == ["Failed", "Undelivered"]
    assert steps[1].failover_on_statuses == ["EXPIRED", "FAILED", "UNDELIVERED"]


@pytest.mark.parametrize(
    ("callback", "expected"),
    [
        (None, UNSET),
        ({"url": "http://a"}, request.Callback(Strategy.ON_COMPLETION, "http://a")),
        ({"url": "http://a", "strategy": "OnStep"}, request.Callback(Strategy.ON_STEP, "http://a")),
    ],
)
def test_a_callback_is_at_the_end_unless_it_says_otherwise(callback: Any, expected: object) -> None:
    """Without one the request has none."""
    assert made(sms(), **({"callback": callback} if callback else {})).callback == expected


@pytest.mark.parametrize(
    ("content", "good"),
    [
        ({"text": "Hi"}, True),
        ({"imageUrl": "https://a"}, True),
        ({"text": "Hi", "action": {"caption": "Open", "targetUrl": "http://a"}}, True),
        ({"text": "Hi", "imageUrl": "https://a", "action": {"caption": "Open", "targetUrl": "http://a"}}, True),
        ({}, False),
        ({"text": "Hi", "imageUrl": "https://a"}, False),
        ({"imageUrl": "https://a", "action": {"caption": "Open", "targetUrl": "http://a"}}, False),
        ({"action": {"caption": "Open", "targetUrl": "http://a"}}, False),
    ],
)
def test_a_viber_message_is_quick_in_the_combinations_that_viber_has(content: Any, good: bool) -> None:
    """Any other is for the full reader, which says what is wrong."""
    if good:
        (step,) = made(viber({"message": content})).flow
        assert to_builtins(step)["message"] == content
    else:
        with pytest.raises(NotQuick):
            made(viber({"message": content}))


@pytest.mark.parametrize(("ttl", "good"), [(0.5, True), (1.5, True), (7, True), (1.25, False)])
def test_a_viber_ttl_has_at_most_one_decimal(ttl: float, good: bool) -> None:
    """It keeps its kind of number."""
    if not good:
        with pytest.raises(NotQuick):
            made(viber({"ttl": ttl}))
        return
    (step,) = made(viber({"ttl": ttl})).flow
    assert isinstance(step, request.ViberStep)
    assert (type(step.ttl), step.ttl) == (type(ttl), ttl)


def test_a_list_of_statuses_that_repeats_itself_is_not_quick() -> None:
    """The cache of status lists would keep it."""
    with pytest.raises(NotQuick):
        made(sms({"failoverOnStatuses": ["Failed"] * 7}))


@pytest.mark.parametrize(
    "step",
    [
        sms({"to": "306912345678"}),
        sms({"from": "Twelve chars"}),
        sms({"ttl": 0}),
        sms({"ttl": 1441}),
        sms({"ttl": 5.0}),
        sms({"order": 2**31}),
        sms({"message.body": ""}),
        sms({"message.label": "x" * 351}),
        viber({"ttl": 0.4}),
        viber({"ttl": 1440.5}),
        viber({"message.text": "x" * 1001}),
        viber({"message": {"imageUrl": "http://a"}}),
        viber({"failoverOnStatuses": ["SEEN"]}),
        voice({"dialPlan.verbs": []}),
        voice({"dialPlan.verbs": [play()]}),
        voice({"dialPlan.verbs": [say({"message.language": "nl-NL"})]}),
        voice({"dialPlan.verbs": [say({"repeat": -2})]}),
        {"type": "Fax"},
        sms({"type": LEFT_OUT}),
    ],
)
def test_what_the_schemas_refuse_does_not_fit_the_types(step: Any) -> None:
    """Nor do other ways to write what they accept."""
    with pytest.raises(ValidationError):
        decode(body(step))


def test_a_dial_plan_keeps_its_verbs_as_they_came() -> None:
    """With their members in the same order."""
    verb = {"bargeIn": True, "message": {"language": "el-GR", "text": "Hi"}, "repeat": 2, "type": "SAY"}
    (step,) = made(voice({"dialPlan.verbs": [verb]})).flow
    assert isinstance(step, request.VoiceStep)
    assert [list(each) for each in step.dial_plans[0].verbs] == [list(verb)]


def test_a_body_without_steps_does_not_fit() -> None:
    """An empty array neither."""
    assert isinstance(decode(body(sms())), Body)
    for written in (b"{}", b'{"flow":[]}', b"[]", b"7"):
        with pytest.raises(ValidationError):
            decode(written)


@pytest.mark.parametrize("channel", list(Channel))
def test_every_status_that_a_channel_may_fail_over_on_fits(channel: Channel) -> None:
    """In the documented case and the three common ones."""
    make = {Channel.SMS: sms, Channel.VIBER: viber, Channel.VOICE: voice}[channel]
    for status in CHANNELS[channel].legal_failover:
        for written in (status, status.upper(), status.lower(), status.capitalize()):
            (step,) = made(make({"failoverOnStatuses": [written]})).flow
            assert step.failover_on_statuses == [status]
