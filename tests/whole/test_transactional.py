"""Flows with templates from outside: sent over HTTP, their callbacks, trackings and searches; and which templates there
are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.client import Client
from tests.flow.test_machine import MATRIX
from tests.support.running import SMS, Emulator, emulator, receiver

PIN = "0aac888f-2ee2-4112-9659-1755a951966a"
STILL = ("--rate", "0", "--seed", "transactional")
VIBER: dict[str, Any] = {
    "type": "Viber",
    "senderInfoTrackingId": "3f0c",
    "to": "+306912345678",
    "templateId": "9a1e",
    "templateLang": "en",
    "templateParams": {"order_no": "71"},
    "order": 1,
}
CALL: dict[str, Any] = {
    "type": "Voice",
    "from": "302100000000",
    "to": "+306912345678",
    "dialPlan": {"verbs": [{"type": "SAY", "message": {"language": "en-GB", "text": "Hi"}}]},
    "failoverOnStatuses": ["Busy", "NoAnswer", "Failed", "Unsent", "Terminated"],
    "order": 1,
}
FREE: dict[str, Any] = {
    "type": "Viber",
    "senderInfoTrackingId": "3f0c",
    "to": "+306912345678",
    "message": {"text": "Hi"},
}
TEMPLATES = """
- { id: 9a1e, sender: 3f0c, language: en, text: "Parcel {{order_no}} is ready" }
- { id: late, text: Hi, approved: false }
- { id: code, category: otp, text: "{{pin}} it is" }
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator(*STILL) as running:
        yield running


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[Emulator]:
    """One that knows which templates there are; those of calls are approved after a minute."""
    file = tmp_path / "templates.yaml"
    file.write_text(TEMPLATES)
    with emulator(*STILL, "--templates", str(file), "--template-moderation", "60") as running:
        yield running


def send(server: Emulator, *steps: dict[str, Any], **more: Any) -> Any:
    """Send a flow; the answer."""
    answer = server.api("POST", "/failover/transactional", {"flow": list(steps)} | more)
    assert answer.status == 200, answer.body
    return answer.json()


def ended(server: Emulator, flow: str) -> Any:
    """A flow as tracking shows it when nothing more happens to it."""
    server.advance(until="idle")
    server.forget_token()
    return server.api("GET", f"/failover/tracking/{flow}").json()


def outcome(server: Emulator, *steps: dict[str, Any]) -> list[tuple[str, str]]:
    """The statuses of the messages that a flow of these steps comes to, with why they have them."""
    shown = ended(server, send(server, *steps)["trackingId"])
    return [(each["status"]["name"], each["status"]["reason"]["description"]) for each in shown["messages"]]


def shown(server: Emulator, flow: str) -> Any:
    """A flow as the emulator's own API shows it."""
    return server.call("GET", f"/_emulator/flows/{flow}").json()


def test_the_answer_has_the_kind_of_the_flow_and_the_members_of_the_template(server: Emulator) -> None:
    """In the documented order, with all defaults; a seq that is not sent is invented."""
    told = send(server, VIBER | {"seq": "mine"}, {key: SMS[key] for key in SMS if key != "ttl"} | {"order": 2})
    assert list(told) == ["trackingId", "flowKind", "flow", "createdAt"]
    assert told["flowKind"] == "transactional"
    assert list(told["flow"][0].items()) == [
        ("type", "Viber"),
        ("senderInfoTrackingId", "3f0c"),
        ("to", "+306912345678"),
        ("templateId", "9a1e"),
        ("templateLang", "en"),
        ("templateParams", {"order_no": "71"}),
        ("deliveryScope", "PRIMARY_DEVICE"),
        ("seq", "mine"),
        ("ttl", 10),
        ("order", 1),
        ("failoverOnStatuses", ["EXPIRED", "FAILED", "UNDELIVERED"]),
    ]
    assert (told["flow"][1]["ttl"], told["flow"][1]["message"]["flash"]) == (1200, False)
    again = send(server, VIBER, callback={"url": "http://127.0.0.1:9/hook"})
    assert again["flow"][0]["seq"]
    assert again["callback"] == {"strategy": "OnCompletion", "url": "http://127.0.0.1:9/hook"}


def test_callbacks_and_trackings_have_the_template_in_place_of_a_body(server: Emulator) -> None:
    """And the same seq as the answer."""
    with receiver() as hook:
        told = send(server, VIBER, callback={"url": hook.url, "strategy": "OnCompletion"})
        tracked = ended(server, told["trackingId"])
        assert hook.next() == tracked
    (message,) = tracked["messages"]
    assert (tracked["flowKind"], tracked["originatingService"], tracked["status"]) == (
        "transactional",
        "Failover",
        "Succeeded",
    )
    same = {key: told["flow"][0][key] for key in ("templateId", "templateLang", "templateParams", "seq", "ttl")}
    assert {key: message[key] for key in same} == same
    assert (message["status"]["name"], message["price"], "body" in message) == ("DELIVERED", 0.01, False)


def test_a_search_finds_both_kinds_and_can_be_for_one(server: Emulator) -> None:
    """Only flows with templates say of which kind they are."""
    token = server.token("searcher")
    sent = {
        path: server.api("POST", path, {"flow": [step]}, token).json()["trackingId"]
        for path, step in (("/failover", FREE), ("/failover/transactional", VIBER))
    }
    server.api("POST", "/viber", {"senderInfoTrackingId": "a", "to": "+306912345678", "body": {"text": "Hi"}}, token)

    def found(*filters: dict[str, str]) -> dict[str, str]:
        page = server.api("POST", "/failover/tracking", list(filters), token).json()
        return {each["trackingId"]: each.get("flowKind", "") for each in page["content"]}

    free, templated = sent.values()
    assert found() == {templated: "transactional", free: ""}
    kind = {"fieldName": "flowKind", "searchTerm": "Transactional"}
    assert list(found(kind)) == [templated]
    assert list(found(kind | {"searchOperator": "is_not"})) == [free]
    for name in sent.values():
        assert server.api("GET", f"/failover/tracking/{name}", token=token).status == 200
        assert server.api("GET", f"/failover/tracking/{name}").status == 404


@pytest.mark.parametrize("transactional", [False, True])
@pytest.mark.parametrize(("call", "chat", "text", "expected"), MATRIX)
def test_the_documented_outcome_matrix_holds_for_both_kinds_of_flows(
    server: Emulator, call: str, chat: str | None, text: str | None, expected: str, transactional: bool
) -> None:
    """Voice, then Viber, then Sms: each row of the provider's table, by the same scenario."""
    with Client(f"http://127.0.0.1:{server.port}") as client:
        app = client.application(f"matrix {call} {chat} {text} {transactional}")
        app.set_rate(0)
        plan = {"Voice": call, "Viber": chat or "DELIVERED", "Sms": text or "Delivered"}
        app.scenario({"purpose": "A row.", "rules": [{"plan": plan}]})
        steps = (CALL, (VIBER if transactional else FREE) | {"order": 2}, SMS | {"order": 3})
        flow = app.finish(app.send(*steps, transactional=transactional))
        assert [message.status for message in flow.messages] == [each for each in (call, chat, text) if each]
        assert flow.status == expected
        app.reset()


def test_a_rule_may_be_for_flows_with_templates_and_see_their_text(server: Emulator) -> None:
    """As the phone shows it."""
    with Client(f"http://127.0.0.1:{server.port}") as client:
        app = client.application("ruled")
        app.set_rate(0)
        match = {"endpoint": "transactional", "text": {"contains": "7193"}}
        app.scenario({"purpose": "x", "rules": [{"match": match, "plan": {"Viber": "UNDELIVERED"}}]})
        coded = VIBER | {"templateId": PIN, "templateParams": {"pin": "7193"}}
        assert app.finish(app.send(coded, transactional=True)).status == "Failed"
        assert app.finish(app.send(FREE | {"message": {"text": "7193"}})).status == "Succeeded"
        other = coded | {"templateParams": {"pin": "1111"}}
        assert app.finish(app.send(other, transactional=True)).status == "Succeeded"
        app.scenario({"purpose": "x", "rules": [{"match": match, "answer": "bad-template"}]})
        refused = server.api("POST", "/failover/transactional", {"flow": [coded]}, app.token())
        assert (refused.status, list(refused.json()["properties"])) == (400, ["flow[0].templateId"])
        app.reset()


def test_without_a_file_any_template_is_taken_and_the_phone_shows_its_parameters(server: Emulator) -> None:
    """The text of one for one-time passwords is known."""
    flow = send(server, VIBER)["trackingId"]
    assert ended(server, flow)["status"] == "Succeeded"
    (message,) = shown(server, flow)["phone"]
    assert (message["message"], message["template"]["templateParams"]) == ({}, {"order_no": "71"})
    coded = send(server, VIBER | {"templateId": PIN, "templateParams": {"pin": "7193"}})["trackingId"]
    server.advance(until="idle")
    assert shown(server, coded)["phone"][0]["message"] == {"text": "Your verification code is 7193."}


def test_a_one_time_password_s_template_needs_its_pin(server: Emulator) -> None:
    """Else the step fails, as the answer does not tell, and the next one starts; the journal says why at once."""
    flow = send(server, VIBER | {"templateId": PIN, "templateParams": {}}, SMS)["trackingId"]
    note = server.journal(flow)[0]["data"]["note"]
    assert note == f"flow[0] will fail: the template '{PIN}' lacks a value for pin"
    shown = ended(server, flow)
    assert (shown["status"], shown["terminationChannel"]) == ("Succeeded", "Sms")
    viber, _ = shown["messages"]
    assert viber["status"]["name"] == "FAILED"
    assert viber["status"]["reason"] == {
        "detailedStatus": "Message Rejected",
        "description": f"The template '{PIN}' lacks a value for pin.",
    }
    assert (viber["price"], shown["totalPrice"]) == (0.0, 0.035)


def test_with_a_file_only_its_templates_are_sent(listed: Emulator) -> None:
    """Of the right sender, in their language, with exactly their placeholders."""
    flow = send(listed, VIBER)["trackingId"]
    assert ended(listed, flow)["status"] == "Succeeded"
    assert shown(listed, flow)["phone"][0]["message"] == {"text": "Parcel 71 is ready"}
    for change, why in (
        ({"templateId": "none"}, "There is no template 'none'."),
        ({"templateId": "late", "templateParams": {}}, "The template 'late' is not approved."),
        ({"senderInfoTrackingId": "other"}, "The template '9a1e' belongs to the sender '3f0c', not to 'other'."),
        ({"templateLang": "el"}, "The template '9a1e' is in 'en', not in 'el'."),
        ({"templateParams": {}}, "The template '9a1e' lacks a value for order_no."),
        ({"templateId": "code", "templateParams": {"pin": "x" * 51}}, None),
    ):
        ((status, told),) = outcome(listed, VIBER | change)
        assert status == "FAILED"
        assert why is None or told == why
    assert outcome(listed, VIBER | {"templateId": PIN, "templateParams": {"pin": "1"}})[0][0] == "DELIVERED"


def test_a_template_is_handed_in_approved_and_deleted(listed: Emulator) -> None:
    """By calls whose form is invented; each application has its own, beside those of the file."""
    path = "/viber/transactional/templates"
    made = listed.api("POST", f"{path}?senderInfoTrackingId=3f0c", {"content": "No {{n}}", "lang": "en"}).json()
    assert (made["status"], made["category"], made["content"]) == ("Pending", "transactional", "No {{n}}")
    mine = VIBER | {"templateId": made["templateId"], "templateParams": {"n": 7}}
    flow = send(listed, mine)["trackingId"]
    assert ended(listed, flow)["messages"][0]["status"]["name"] == "FAILED"
    listed.advance(by="1m")
    found = {each["templateId"]: each for each in listed.api("GET", path).json()}
    assert found[made["templateId"]] == made | {"status": "Approved"}
    assert {"9a1e", "late", "code", PIN} <= set(found)
    assert outcome(listed, mine)[0][0] == "DELIVERED"
    other = listed.token("other")
    assert made["templateId"] not in [each["templateId"] for each in listed.api("GET", path, token=other).json()]
    for name in (made["templateId"], "9a1e"):
        assert listed.api("DELETE", f"{path}/{name}").json()["status"] == "Deleted"
        assert listed.api("DELETE", f"{path}/{name}").status == 404
        assert name not in [each["templateId"] for each in listed.api("GET", path).json()]
    assert "was deleted" in outcome(listed, mine)[0][1]
    assert "was deleted" in outcome(listed, VIBER)[0][1]
    assert "9a1e" in [each["templateId"] for each in listed.api("GET", path, token=other).json()]
    refused = listed.api("DELETE", f"{path}/{PIN}")
    assert (refused.status, refused.json()["code"]) == (403, "403000000")
    assert "can't be deleted" in refused.json()["developerMessage"]
    assert PIN in [each["templateId"] for each in listed.api("GET", path).json()]


@pytest.mark.parametrize("value", ["", "?senderInfoTrackingId=other"])
def test_templates_can_be_listed_by_their_sender(listed: Emulator, value: str) -> None:
    """Those that any sender may send are among them."""
    found = listed.api("GET", f"/viber/transactional/templates{value}").json()
    assert [each["templateId"] for each in found if len(each["templateId"]) < 9] == [
        *([] if value else ["9a1e"]),
        "late",
        "code",
    ]


def test_calls_about_templates_are_refused(server: Emulator) -> None:
    """With 403 for whatever is wrong with the token, as documented."""
    path = "/viber/transactional/templates"
    narrow = server.token("narrow", "sms")
    for headers in ({}, {"Authorization": "Bearer none"}, {"Authorization": f"Bearer {narrow}"}):
        assert server.call("GET", path, headers=headers).status == 403
        refused = server.call("POST", path, b"{}", headers | {"Content-Type": "application/json"})
        assert (refused.status, refused.json()["code"]) == (403, "403000000")
    assert server.api("POST", path, {"content": "x"}).json()["properties"] == {
        "senderInfoTrackingId": "is required, in the query"
    }
    for query, more in (("?senderInfoTrackingId=a", []), ("", ["senderInfoTrackingId"])):
        wrong = server.api("POST", f"{path}{query}", {"content": "", "category": "ads"}).json()
        assert list(wrong["properties"]) == ["content", "category", *more]
    for text in ("Hi {{x", "Hi {{}}", "{{order no}}", "{{a}} {{"):
        unclosed = server.api("POST", f"{path}?senderInfoTrackingId=a", {"content": text}).json()
        why = "must be a text in which {{ begins a placeholder such as {{order_no}}"
        assert unclosed["properties"] == {"content": f"{why}; found '{text}'"}
    pinless = server.api("POST", f"{path}?senderInfoTrackingId=a", {"content": "Hi", "category": "otp"}).json()
    assert "must be a text with {{pin}}" in pinless["properties"]["content"]
    taken = server.api("POST", f"{path}?senderInfoTrackingId=a", {"content": "{ {{ a }}\n{{b}} } {}"})
    assert taken.status == 200


def test_it_needs_the_scopes_of_failover_and_of_each_channel(server: Emulator) -> None:
    """As any flow."""
    for scope, status in (("failover viber", 200), ("failover", 403), ("viber", 403)):
        token = server.token("narrowed", scope)
        assert server.api("POST", "/failover/transactional", {"flow": [VIBER]}, token).status == status


def test_a_restart_knows_the_templates_and_the_flows(tmp_path: Path) -> None:
    """On a file."""
    store = ("--store", str(tmp_path / "store.db"))
    with emulator(*STILL, *store) as first:
        path = "/viber/transactional/templates?senderInfoTrackingId=3f0c"
        name = first.api("POST", path, {"content": "No {{n}}"}).json()["templateId"]
        flow = send(first, VIBER | {"templateId": name, "templateParams": {"n": 7}})["trackingId"]
        first.stop()
    with emulator(*STILL, *store) as second:
        assert ended(second, flow)["flowKind"] == "transactional"
        assert shown(second, flow)["phone"][0]["message"] == {"text": "No 7"}
        assert name in [each["templateId"] for each in second.api("GET", path).json()]


def test_a_file_that_is_wrong_keeps_the_emulator_from_starting(tmp_path: Path) -> None:
    """All that is wrong is told in its place."""
    file = tmp_path / "templates.yaml"
    file.write_text("- id: a\n  txt: Hi\n")
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--templates", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{file}:2:3: [0].txt: unknown key 'txt'; did you mean 'text'?" in done.stderr


def test_what_happened_can_be_recorded_and_checked(server: Emulator, tmp_path: Path) -> None:
    """The recording says of which kind the flow was, and comes to the same."""
    with Client(f"http://127.0.0.1:{server.port}") as client, receiver() as hook:
        app = client.application("recorded")
        app.set_rate(0)
        app.scenario("viber-undelivered")
        coded = VIBER | {"templateId": PIN, "templateParams": {"pin": "1"}}
        app.finish(app.send(coded, SMS, transactional=True, callback=hook.url))
        told = [json.dumps(hook.next()) for _ in range(hook.count)]
        url = ("--url", f"http://127.0.0.1:{server.port}", "--application", "recorded")
        bodies = tmp_path / "bodies.jsonl"
        bodies.write_text("\n".join(told))
        for number, source in enumerate((url, (str(bodies),))):
            made = subprocess.run(
                [sys.executable, "-m", "emulator", "record", *source], capture_output=True, text=True, check=True
            ).stdout
            assert "endpoint: transactional" in made
            scenario = tmp_path / f"recorded{number}.yaml"
            scenario.write_text(made)
            checked = subprocess.run(
                [sys.executable, "-m", "emulator", "check", str(scenario)], capture_output=True, text=True, check=False
            )
            assert checked.returncode == 0, checked.stderr
        app.reset()
