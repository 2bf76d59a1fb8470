"""Transactional failover, as its pages describe it: template steps in place of free-form Viber messages."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.fakes import samples
from tests.support.running import SMS, VIBER, VOICE, Emulator, Receiver

PATH, TO, NO_VIBER = "/failover/transactional", "+306912345678", "+306900000100"
OWN = ("templateId", "templateLang", "templateParams", "deliveryScope", "seq")
"""The members of a template step that a free-form one has not."""


def step(**more: Any) -> dict[str, Any]:
    """The shortest template step, with `more` or other members; without those that are None."""
    made: dict[str, Any] = samples.templated(TO, templateId="9a1e", templateParams={"order_no": "71"}) | more
    return {name: member for name, member in made.items() if member is not None}


def send(server: Emulator, *steps: Any, path: str = PATH, status: int = 200, **more: Any) -> Any:
    """The answer to a flow of these steps."""
    answer = server.api("POST", path, {"flow": list(steps)} | more)
    assert answer.status == status, answer.body
    return answer.json()


def test_the_answer_has_the_kind_of_the_flow_and_the_members_of_the_template(server: Emulator) -> None:
    """With their defaults, and a seq where none was sent."""
    told = send(server, step(), SMS)
    assert list(told) == ["trackingId", "flowKind", "flow", "createdAt"]
    assert told["flowKind"] == "transactional"
    viber, sms = told["flow"]
    assert {name: viber[name] for name in OWN[:-1]} == {
        "templateId": "9a1e",
        "templateLang": "en",
        "templateParams": {"order_no": "71"},
        "deliveryScope": "PRIMARY_DEVICE",
    }
    assert viber["seq"]
    assert (viber["ttl"], sms["ttl"], viber["order"], sms["order"]) == (10, 1200, 1, 2)
    assert viber["failoverOnStatuses"] == ["EXPIRED", "FAILED", "UNDELIVERED"]
    assert send(server, step(seq="7", deliveryScope="ALL_DEVICES"))["flow"][0]["seq"] == "7"
    assert send(server, step(templateParams=None))["flow"][0]["templateParams"] == {}


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"message": {"text": "Hi"}}, "message"),
        ({"label": "june"}, "label"),
        ({"senderInfoTrackingId": None}, "senderInfoTrackingId"),
        ({"to": None}, "to"),
        ({"templateId": None}, "templateId"),
        ({"templateLang": None}, "templateLang"),
        ({"deliveryScope": "EVERYWHERE"}, "deliveryScope"),
        ({"ttl": 0.4}, "ttl"),
        ({"ttl": 1440.1}, "ttl"),
        ({"ttl": 2.55}, "ttl"),
        ({"templateParams": "71"}, "templateParams"),
        ({"failoverOnStatuses": ["SEEN"]}, "failoverOnStatuses[0]"),
    ],
)
def test_what_a_template_step_may_not_be_is_refused_with_400(server: Emulator, broken: Any, place: str) -> None:
    """A free-form message and a label of the client's among it."""
    told = send(server, step(**broken), SMS, status=400)
    assert (told["code"], list(told["properties"])) == ("400000000", [f"flow[0].{place}"])


@pytest.mark.parametrize("ttl", [0.5, 2.5, 1440])
def test_a_ttl_is_in_minutes_with_one_decimal(server: Emulator, ttl: float) -> None:
    """From half a minute to a day."""
    assert send(server, step(ttl=ttl))["flow"][0]["ttl"] == ttl


@pytest.mark.parametrize("name", OWN)
def test_a_free_form_flow_takes_none_of_them(server: Emulator, name: str) -> None:
    """They are answered 400 there."""
    value = step(seq="7", deliveryScope="ALL_DEVICES")[name]
    told = send(server, VIBER | {name: value}, path="/failover", status=400)
    assert f"flow[0].{name}" in told["properties"]


def test_the_body_has_a_flow_and_a_callback_and_what_a_gateway_adds_is_ignored(server: Emulator) -> None:
    """Account and application come with the token, whatever a body says."""
    assert (
        "flow"
        in server.api("POST", PATH, {"callback": {"strategy": "OnStep", "url": "http://127.0.0.1/"}}).json()[
            "properties"
        ]
    )
    told = send(server, step(), accountId="a", applicationId="b")
    assert server.api("GET", f"/failover/tracking/{told['trackingId']}").json()["applicationId"] == "app"
    assert server.journal(told["trackingId"])[0]["application"] == "app"


def test_sms_and_calls_are_as_in_any_flow_and_may_stand_alone(server: Emulator) -> None:
    """Viber is a channel that is allowed, not one that must be there."""
    told = send(server, SMS, VOICE | {"order": 2})
    assert [each["type"] for each in told["flow"]] == ["Sms", "Voice"]
    assert told["flowKind"] == "transactional"


@pytest.mark.parametrize("strategy", ["OnStep", "OnCompletion"])
def test_callbacks_have_the_kind_and_the_template_in_place_of_a_body(
    server: Emulator, hook: Receiver, strategy: str
) -> None:
    """The last one is what tracking answers."""
    sent = send(server, step(to=NO_VIBER), SMS | {"to": NO_VIBER}, callback={"strategy": strategy, "url": hook.url})
    server.advance(until="idle")
    told = hook.rest()
    assert len(told) == (4 if strategy == "OnStep" else 1)
    assert {each["flowKind"] for each in told} == {"transactional"}
    viber, sms = told[-1]["messages"]
    assert "body" not in viber
    assert [viber[name] for name in OWN] == [sent["flow"][0][name] for name in OWN]
    assert (viber["status"]["name"], sms["status"]["name"], told[-1]["status"]) == (
        "UNDELIVERED",
        "Delivered",
        "Succeeded",
    )
    assert server.api("GET", f"/failover/tracking/{sent['trackingId']}").json() == told[-1]


def test_the_searches_of_both_kinds_are_one_and_can_be_for_one_kind(server: Emulator) -> None:
    """By flowKind."""
    free, templated = server.send(VIBER), send(server, step())["trackingId"]

    def found(*filters: Any) -> set[str]:
        page = server.api("POST", "/failover/tracking?size=100", list(filters)).json()
        return {each["trackingId"] for each in page["content"]}

    assert {free, templated} <= found()
    wanted = {"fieldName": "flowKind", "searchTerm": "transactional"}
    assert templated in found(wanted)
    assert free not in found(wanted)
    assert free in found(wanted | {"searchOperator": "is_not"})


def test_it_needs_the_scope_of_failover_and_of_each_channel(server: Emulator) -> None:
    """403 without; 401 for a token that is none."""
    for scope, status in (("failover sms viber", 200), ("failover sms", 403), ("viber sms", 403)):
        token = server.token("app", scope)
        assert server.api("POST", PATH, {"flow": [step(), SMS]}, token).status == status
    answer = server.api("POST", PATH, {"flow": [step()]}, "none")
    assert (answer.status, answer.json()["error"]) == (401, "invalid_token")


# --- templates ------------------------------------------------------------------------------------------------


def calls(server: Emulator, method: str, path: str = "", body: Any = None, status: int = 200) -> Any:
    """A call about templates."""
    answer = server.api(method, f"/viber/transactional/templates{path}", body)
    assert answer.status == status, answer.body
    return answer.json()


def test_a_template_is_tied_to_its_sender_listed_and_gone_once_deleted(server: Emulator) -> None:
    """It fills its placeholders; its id can't be used again."""
    body = {"name": "ready", "lang": "en", "content": "Order {{n}} is ready", "category": "transactional"}
    made = calls(server, "POST", "?senderInfoTrackingId=s1", body)
    name = made["templateId"]
    assert made["senderInfoTrackingId"] == "s1"
    listed = calls(server, "GET", "?senderInfoTrackingId=s1")
    assert name in [each["templateId"] for each in listed]
    assert name not in [each["templateId"] for each in calls(server, "GET", "?senderInfoTrackingId=s2")]
    assert name in [each["templateId"] for each in calls(server, "GET")]
    fine = step(senderInfoTrackingId="s1", templateId=name, templateParams={"n": "7"})
    flow = send(server, fine)["trackingId"]
    (shown,) = server.call("GET", f"/_emulator/flows/{flow}").json()["phone"]
    assert shown["message"]["text"] == "Order 7 is ready"
    for strange in (
        fine | {"senderInfoTrackingId": "s2"},
        fine | {"templateLang": "el"},
        fine | {"templateParams": {}},
    ):
        flow = send(server, strange, SMS)["trackingId"]
        server.advance(until="idle")
        ended = server.api("GET", f"/failover/tracking/{flow}").json()
        assert [each["status"]["name"] for each in ended["messages"]] == ["FAILED", "Delivered"]
    calls(server, "DELETE", f"/{name}")
    flow = send(server, fine)["trackingId"]
    server.advance(until="idle")
    assert server.api("GET", f"/failover/tracking/{flow}").json()["status"] == "Failed"


def test_calls_about_templates_answer_403_to_any_token_that_will_not_do(server: Emulator) -> None:
    """A missing, an invalid and an insufficient one."""
    path = "/viber/transactional/templates"
    assert server.call("GET", path).status == 403
    assert server.api("GET", path, token="none").status == 403
    assert server.api("GET", path, token=server.token("app", "sms")).status == 403
