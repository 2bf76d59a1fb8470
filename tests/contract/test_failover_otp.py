"""Failover OTP, as its pages describe it: how it is asked, what it answers, its story, its webhook."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.channels.templates import OTPS
from emulator.fakes import samples
from tests.support.running import Emulator, Receiver

BASE = "/failover-otp"
TO, EXPIRES, NO_VIBER = "+306912345678", "+306900000200", "+306900000100"
BOTH = ["Viber", "Sms"]


def send(server: Emulator, body: Any, status: int = 200) -> Any:
    """The answer to a request."""
    answer = server.api("POST", f"{BASE}/otp/send-failover", body)
    assert answer.status == status, answer.body
    return answer.json()


def story(server: Emulator, name: str) -> Any:
    """The story of a flow, or of a message of one."""
    return server.api("GET", f"{BASE}/otp/failover/{name}").json()


def viber(**more: Any) -> dict[str, Any]:
    """The shortest Viber step, with `more` or other members."""
    step: dict[str, Any] = samples.otp(["Viber"], TO, "")["flow"][0]
    return step | more


def sms(**more: Any) -> dict[str, Any]:
    """The shortest Sms step, with `more` or other members."""
    step: dict[str, Any] = samples.otp(["Sms"], TO, "4711")["flow"][0]
    return step | more


@pytest.mark.parametrize("path", ["", "/"])
def test_the_root_needs_no_token_and_says_service_version_status_and_health(server: Emulator, path: str) -> None:
    """Health is a path, which says ok."""
    told = server.call("GET", BASE + path).json()
    assert list(told) == ["service", "version", "status", "health"]
    assert server.call("GET", BASE + told["health"]).json() == {"status": "ok"}


def test_a_flow_of_several_steps_is_in_progress_and_one_of_a_single_step_succeeded(server: Emulator) -> None:
    """The answer has its type, the steps with the id of the one that was sent, and no statusCode."""
    told = send(server, samples.otp(BOTH, TO, "4711"))
    assert (told["status"], told["type"], told["statusCode"]) == ("InProgress", "Viber", None)
    assert [step["trackingId"] is None for step in told["flow"]] == [False, True]
    assert told["createdAt"].endswith("Z")
    assert send(server, samples.otp(["Sms"], TO, "4711"))["status"] == "Succeeded"


@pytest.mark.parametrize("to", [TO, TO[1:], [TO], [TO[1:]]])
def test_a_recipient_over_viber_is_a_text_or_an_array_with_or_without_plus(server: Emulator, to: Any) -> None:
    """The story has it as it was written."""
    name = send(server, {"flow": [viber(to=to)]})["flowId"]
    assert story(server, name)["steps"][0]["phone_number"] == (to[0] if isinstance(to, list) else to)


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({}, ["flow"]),
        ({"flow": []}, ["flow"]),
        ({"flow": [viber(ttl=None)]}, ["flow", 0, "ttl"]),
        ({"flow": [viber(ttl=-1)]}, ["flow", 0, "ttl"]),
        ({"flow": [viber(ttl=1.5)]}, ["flow", 0, "ttl"]),
        ({"flow": [viber(order=0)]}, ["flow", 0, "order"]),
        ({"flow": [viber(), viber()]}, ["flow", 1, "order"]),
        ({"flow": [viber(type="Viber")]}, ["flow", 0, "type"]),
        ({"flow": [viber(pin="123")]}, ["flow", 0, "pin"]),
        ({"flow": [viber(pin="12345678901")]}, ["flow", 0, "pin"]),
        ({"flow": [viber(pin=None)]}, ["flow", 0, "pin"]),
        ({"flow": [viber(templateId=None)]}, ["flow", 0, "templateId"]),
        ({"flow": [viber(senderInfoTrackingId=None)]}, ["flow", 0, "senderInfoTrackingId"]),
        ({"flow": [viber(templateType="with_business_name")]}, ["flow", 0, "templateType"]),
        ({"flow": [viber(templateId="other", templateType="with_business_name")]}, ["flow", 0, "businessName"]),
        ({"flow": [viber(templateId="other", templateType="with_reason")]}, ["flow", 0, "codeReason"]),
        ({"flow": [sms(to=[TO])]}, ["flow", 0, "to"]),
        ({"flow": [sms(message={})]}, ["flow", 0, "message", "body"]),
        ({"flow": [viber()], "callback": {}}, ["callback", "url"]),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_a_422_that_says_where(server: Emulator, broken: Any, place: list[Any]) -> None:
    """As a list of errors, each with its loc."""
    told = send(server, broken, 422)["detail"]
    assert ["body", *place] in [each["loc"] for each in told]
    assert {*told[0]} == {"loc", "msg", "type"}


@pytest.mark.parametrize("template", OTPS.values(), ids=lambda template: template.id[:8])
def test_each_of_the_nine_templates_takes_its_parameters(server: Emulator, template: Any) -> None:
    """By the names of the inventory; without them it is refused. The language is en unless it is said."""
    values = dict.fromkeys(template.places, "5") | {"pin": "4711"}
    kinds = {each["templateId"]: each["templateType"] for each in templates(server)}
    given = viber(templateId=template.id, templateType=kinds[template.id], **values)
    name = send(server, {"flow": [given]})["flowId"]
    (shown,) = server.call("GET", f"/_emulator/flows/{name}").json()["phone"]
    assert all(value in shown["message"]["text"] for value in values.values())
    for lacking in values.keys() - {"pin"}:
        send(server, {"flow": [{key: member for key, member in given.items() if key != lacking}]}, 422)


def templates(server: Emulator) -> Any:
    """The templates that the service lists."""
    return server.api("GET", f"{BASE}/otp/templates").json()["templates"]


def test_the_templates_are_listed_by_their_uuids(server: Emulator) -> None:
    """All nine."""
    assert {each["templateId"] for each in templates(server)} == set(OTPS)


@pytest.mark.parametrize(
    ("to", "status"), [(NO_VIBER, "UNDELIVERED"), (EXPIRES, "EXPIRED"), ("+306900000300", "FAILED")]
)
def test_the_next_channel_starts_after_these(server: Emulator, to: str, status: str) -> None:
    """The story has both steps, primary and failover, the latter with the former's id; an expired one is charged."""
    told = send(server, samples.otp(BOTH, to, "4711"))
    server.advance(until="idle")
    first, second = story(server, told["flowId"])["steps"]
    assert (first["status"], first["role"], first["channel"]) == (status, "primary", "viber")
    assert (second["status"], second["role"], second["channel"]) == ("Delivered", "failover", "sms")
    assert second["failover_from_message_token"] == first["trackingId"] == told["flow"][0]["trackingId"]
    assert (first["price"] > 0) is (status != "FAILED")


def test_the_ttl_is_in_seconds(server: Emulator) -> None:
    """The next step begins when it is over."""
    name = send(server, samples.otp(BOTH, EXPIRES, "4711"))["flowId"]
    server.advance(by="59s")
    assert len(story(server, name)["steps"]) == 1
    server.advance(by="1s")
    assert len(story(server, name)["steps"]) == 2


def test_a_flag_has_the_next_channel_follow_a_delivery_after_the_ttl(server: Emulator) -> None:
    """By default it does not."""
    body = samples.otp(BOTH, TO, "4711")
    plain = send(server, body)["flowId"]
    flagged = send(server, body | {"flow": [body["flow"][0] | {"failoverAfterDelivered": True}, body["flow"][1]]})[
        "flowId"
    ]
    server.advance(until="idle")
    assert [step["status"] for step in story(server, plain)["steps"]] == ["DELIVERED"]
    assert [step["status"] for step in story(server, flagged)["steps"]] == ["DELIVERED", "Delivered"]
    shown = server.call("GET", f"/_emulator/flows/{flagged}").json()
    assert [message["status"]["name"] for message in shown["messages"]] == ["DELIVERED", "Delivered"]
    told = [entry["text"] for entry in shown["journal"] if entry["kind"] in ("status", "started")]
    assert [text.partition(" (")[0] for text in told] == [
        "Viber DELIVERED",
        "Sms as step 2",
        "Sms Sent",
        "Sms Delivered",
    ]
    asked = json.dumps(body | {"flow": shown["request"]["asked"]}).encode()
    paths = server.call("POST", "/_emulator/paths", asked).json()["paths"]
    (well,) = [each["steps"] for each in paths if each["number"] == "+306900000000"]
    assert [step["status"] for step in well] == ["DELIVERED", "Delivered"]


def test_a_flow_is_shown_with_the_ttl_that_was_asked_for(server: Emulator) -> None:
    """In seconds, as its requests have it."""
    name = send(server, {"flow": [viber(ttl=120), sms(ttl=60, order=2)]})["flowId"]
    server.advance(by="3m")
    shown = server.call("GET", f"/_emulator/flows/{name}").json()
    assert [step["ttl"] for step in shown["request"]["flow"]] == [120, 60]
    assert shown["messages"][0]["ttl"] == 120


def test_a_story_is_found_by_the_flow_s_id_and_by_that_of_either_message(server: Emulator) -> None:
    """Any other id is a 404."""
    name = send(server, samples.otp(BOTH, NO_VIBER, "4711"))["flowId"]
    server.advance(until="idle")
    told = story(server, name)
    assert all(story(server, step["trackingId"]) == told for step in told["steps"])
    assert server.api("GET", f"{BASE}/otp/failover/unknown").status == 404
    assert told["total_cost"] == pytest.approx(sum(step["price"] for step in told["steps"]))
    assert all(step["created_at"].endswith("Z") and "." not in step["created_at"] for step in told["steps"])


def test_the_list_is_narrowed_by_status_number_and_id_and_paged(server: Emulator) -> None:
    """It says how many there are, and which part this is."""
    names = [send(server, samples.otp(["Sms"], to, "4711"))["flowId"] for to in ("+306900000010", "+306955555555")]
    server.advance(until="idle")

    def found(query: str) -> Any:
        told = server.api("GET", f"{BASE}/otp/failover?{query}").json()
        assert list(told) == ["total", "limit", "offset", "results"]
        return [each["flowId"] for each in told["results"]]

    assert names[0] in found("status=Failed")
    assert names[1] not in found("status=Failed")
    assert found("phone_number=%2B306955555555") == [names[1]]
    assert found(f"flow_id={names[0]}") == [names[0]]
    assert len(found("limit=1")) == 1
    assert found("limit=1&offset=1") != found("limit=1")


def test_tokens_are_refused_by_401_and_a_missing_one_by_403(server: Emulator) -> None:
    """With a detail in words."""
    path = f"{BASE}/otp/failover"
    assert server.call("GET", path).status == 403
    answer = server.call("GET", path, headers={"Authorization": "Bearer none"})
    assert (answer.status, list(answer.json())) == (401, ["detail"])


def test_the_webhook_gets_the_story_at_each_change_but_not_the_initial_state(server: Emulator, hook: Receiver) -> None:
    """Also when the next channel begins; a change of nothing is not told. What it gets is what a GET answers then."""
    name = send(server, samples.otp(BOTH, EXPIRES, "4711", hook.url))["flowId"]
    server.advance(by="0s")
    assert hook.empty()
    server.advance(until="idle")
    told = hook.rest()
    assert [[step["status"] for step in each["steps"]] for each in told] == [
        ["EXPIRED", "queued"],
        ["EXPIRED", "Sent"],
        ["EXPIRED", "Delivered"],
    ]
    assert told[-1] == story(server, name)


@pytest.mark.parametrize(
    ("status", "outcome"), [(204, "received"), (299, "received"), (302, "given up"), (500, "given up")]
)
def test_any_2xx_will_do_and_nothing_is_posted_twice(
    server: Emulator, hook: Receiver, status: int, outcome: str
) -> None:
    """A refused one is not repeated in a day."""
    hook.answer = lambda _: status
    name = send(server, samples.otp(["Sms"], TO, "4711", hook.url))["flowId"]
    server.advance(by="2d")
    assert hook.count == 2
    entries = [each["data"]["outcome"] for each in server.journal(name) if each["kind"] == "attempt"]
    assert entries == [outcome] * 2


@pytest.mark.parametrize(("to", "code"), [("+306900000110", 2), ("+306900000400", 1), ("+306900000900", None)])
def test_a_failed_flow_has_a_whole_number_as_its_code(server: Emulator, to: str, code: int | None) -> None:
    """2 where nothing follows, 1 for lack of balance; a server error on Viber leads on to the Sms."""
    name = send(server, samples.otp(BOTH, to, "4711"))["flowId"]
    server.advance(until="idle")
    assert story(server, name)["statusCode"] == code


def test_a_send_that_is_refused_everywhere_is_answered_200_as_failed(server: Emulator) -> None:
    """Without an id and a type, with the reason."""
    rules = '{"application": "app", "rules": [{"answer": "no-balance", "uses": 1}]}'
    assert server.call("POST", "/_emulator/scenario/overrides", rules.encode()).status == 200
    told = send(server, samples.otp(BOTH, TO, "4711"))
    assert (told["flowId"], told["type"], told["status"], told["statusCode"]) == (None, None, "Failed", 1)
    assert told["error"] == "Insufficient Balance"
