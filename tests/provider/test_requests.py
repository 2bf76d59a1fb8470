"""Which service a body is for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.fakes import samples
from emulator.provider.otp.request import SEND
from emulator.provider.requests import TRANSACTIONAL, Invalid, Malformed, read, request_of
from tests.support.running import SMS as STEP

SMS: dict[str, Any] = {"body": "Hi", "to": "306912345678", "from": "Shop"}


def test_a_body_is_read_by_the_service_that_has_such_members() -> None:
    """With its remarks."""
    assert read(json.dumps({"flow": [STEP]}).encode()).kind == "failover"
    found = read(json.dumps(SMS | {"lable": "x"}).encode())
    assert (found.kind, len(found.remarks)) == ("sms", 1)
    assert [step.to for step in request_of(json.dumps(SMS).encode()).flow] == ["+306912345678"]


@pytest.mark.parametrize(
    ("body", "entity"),
    [
        ({"from": "Shop"}, "FailoverRequest"),
        ({"flow": [], "body": "Hi"}, "FailoverRequest"),
        ({"flow": [{"templateId": "a"}]}, "TransactionalFailoverRequest"),
        (SMS | {"to": "12"}, "SmsTracking"),
        ({"text": "Hi", "to": "306912345678", "from": "Shop"}, "SmsTracking"),
        (STEP, "FailoverRequest"),
        (SMS | {"from": "Seventeen letters"}, "SmsTracking"),
    ],
)
def test_what_is_wrong_is_told_by_that_service(body: object, entity: str) -> None:
    """In one kind of error."""
    with pytest.raises(Invalid) as found:
        read(json.dumps(body).encode())
    assert found.value.entity == entity


def test_a_campaign_is_told_from_a_message() -> None:
    """By several recipients, or by members that only it has; its reader says what to give."""
    for many in (SMS | {"to": ["306912345678"]}, {"body": "Hi", "from": "Shop", "groups": ["All"]}):
        with pytest.raises(Malformed, match="A campaign is many messages: give one of them"):
            read(json.dumps(many).encode())


def test_a_body_with_a_recipient_asks_for_a_code() -> None:
    """What has errors of their own at that service is told by the member."""
    asked = {"method": "sms", "recipient": "+306912345678"}
    assert read(json.dumps(asked).encode()).kind == "2step"
    for more, member in (({"template": "Hi"}, "template"), ({"originator": "Seventeen letters"}, "originator")):
        with pytest.raises(Invalid) as found:
            read(json.dumps(asked | more).encode())
        assert list(found.value.properties) == [member]


def test_a_body_with_a_step_for_a_password_is_for_that_service() -> None:
    """So is one of Sms alone that came to its path."""
    over_viber, by_sms = (samples.otp([channel], "+306912345678", "Hi") for channel in ("Viber", "Sms"))
    assert read(json.dumps(over_viber).encode()).kind == "otp"
    assert [read(json.dumps(by_sms).encode(), path).kind for path in ("", SEND)] == ["failover", "otp"]


def test_a_flow_with_a_template_is_transactional() -> None:
    """Unless its step has a message too; then it is told as for any other flow that a template has no place there."""
    step = samples.templated("+306912345678")
    assert read(json.dumps({"flow": [STEP, step]}).encode()).kind == "transactional"
    assert [read(json.dumps({"flow": [STEP]}).encode(), path).kind for path in ("", TRANSACTIONAL)] == [
        "failover",
        "transactional",
    ]
    with pytest.raises(Invalid) as found:
        read(json.dumps({"flow": [step | {"message": {"text": "Hi"}}]}).encode())
    assert found.value.entity == "FailoverRequest"


@pytest.mark.parametrize("body", [b"", b"[]", b"{"])
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    """Whichever service it was meant for."""
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize(
    ("body", "kind"), [(samples.viber("+306912345678", "Hi"), "viber"), (samples.call("+306912345678", "Hi"), "voice")]
)
def test_viber_messages_and_calls_are_told_by_what_only_they_have(body: Any, kind: str) -> None:
    """A sender that is registered, and a dial plan."""
    assert read(json.dumps(body).encode()).kind == kind
    with pytest.raises(Invalid):
        read(json.dumps(body | {"to": "12"}).encode())


def test_a_content_that_viber_does_not_have_is_told() -> None:
    """As what is wrong with the body."""
    with pytest.raises(Invalid) as found:
        read(json.dumps(samples.viber("+306912345678", "Hi") | {"body": {}}).encode())
    assert list(found.value.properties) == ["body"]
