"""Bodies of POST /failover/transactional, field by field: what is read, what is refused, and what the answer says.

The provider's table of a Viber step: `senderInfoTrackingId`, `to`, `templateId`, `templateLang` are required;
`templateParams` is an object, {} by default; `deliveryScope` is PRIMARY_DEVICE (default) or ALL_DEVICES; `seq` is in
the answer in any case; `ttl` is 0.5 to 1440 minutes with one decimal, 10 by default. `message` and `label` are refused.
Steps of Sms and Voice are those of POST /failover. The body holds `flow` and `callback`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.errors import Json
from emulator.flow.request import Strategy, ViberMessage, ViberStep
from emulator.provider.failover import reading
from emulator.provider.failover.reading import Invalid
from tests.support.bodies import sms, voice

VIBER: Json = {
    "type": "Viber",
    "senderInfoTrackingId": "3f0c",
    "to": "+306912345678",
    "templateId": "9a1e",
    "templateLang": "en",
}


def read(*steps: Json, **more: Any) -> reading.Read:
    """What is read of a body with these steps."""
    return reading.read(json.dumps({"flow": list(steps)} | more).encode(), form=reading.TRANSACTIONAL)


def viber(**more: Any) -> ViberStep:
    """The step that is read of the shortest one with these members too."""
    (step,) = read(VIBER | more).request.flow
    assert isinstance(step, ViberStep)
    return step


def refused(**more: Any) -> dict[str, str]:
    """What is wrong with a step with these members."""
    with pytest.raises(Invalid) as error:
        viber(**more)
    assert error.value.entity == "TransactionalFailoverRequest"
    return {path.removeprefix("flow[0]."): why for path, why in error.value.properties.items()}


def test_the_shortest_step_gets_its_defaults() -> None:
    """Its text is not known to a reader."""
    step = viber()
    assert step.template
    assert (step.template.template_id, step.template.template_lang) == ("9a1e", "en")
    assert (step.template.template_params, step.template.delivery_scope, bool(step.template.seq)) == (
        {},
        "PRIMARY_DEVICE",
        False,
    )
    assert (step.ttl, step.order, step.failover_on_statuses) == (10, 1, ["EXPIRED", "FAILED", "UNDELIVERED"])
    assert step.message == ViberMessage()


@pytest.mark.parametrize("member", ["senderInfoTrackingId", "to", "templateId", "templateLang"])
@pytest.mark.parametrize("value", ["", None])
def test_what_a_step_must_have(member: str, value: object) -> None:
    """An empty one counts as absent."""
    assert list(refused(**{member: value})) == [member]


@pytest.mark.parametrize("value", [0.5, 1440.0, 2.5, "10"])
def test_a_ttl_is_in_minutes_with_one_decimal(value: Any) -> None:
    """As that of any Viber step."""
    assert viber(ttl=value).ttl == float(value)


@pytest.mark.parametrize(
    ("member", "value", "why"),
    [
        ("ttl", 0.4, "must be at least 0.5 minutes; found 0.4"),
        ("ttl", 1440.1, "must be at most 1440 minutes; found 1440.1"),
        ("ttl", 2.55, "must have at most 1 decimal; found 2.55"),
        ("deliveryScope", "ALL", "must be one of PRIMARY_DEVICE, ALL_DEVICES; found 'ALL'"),
        ("templateParams", ["a"], "must be an object; found an array of 1"),
        ("templateParams", "a", "must be an object; found 'a'"),
        ("seq", 7, "must be a text; found 7"),
        ("message", {"text": "Hi"}, "belongs to POST /failover; this endpoint takes approved templates"),
        ("label", "june", "belongs to POST /failover; this endpoint takes no label of the client's on Viber"),
    ],
)
def test_what_is_refused(member: str, value: object, why: str) -> None:
    """In words, at its place."""
    assert refused(**{member: value}) == {member: why}


def test_a_parameter_is_a_text_or_a_number() -> None:
    """Kept as it is, also a text that stands for a number, or a zero."""
    step = viber(templateParams={"a": "0071", "b": 7, "c": 0, "d": 1.5})
    assert step.template
    assert step.template.template_params == {"a": "0071", "b": 7, "c": 0, "d": 1.5}
    assert refused(templateParams={"a": True, "b": {"c": "d"}}) == {
        "templateParams.a": "must be a text or a number",
        "templateParams.b": "must be a text or a number",
    }


def test_zero_alone_is_a_parameter_too() -> None:
    """Where other objects of nothing but zeros count as absent."""
    step = viber(templateParams={"left": 0})
    assert step.template
    assert step.template.template_params == {"left": 0}


@pytest.mark.parametrize(
    "empty", [{"message": {}, "label": ""}, {"message": {"text": "", "action": {"caption": ""}}, "label": None}]
)
def test_empty_members_of_other_steps_count_as_absent(empty: Json) -> None:
    """A client may send all members of all steps."""
    assert viber(**empty) == viber()


def test_sms_and_voice_are_as_in_any_flow() -> None:
    """With their defaults and spellings; a flow may have only these."""
    steps = [sms({"order": 2, "message.urlShortener": {}}), voice({"order": 1})]
    assert read(*steps).request == reading.failover(json.dumps({"flow": steps}).encode())


def test_mistakes_of_other_steps_are_told_too() -> None:
    """All at once; the templates' members mean nothing there."""
    with pytest.raises(Invalid) as error:
        read(VIBER | {"label": "a"}, sms({"from": "Twelve chars", "templateId": "9a1e"}))
    assert list(error.value.properties) == ["flow[0].label", "flow[1].from"]


def test_a_body_has_a_flow_and_a_callback() -> None:
    """What else it has is ignored, and remarked on."""
    found = read(VIBER, callback={"url": "http://a.b/c"}, accountId="x", restrictions={"india": {}}, applicationId="y")
    assert found.request.callback
    assert (found.request.callback.strategy, bool(found.request.restrictions)) == (Strategy.ON_COMPLETION, False)
    assert [each.split()[0] for each in found.remarks] == ["accountId", "applicationId"]
    for body in (b"{}", b'{"flow": []}'):
        with pytest.raises(Invalid, match="flow"):
            reading.read(body, form=reading.TRANSACTIONAL)


@pytest.mark.parametrize("member", ["templateId", "templateLang", "templateParams", "deliveryScope", "seq"])
def test_a_free_form_flow_takes_no_template(member: str) -> None:
    """Each member of one is refused there."""
    free = {"type": "Viber", "senderInfoTrackingId": "3f0c", "to": "+306912345678", "message": {"text": "Hi"}}
    with pytest.raises(Invalid) as error:
        reading.failover(json.dumps({"flow": [free | {member: {"a": "b"} if "Params" in member else "x"}]}).encode())
    assert "belongs to POST /failover/transactional" in error.value.properties[f"flow[0].{member}"]
