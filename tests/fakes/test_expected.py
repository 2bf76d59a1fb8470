"""The requests that the expectations of scenarios send."""

from __future__ import annotations

import pytest

from emulator.errors import Json
from emulator.fakes.expected import NUMBER, Invalid, request_of
from emulator.flow.request import SmsStep, Strategy, ViberStep, VoiceStep
from emulator.scenario.rules import Expectation


def test_a_step_is_the_sample_of_its_channel_with_the_members_that_are_given() -> None:
    """A label is where the channel has it; a call has no ttl."""
    sent: list[Json] = [
        {"type": "Sms", "label": "otp", "text": "Code 1", "from": "Me", "ttl": 5},
        {"type": "Viber", "label": "otp", "to": "+306922222222", "failoverOnStatuses": ["EXPIRED"]},
        {"type": "Voice", "ttl": 5, "text": "Hello"},
    ]
    request = request_of(Expectation(tuple(sent)))
    sms, viber, voice = request.flow
    assert isinstance(sms, SmsStep)
    assert (sms.to, sms.sender, sms.ttl, sms.message.body, sms.message.label) == (NUMBER, "Me", 5, "Code 1", "otp")
    assert isinstance(viber, ViberStep)
    assert (viber.to, viber.label, viber.failover_on_statuses) == ("+306922222222", "otp", ["EXPIRED"])
    assert isinstance(voice, VoiceStep)
    assert voice.dial_plans[0].verbs[0]["message"]["text"] == "Hello"
    assert request.callback
    assert request.callback.strategy is Strategy.ON_STEP


def test_what_the_api_refuses_is_no_request() -> None:
    """As a client would find out."""
    with pytest.raises(Invalid):
        request_of(Expectation(({"type": "Sms", "from": "far too long a name"},)))


def test_only_a_call_has_a_dial_plan() -> None:
    """As the API has it."""
    plan = {"dialPlan": {"verbs": [{"type": "COLLECT", "maxDigits": 1, "eventUrl": "http://x/"}]}}
    (step,) = request_of(Expectation(({"type": "Voice"} | plan,), endpoint="voice")).flow
    assert isinstance(step, VoiceStep)
    assert step.dial_plans[0].verbs[0]["type"] == "COLLECT"
    with pytest.raises(Invalid):
        request_of(Expectation(({"type": "Sms"} | plan,)))


def test_a_transactional_flow_has_templates_on_viber() -> None:
    """Which have no text and no label; its other steps are as in any flow."""
    sent: tuple[Json, ...] = ({"type": "Viber", "ttl": 5}, {"type": "Sms", "text": "Code 1"})
    viber, sms = request_of(Expectation(sent, endpoint="transactional")).flow
    assert isinstance(viber, ViberStep)
    assert isinstance(sms, SmsStep)
    assert (bool(viber.template), viber.ttl, viber.to, sms.message.body) == (True, 5, NUMBER, "Code 1")
    for more in ({"text": "Hi"}, {"label": "otp"}):
        with pytest.raises(Invalid):
            request_of(Expectation(({"type": "Viber"} | more,), endpoint="transactional"))


def test_a_single_message_is_one_sms() -> None:
    """With the members that it has there; anything else is refused."""
    request = request_of(Expectation(({"type": "Sms", "ttl": 4000, "label": "otp"},), endpoint="sms"))
    (step,) = request.flow
    assert isinstance(step, SmsStep)
    assert (step.to, step.ttl, step.message.label) == (NUMBER, 4000, "otp")
    assert request.callback
    assert request.callback.strategy is Strategy.ON_CHANGE
    for sent in (({"type": "Viber"},), ({"type": "Sms"}, {"type": "Sms"}), ({"type": "Sms", "ttl": 5000},)):
        with pytest.raises(Invalid):
            request_of(Expectation(sent, endpoint="sms"))


def test_a_code_is_sent_by_one_sms_or_call() -> None:
    """With the members that its request has."""
    told = {"type": "Sms", "to": "+306912345678", "from": "Me", "text": "It is @@pin"}
    (step,) = request_of(Expectation((told,), endpoint="2step")).flow
    assert isinstance(step, SmsStep)
    assert (step.to, step.sender, step.message.body) == ("+306912345678", "Me", "It is @@pin")
    (call,) = request_of(Expectation(({"type": "Voice"},), endpoint="2step")).flow
    assert call.to == NUMBER
    for sent in (({"type": "Viber"},), ({"type": "Sms"}, {"type": "Sms"}), ({"type": "Sms", "ttl": 5},)):
        with pytest.raises(Invalid):
            request_of(Expectation(sent, endpoint="2step"))


def test_a_one_time_password_goes_over_viber_and_sms() -> None:
    """Times are in minutes, as in all expectations."""
    told = ({"type": "Viber", "ttl": 0.5, "to": "+306912345678"}, {"type": "Sms", "text": "It is 4711", "label": "x"})
    chat, text = request_of(Expectation(told, endpoint="otp")).flow
    assert isinstance(chat, ViberStep)
    assert isinstance(text, SmsStep)
    assert (chat.ttl, chat.to, text.message.body, text.message.label) == (0.5, "+306912345678", "It is 4711", "x")
    with pytest.raises(Invalid):
        request_of(Expectation(({"type": "Voice"},), endpoint="otp"))


def test_a_single_message_goes_by_the_channel_of_its_service() -> None:
    """The ttl of an expectation is in minutes, which POST /viber has in seconds, and calls have none."""
    (chat,) = request_of(Expectation(({"type": "Viber", "to": NUMBER, "ttl": 2.5},), endpoint="viber")).flow
    assert isinstance(chat, ViberStep)
    assert (chat.ttl, chat.to) == (2.5, NUMBER)
    (call,) = request_of(Expectation(({"type": "Voice", "ttl": 2.5},), endpoint="voice")).flow
    assert isinstance(call, VoiceStep)
    with pytest.raises(Invalid):
        request_of(Expectation(({"type": "Sms"},), endpoint="viber"))
