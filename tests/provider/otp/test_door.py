"""Failover OTP over real sockets, section by section of its documentation: send, story, list, webhook, errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.fakes import samples
from emulator.scenario.answers import ERRORS
from tests.support.running import Answer, Emulator, emulator, receiver
from tests.support.scenarios import run

TO = "+306912345678"
SEND = "/failover-otp/otp/send-failover"
STORY = "/failover-otp/otp/failover"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0", "--seed", "otp") as running:
        yield running


def body(*channels: str, to: str = TO, callback: str = "", **first: Any) -> Any:
    """A body of these channels, whose first step has more members."""
    made = samples.otp(channels or ("Viber", "Sms"), to, "It is 4711", callback)
    made["flow"][0] |= first
    return made


def send(server: Emulator, asked: Any) -> Any:
    """Send a password; the answer."""
    answer = server.api("POST", SEND, asked)
    assert answer.status == 200, answer.body
    return answer.json()


def told(server: Emulator, name: str) -> Any:
    """The story of a flow or message."""
    answer = server.api("GET", f"{STORY}/{name}")
    assert answer.status == 200, answer.body
    return answer.json()


def put(server: Emulator, **rule: Any) -> None:
    """Put a rule on top for one request."""
    text = json.dumps({"rules": [rule | {"uses": 1}]}).encode()
    assert server.call("POST", "/_emulator/scenario/overrides", text).status == 200


def test_a_message_that_is_held_back_is_found_by_the_id_that_was_answered(server: Emulator) -> None:
    """Its flow has no steps then."""
    put(server, queued="10m")
    sent = send(server, body())
    assert told(server, sent["flow"][0]["trackingId"]) == told(server, sent["flowId"])
    assert told(server, sent["flowId"])["steps"] == []


def test_the_service_tells_of_itself_without_a_token(server: Emulator) -> None:
    """Its name, its version, how it is, and where it tells its health."""
    about = server.call("GET", "/failover-otp/")
    assert (about.status, list(about.json())) == (200, ["service", "version", "status", "health"])
    assert server.call("GET", f"/failover-otp{about.json()['health']}").json() == {"status": "ok"}


def test_a_password_is_sent_and_its_story_told(server: Emulator) -> None:
    """By the flow's id, or that of any of its messages."""
    made = send(server, body())
    assert (made["status"], made["type"], made["statusCode"]) == ("InProgress", "Viber", None)
    server.advance(flow=made["flowId"])
    story = told(server, made["flowId"])
    assert list(story) == ["flowId", "status", "statusCode", "total_cost", "steps"]
    assert (story["status"], [step["status"] for step in story["steps"]]) == ("Succeeded", ["DELIVERED"])
    assert story["steps"][0]["trackingId"] == made["flow"][0]["trackingId"]
    server.forget_token()
    lost = send(server, body(to="+306900000100"))
    server.advance(flow=lost["flowId"])
    story = told(server, lost["flowId"])
    assert [(step["channel"], step["role"]) for step in story["steps"]] == [("viber", "primary"), ("sms", "failover")]
    for step in story["steps"]:
        assert told(server, step["trackingId"]) == story


def test_the_pin_is_in_journal_and_phone(server: Emulator) -> None:
    """And where the page and clients find it."""
    name = send(server, body())["flowId"]
    flow = server.call("GET", f"/_emulator/flows/{name}").json()
    assert flow["code"] == server.journal(name)[0]["data"]["code"] == "4711"
    assert server.journal(name)[0]["text"].startswith(f"the code 4711: ViberOtp to {TO}, then Sms to {TO};")
    assert flow["phone"][0]["message"] == {"text": "Your verification code is 4711."}
    assert json.loads(flow["response"])["flowId"] == name
    alone = server.call("GET", f"/_emulator/flows/{send(server, body('Sms'))['flowId']}").json()
    assert ("code" in alone, alone["phone"][0]["texts"]) == (False, ["It is 4711"])


def test_the_list_is_of_the_application_s_own_and_newest_first() -> None:
    """Whole or in parts, and by what is asked."""
    with emulator("--rate", "0") as server:
        first, second = (send(server, each)["flowId"] for each in (body(to="+306900000001"), body("Sms", label="june")))
        server.api("POST", "/failover", samples.body(["Sms"], TO, "Hi"))
        whole = server.api("GET", STORY).json()
        assert {key: whole[key] for key in ("total", "limit", "offset")} == {"total": 2, "limit": 50, "offset": 0}
        assert whole["results"] == [told(server, second), told(server, first)]
        for query, found in (
            ("limit=1", [second]),
            ("limit=1&offset=1", [first]),
            ("status=InProgress", [first]),
            ("status=Failed", []),
            ("tag=june", [second]),
            ("phone_number=306900000001", [first]),
            ("phone_number=%2B306900000001", [first]),
            (f"flow_id={first}", [first]),
            (f"flow_id={first}&tag=june", []),
        ):
            listed = server.api("GET", f"{STORY}?{query}").json()
            assert [each["flowId"] for each in listed["results"]] == found, query
        other = server.token("other")
        assert server.api("GET", STORY, token=other).json()["total"] == 0
        assert server.api("GET", f"{STORY}/{first}", token=other).status == 404


def test_templates_are_listed(server: Emulator) -> None:
    """The nine that are documented."""
    found = server.api("GET", "/failover-otp/otp/templates").json()["templates"]
    assert len(found) == 9
    assert {"templateId": samples.TEMPLATE, "templateType": "basic", "params": ["pin"]} in found


def test_a_template_with_a_parameter_of_its_own_is_sent_by_a_transactional_flow(tmp_path: Path) -> None:
    """Failover OTP fills only what its types have, by members of the step."""
    file = tmp_path / "templates.yaml"
    file.write_text(
        '- { id: locker, category: otp, text: "{{pin}} opens {{locker}}" }\n'
        '- { id: all, category: otp, text: "{{pin}} {{businessPlatformName}} {{codeValidityTime}} {{pinType}} '
        '{{businessPlatformActionName}} {{codeReason}}" }\n'
    )
    members = {"businessName": "Shop", "validity": "5", "pinType": "entry", "action": "pay", "reason": "loan"}
    step = samples.otp(("Viber",), TO, "It is 4711")["flow"][0] | members | {"locker": "7"}
    with emulator("--rate", "0", "--templates", str(file)) as server:

        def phone(path: str, given: Any) -> Any:
            told = server.api("POST", path, {"flow": [given]}).json()
            server.advance(until="idle")
            flow = told.get("flowId") or told["trackingId"]
            return server.call("GET", f"/_emulator/flows/{flow}").json()["phone"][0]["message"]

        send = "/failover-otp/otp/send-failover"
        assert phone(send, step | {"templateId": "all"})["text"] == "4711 Shop 5 entry pay loan"
        assert phone(send, step | {"templateId": "locker"}) == {}
        viber = {"type": "Viber", "senderInfoTrackingId": "a", "to": "+306912345678", "templateLang": "en", "order": 1}
        given = viber | {"templateId": "locker", "templateParams": {"pin": "4711", "locker": "5"}}
        assert phone("/failover/transactional", given)["text"] == "4711 opens 5"


def test_templates_of_the_account_are_listed_sent_and_refused(tmp_path: Path) -> None:
    """Those of --templates and of calls: an approved one for one-time passwords has its text on the phone; any other
    fails its step, and the next channel starts.
    """
    file = tmp_path / "templates.yaml"
    file.write_text(
        '- { id: own, category: otp, language: en, text: "{{pin}} is your Shop code" }\n'
        '- { id: late, category: otp, text: "{{pin}}", approved: false }\n'
        '- { id: parcel, text: "Parcel {{n}}" }\n'
    )
    with emulator("--rate", "0", "--templates", str(file)) as server:
        created = server.api(
            "POST",
            "/viber/transactional/templates?senderInfoTrackingId=3f0c",
            {"content": "{{pin}} for {{businessPlatformName}}", "category": "otp"},
        ).json()
        assert created["status"] == "Approved"
        listed = server.api("GET", "/failover-otp/otp/templates").json()["templates"]
        assert listed[9:] == [
            {"templateId": "own", "templateType": "basic", "params": ["pin"]},
            {
                "templateId": created["templateId"],
                "templateType": "with_business_name",
                "params": ["pin", "businessPlatformName"],
            },
        ]
        own = {"senderInfoTrackingId": "3f0c", "templateType": "with_business_name", "businessName": "Shop"}
        for more, text in (
            ({"templateId": "own"}, "4711 is your Shop code"),
            (own | {"templateId": created["templateId"]}, "4711 for Shop"),
            ({}, "Your verification code is 4711."),
        ):
            sent = send(server, body("Viber", "Sms", **more))["flowId"]
            server.advance(until="idle")
            assert [step["status"] for step in told(server, sent)["steps"]] == ["DELIVERED"]
            (phone,) = server.call("GET", f"/_emulator/flows/{sent}").json()["phone"]
            assert phone["message"] == {"text": text}
        for more, why in (
            ({"templateId": "none"}, "There is no template 'none'."),
            ({"templateId": "late"}, "The template 'late' is not approved."),
            ({"templateId": "parcel"}, "The template 'parcel' is transactional; it brings no one-time password."),
            ({"templateId": "own", "templateLang": "el"}, "The template 'own' is in 'en', not in 'el'."),
        ):
            sent = send(server, body("Viber", "Sms", **more))["flowId"]
            server.advance(until="idle")
            first, second = told(server, sent)["steps"]
            assert (first["status"], first["detailed_status"]) == ("FAILED", "Message Rejected")
            assert (first["error_message"], second["status"]) == (why, "Delivered")


def test_each_change_is_posted_once_and_any_2xx_will_do() -> None:
    """Whatever is answered, and never the beginning: the webhook is the story."""
    with receiver() as hook, emulator("--rate", "0") as server:
        hook.answer = lambda count: {1: 500, 2: 204}.get(count, 200)
        name = send(server, body(to="+306900000100", callback=hook.url))["flowId"]
        server.advance(by="1h")
        server.forget_token()
        assert hook.count == 3
        assert hook.next() == told(server, name)
        posts = server.call("GET", f"/_emulator/callbacks?flow={name}").json()["callbacks"]
        assert [post["outcome"] for post in posts] == ["given up", "received", "received"]
        assert [[step["status"] for step in json.loads(post["body"])["steps"]] for post in posts] == [
            ["UNDELIVERED", "queued"],
            ["UNDELIVERED", "Sent"],
            ["UNDELIVERED", "Delivered"],
        ]
        assert posts[0]["id"] == server.journal(name)[1]["data"]["callback"]


def test_a_send_that_every_channel_refuses_is_answered_200() -> None:
    """It has failed: there is no flow."""
    with emulator("--rate", "0") as server:
        server.call("POST", "/_emulator/scenario", json.dumps({"text": EMPTY}).encode())
        for number, (rule, code, why) in enumerate(
            (({}, 1, "Insufficient Balance"), ({"answer": "bad-sender"}, 0, "The sms has no recipients"))
        ):
            if rule:
                put(server, match={"endpoint": "otp"}, **rule)
            made = send(server, body())
            assert list(made) == ["flowId", "status", "type", "flow", "createdAt", "error", "statusCode"]
            assert (made["flowId"], made["status"], made["type"]) == (None, "Failed", None)
            assert (made["statusCode"], made["error"].startswith(why)) == (code, True)
            assert [step["trackingId"] for step in made["flow"]] == [None, None]
            refused = [entry for entry in server.journal() if entry["kind"] == "refused"][number]
            assert (refused["data"]["status"], refused["data"]["path"]) == (200, SEND)
        assert server.api("GET", STORY).json()["total"] == 0


@pytest.mark.parametrize("name", ERRORS)
def test_every_named_error_is_told_in_the_service_s_own_way(server: Emulator, name: str, tmp_path: Path) -> None:
    """With its status and words; `explain` says the same. What the channels refuse is no error here."""
    put(server, match={"endpoint": "otp"}, answer=name)
    answer, error = server.api("POST", SEND, body()), ERRORS[name]
    rule = json.dumps({"purpose": "x", "rules": [{"answer": name}]})
    scenario, asked = tmp_path / "scenario.yaml", tmp_path / "otp.json"
    scenario.write_text(rule)
    asked.write_text(json.dumps(body()))
    found = json.loads(run("explain", str(asked), "--scenario", str(scenario), "--json").stdout)
    assert (found["answer"]["status"], found["outcome"]) == (answer.status, None)
    if error.body is not None:
        assert (answer.status, answer.body) == (error.status, error.body.encode())
    elif answer.status == 200:
        assert error.code[:6] in {"400001", "400005", "400019"}
        assert (answer.json()["status"], answer.json()["error"]) == ("Failed", error.message)
    elif error.status == 400:
        (place,) = detail(answer, 422)
        assert place["loc"][0] == "body"
        assert place["msg"] == (dict(error.properties).get("flow[0].templateId") or error.message)
    else:
        tokenless = name == "bad-credentials"
        said = (403, "Not authenticated") if tokenless else (error.status or 0, error.message)
        assert detail(answer, said[0]) == said[1]


def test_a_status_that_a_scenario_names_itself_is_answered(server: Emulator) -> None:
    """As it says, in the service's words."""
    put(server, match={"endpoint": "otp"}, answer={"error": "validation", "status": 400})
    assert detail(server.api("POST", SEND, body()), 400)[0]["msg"] == "Validation Error!"


EMPTY = "purpose: Nothing is left.\nbalance: 0\nwhen_empty: refuse\n"


def detail(answer: Answer, status: int) -> Any:
    """What an error with this status says."""
    assert (answer.status, list(answer.json())) == (status, ["detail"])
    return answer.json()["detail"]


@pytest.mark.parametrize(("method", "path"), [("POST", SEND), ("GET", STORY), ("GET", f"{STORY}/x")])
def test_tokens_are_refused_in_the_service_s_own_way(server: Emulator, method: str, path: str) -> None:
    """403 without one, 401 for a bad one, 403 for one that lacks a right."""
    asked = json.dumps(body()).encode() if method == "POST" else None
    for given, status in (("", 403), ("Basic YTpi", 403), ("Bearer ", 403), ("Bearer x", 401)):
        headers = {"Content-Type": "application/json"} | ({"Authorization": given} if given else {})
        answer = server.call(method, path, asked, headers)
        assert detail(answer, status)
        assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    narrow = server.token("app", "sms")
    assert "MT_ROLE_FAILOVER" in detail(server.api(method, path, asked, narrow), 403)


def test_what_is_wrong_is_told_with_422(server: Emulator) -> None:
    """By its place in body or query."""
    wrong = detail(server.api("POST", SEND, body(pin="1", ttl=-1)), 422)
    assert [each["loc"] for each in wrong] == [["body", "flow", 0, "ttl"], ["body", "flow", 0, "pin"]]
    assert detail(server.api("POST", SEND, b"{}"), 422) == [
        {"loc": ["body", "flow"], "msg": "is required", "type": "missing"}
    ]
    assert detail(server.api("POST", SEND, b"{"), 422)[0]["loc"] == ["body"]
    queried = detail(server.api("GET", f"{STORY}?limit=0&offset=x&status=Queued"), 422)
    assert [each["loc"] for each in queried] == [["query", name] for name in ("limit", "offset", "status")]
    refused = [entry for entry in server.journal() if entry["kind"] == "refused"][-1]
    assert (refused["data"]["status"], list(refused["data"]["properties"])) == (422, ["limit", "offset", "status"])


def test_what_is_not_there_is_404_and_a_wrong_method_405(server: Emulator) -> None:
    """A flow of another service is not there."""
    other = server.api("POST", "/failover", samples.body(["Sms"], TO, "Hi")).json()["trackingId"]
    for path in (f"{STORY}/x", f"{STORY}/{other}", "/failover-otp/verify", f"{STORY}/%ff%00"):
        assert detail(server.api("GET", path), 404)
    assert detail(server.api("GET", SEND), 405)
    password = send(server, body())["flowId"]
    assert server.api("GET", f"/failover/tracking/{password}").status == 404


def test_scenarios_spoil_answers_and_stories(server: Emulator) -> None:
    """In its own words."""
    put(server, match={"endpoint": "otp"}, answer={"status": 503, "message": "Busy"})
    assert detail(server.api("POST", SEND, body()), 503) == "Busy"
    name = send(server, body())["flowId"]
    put(server, match={"endpoint": "tracking"}, answer="server-error")
    assert detail(server.api("GET", f"{STORY}/{name}"), 500) == "Internal server error"
    put(server, match={"endpoint": "otp"}, plan={"Viber": "FAILED", "Sms": "Failed"})
    failed = send(server, body())["flowId"]
    server.advance(flow=failed)
    server.forget_token()
    assert (told(server, failed)["status"], told(server, failed)["statusCode"]) == ("Failed", 2)
