"""The texts of scenarios, made-up requests, and the reasons why rules applied: calls that the page makes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, VIBER, Emulator, emulator

TEXT = "purpose: Mine.\nrules:\n  - name: only\n    plan: { Sms: Failed }\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator whose time stands still, with a folder of scenarios."""
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "mine.yaml").write_text(TEXT)
    with emulator("--rate", "0", "--scenarios", str(folder)) as running:
        yield running


def control(server: Emulator, method: str, path: str, body: object = None, status: int = 200) -> Any:
    """A call of the emulator's own API."""
    answer = server.call(method, f"/_emulator/{path}", None if body is None else json.dumps(body).encode())
    assert answer.status == status, answer.body
    return answer.json()


def test_a_scenario_is_read_as_its_file_says(server: Emulator) -> None:
    """The user's own and a shipped one; with its rules in words."""
    mine = control(server, "GET", "scenarios/mine")
    assert (mine["purpose"], mine["own"], mine["rules"]) == ("Mine.", True, [{"name": "only", "match": "everything"}])
    assert (mine["file"], mine["text"]) == ("mine.yaml", TEXT)
    shipped = control(server, "GET", "scenarios/default")
    assert (shipped["own"], shipped["rules"][0]["match"]) == (False, "to looks like +3069000001??")


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e%2fREADME", "default.yaml"])
def test_what_is_no_scenario_is_not_found(server: Emulator, name: str) -> None:
    """Neither is any other file."""
    assert server.call("GET", f"/_emulator/scenarios/{name}").status == 404


def test_a_text_is_checked_and_nothing_put_in_force(server: Emulator) -> None:
    """A whole scenario, or rules alone; each problem with its place."""
    before = control(server, "GET", "scenario")
    wrong = "purpose: x\nrules:\n  - plan: { Sms: Faild }\n"
    (problem,) = control(server, "POST", "scenarios/check", {"text": wrong})["problems"]
    assert (problem["line"], problem["column"], problem["path"]) == (3, 18, "rules[0].plan.Sms")
    assert "did you mean 'Failed'?" in problem["message"]
    right = "rules:\n  - plan: { Sms: Failed }\n"
    assert control(server, "POST", "scenarios/check", {"text": right, "overrides": True})["problems"] == []
    assert control(server, "POST", "scenarios/check", {"text": right})["problems"] != []
    assert control(server, "GET", "scenario") == before


def test_overrides_may_come_as_yaml(server: Emulator) -> None:
    """Rules alone, as in a file."""
    text = "rules:\n  - match: { to: '+306900009999' }\n    plan: { Sms: Failed }\n    uses: 2\n"
    made = control(server, "POST", "scenario/overrides", {"text": text, "application": "yaml"})["overrides"]
    assert [(each["match"], each["uses"]) for each in made] == [("to is +306900009999", 2)]
    control(server, "POST", "scenario/overrides", {"text": text, "rules": []}, 400)


def test_why_each_rule_applied(server: Emulator) -> None:
    """The rules before it with what differed; nothing is claimed once the scenario has changed."""
    flow = server.send({**VIBER, "to": "+306900000200", "order": 1}, {**SMS, "to": "+306900000200", "order": 2})
    viber, sms = control(server, "GET", f"flows/{flow}/rules")["steps"]
    assert (viber["rule"], viber["match"]) == ("Viber 2", "to looks like +3069000002??")
    assert viber["passed"] == [
        {"rule": "Viber 1", "differences": ["to is +306900000200, which does not look like +3069000001??"]}
    ]
    assert (sms["rule"], sms["match"], len(sms["passed"])) == ("happy", "everything", 27)
    control(server, "POST", "scenario/overrides", {"text": "rules:\n  - plan: { Viber: SEEN }\n"})
    assert control(server, "GET", f"flows/{flow}/rules")["steps"][0]["match"] is None
    control(server, "DELETE", "scenario")
    control(server, "GET", "flows/nobody/rules", status=404)


def test_what_happened_to_a_flow_is_a_scenario_that_replays_it(server: Emulator) -> None:
    """The one that `record` writes; of one that has not begun there is nothing to record."""
    flow = server.send({**VIBER, "to": "+306900000110", "order": 1}, {**SMS, "to": "+306900000110", "order": 2})
    server.advance(flow=flow)
    text = control(server, "GET", f"flows/{flow}/scenario")["text"]
    assert "- { at: 2s, status: UNDELIVERED }" in text
    assert control(server, "POST", "scenarios/check", {"text": text}) == {"problems": [], "warnings": []}
    control(server, "GET", "flows/nobody/scenario", status=404)
    control(server, "POST", "scenario/overrides", {"text": "rules:\n  - queued: 1h\n"})
    waiting = server.send(SMS)
    assert "nothing to record" in control(server, "GET", f"flows/{waiting}/scenario", status=409)["detail"]
    control(server, "DELETE", "scenario")


def test_every_outcome_of_a_request_is_told_beforehand(server: Emulator) -> None:
    """With why it fails, and the number that has it; nothing is sent."""
    before = control(server, "GET", "flows")["total"]
    body = {"flow": [{**VIBER, "order": 1}, {**SMS, "order": 2}]}
    paths = control(server, "POST", "paths", body)["paths"]
    assert len(paths) == 21
    (found,) = [each for each in paths if each["number"] == "+306900000240"]
    assert found["steps"] == [{"channel": "Viber", "status": "EXPIRED"}, {"channel": "Sms", "status": "Failed"}]
    assert (found["status"], found["statusCode"], found["why"]) == ("Failed", "1", "out of credit")
    assert control(server, "GET", "flows")["total"] == before
    assert control(server, "POST", "paths?application=app", body)["paths"] == paths
    assert "aplication" in control(server, "POST", "paths?aplication=app", body, 400)["detail"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, "flow: is required"),
        ({"flow": [{**SMS, "to": "x"}]}, "flow[0].to"),
    ],
)
def test_outcomes_of_what_is_no_request_are_refused(server: Emulator, body: object, wrong: str) -> None:
    """Saying what is wrong."""
    assert wrong in control(server, "POST", "paths", body, 400)["detail"]


def test_what_a_channel_could_report_next(server: Emulator) -> None:
    """Only what fits: nothing of steps that ended for good, or have not begun."""
    flow = server.send({**VIBER, "to": "+306900000200", "order": 1}, {**SMS, "order": 2})
    (viber,) = control(server, "GET", f"flows/{flow}")["offers"]
    assert (viber["step"], viber["statuses"]) == (
        1,
        ["DELIVERED", "SEEN", "UNDELIVERED", "EXPIRED", "FAILED", "UNSENT"],
    )
    for status in ("FAILED", "Sent", "Delivered"):
        assert (
            server.call("POST", f"/_emulator/flows/{flow}/reports", json.dumps({"status": status}).encode()).status
            == 200
        )
    assert control(server, "GET", f"flows/{flow}")["offers"] == []


def test_a_text_is_checked_with_what_the_emulator_s_files_declare(tmp_path: Path) -> None:
    """As it would take the requests."""
    (tmp_path / "senders.yaml").write_text("viber: [{ id: known, name: Shop }]\n")
    text = "purpose: x\nexpect:\n  - { send: [Viber], messages: [DELIVERED] }\n"
    with emulator("--rate", "0", "--senders", str(tmp_path / "senders.yaml")) as server:
        (warning,) = control(server, "POST", "scenarios/check", {"text": text})["warnings"]
    assert warning["message"].endswith("expected [DELIVERED], but it comes to [FAILED]")


def test_a_sample_is_valid_and_as_was_asked(server: Emulator) -> None:
    """Of these channels, to this number; equal seeds give equal requests."""
    query = "sample?channels=Viber,Voice&to=%2B306900000300&callback=http://127.0.0.1:9/hook&seed=7"
    body = control(server, "GET", query)
    assert [(step["type"], step["to"]) for step in body["flow"]] == [
        (each, "+306900000300") for each in ("Viber", "Voice")
    ]
    assert body["callback"]["url"] == "http://127.0.0.1:9/hook"
    assert control(server, "GET", query) == body
    assert server.api("POST", "/failover", body).status == 200
    assert (
        "there is no channel 'Fax'; known here: Sms, Viber or Voice"
        in control(server, "GET", "sample?channels=Fax", status=400)["detail"]
    )


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [("transactional", "/failover/transactional"), ("otp", "/failover-otp/otp/send-failover")],
)
def test_a_sample_may_be_a_flow_of_another_service(server: Emulator, endpoint: str, path: str) -> None:
    """Of these channels, to this number, with a template that is there; the phone shows what it says."""
    for seed in range(20):
        query = f"sample?endpoint={endpoint}&channels=Viber,Sms&to=%2B306900000000&seed={seed}"
        body = control(server, "GET", f"{query}&callback=http://127.0.0.1:9/hook")
        assert [each["to"] for each in body["flow"]] == ["+306900000000"] * 2
        assert body["callback"]["url"] == "http://127.0.0.1:9/hook"
        answer = server.api("POST", path, body)
        assert answer.status == 200, answer.body
        told = answer.json()
        flow = control(server, "GET", f"flows/{told.get('trackingId') or told['flowId']}")
        pin = body["flow"][0].get("templateParams", body["flow"][0])["pin"]
        (shown,) = flow["phone"][:1]
        assert pin in shown["message"]["text"]
    assert all(each["to"] for each in control(server, "GET", f"sample?endpoint={endpoint}")["flow"])


def test_a_sample_of_a_password_goes_over_no_voice(server: Emulator) -> None:
    """It is refused in words."""
    told = control(server, "GET", "sample?endpoint=otp&channels=Voice,Sms", status=400)["detail"]
    assert told == "a one-time password goes over Viber and Sms only"


@pytest.mark.parametrize(
    ("endpoint", "path", "member", "url"),
    [
        ("sms", "/sms", "to", lambda body: body["callback"]["url"]),
        ("viber", "/viber", "to", lambda body: body["callbackUrl"]),
        ("voice", "/voice/conversation", "to", lambda body: body["callback"]["url"]),
        ("2step", "/2step", "recipient", None),
    ],
)
def test_a_sample_may_be_a_single_message(
    server: Emulator, endpoint: str, path: str, member: str, url: Callable[[Any], str] | None
) -> None:
    """Or a code, which names no callback; neither has channels to choose."""
    hook = "http://127.0.0.1:9/hook"
    for seed in range(10):
        query = f"sample?endpoint={endpoint}&to=%2B306900000300&seed={seed}" + (f"&callback={hook}" if url else "")
        body = control(server, "GET", query)
        assert body[member] in ("+306900000300", {"phone": "+306900000300"})
        assert url is None or url(body) == hook
        assert control(server, "GET", query) == body
        answer = server.api("POST", path, body)
        assert answer.status == 200, answer.body
    told = control(server, "GET", f"sample?endpoint={endpoint}&channels=Sms", status=400)["detail"]
    assert "no channels" in told
    told = control(server, "GET", f"sample?endpoint=2step&callback={hook}", status=400)["detail"]
    assert "--two-step-callback" in told
