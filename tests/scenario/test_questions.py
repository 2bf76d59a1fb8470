"""What rules may ask about a request's steps."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, json

from emulator.channels import numbers
from emulator.flow.request import Request, SmsMessage, SmsStep, Step, ViberMessage, ViberStep
from emulator.provider.failover import reading
from emulator.scenario.matching import NUMBERS, TEXTS
from emulator.scenario.questions import Facts, Question, questions
from tests.support.bodies import valid_bodies
from tests.support.samples import sms, viber, voice

MEMBERS: Final = (*TEXTS.values(), *NUMBERS.values())


def facts(question: Question) -> dict[str, object]:
    """All that a rule can ask, answered."""
    return {member: getattr(question, member) for member in MEMBERS}


def eagerly(application: str, number: int, request: Request, counts: dict[str, int]) -> list[Facts]:
    """The same questions with every fact worked out."""
    made = []
    for step in request.flow:
        to = str(step.to)
        made.append(
            Facts(
                channel=step.channel,
                to=to,
                sender="" if isinstance(step, ViberStep) else step.sender,
                text=_text(step),
                label=_label(step),
                sender_info_tracking_id=step.sender_info_tracking_id if isinstance(step, ViberStep) else "",
                video=_video(step),
                application=application,
                steps=len(request.flow),
                order=len([other for other in request.flow if other.order < step.order]) + 1,
                request=number,
                request_to=counts.get(to, 1),
                country=numbers.country(to),
                operator=numbers.network(to),
            )
        )
    return made


def _text(step: Step) -> str:
    if isinstance(step, SmsStep):
        return step.message.body
    if isinstance(step, ViberStep):
        return step.message.text or ""
    return " ".join(each["message"]["text"] for plan in step.dial_plans for each in plan.verbs if each["type"] == "SAY")


def _video(step: Step) -> str:
    video = step.message.viber_video if isinstance(step, ViberStep) else UNSET
    return "" if video is UNSET else video.video_url


def _label(step: Step) -> str:
    if isinstance(step, SmsStep):
        return step.message.label or ""
    return (step.label or "") if isinstance(step, ViberStep) else ""


@given(
    valid_bodies(),
    st.integers(1, 9),
    st.dictionaries(st.sampled_from(["+306912345678", "1@sip.example"]), st.integers(1, 9)),
)
def test_facts_worked_out_when_asked_are_those_worked_out_before(
    body: object, number: int, counts: dict[str, int]
) -> None:
    """Of every request and every fact that a scenario's file can name."""
    request = reading.failover(json.encode(body))
    asked = questions("app", number, request, counts)
    assert [facts(each) for each in asked] == [facts(each) for each in eagerly("app", number, request, counts)]


@pytest.mark.parametrize(
    ("step", "text", "label", "sender"),
    [
        (sms(), "Hi", "", "Shop"),
        (SmsStep("Shop", "+30", 1, SmsMessage("Hi", label="june"), 1, []), "Hi", "june", "Shop"),
        (ViberStep("3f0c", "+30", 1, ViberMessage(image_url="https://shop.example/i.png"), 1, []), "", "", ""),
        (voice(), "Parcel ready", "", "302100000000"),
    ],
)
def test_a_step_s_own_facts(step: Step, text: str, label: str, sender: str) -> None:
    """What a step has not is empty."""
    (asked,) = questions("app", 1, Request([step]))
    assert (asked.text, asked.label, asked.sender) == (text, label, sender)


def test_a_step_s_position_is_that_of_its_order_not_of_the_array() -> None:
    """Equal orders have the same position."""
    asked = questions("app", 1, Request([voice(7), viber(2), sms(7), sms(9)]))
    assert [each.order for each in asked] == [2, 1, 2, 4]


def test_without_counts_each_recipient_is_asked_for_the_first_time() -> None:
    """They are only counted where a rule goes by them."""
    request = Request([sms(to="+30"), sms(to="+46")])
    assert [each.request_to for each in questions("app", 5, request)] == [1, 1]
    assert [each.request_to for each in questions("app", 5, request, {"+46": 3})] == [1, 3]
