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
    told = control(server, "GET", f"flows/{waiting}/scenario", status=409)["detail"]
    assert told == "there is nothing to record: no step of what was accepted has started"
    control(server, "DELETE", "scenario")


def test_every_outcome_of_a_request_is_told_beforehand(server: Emulator) -> None:
    """With why it fails, and the number that has it; nothing is sent."""
    before = control(server, "GET", "flows")["total"]
    body = {"flow": [{**VIBER, "order": 1}, {**SMS, "order": 2}]}
    paths = control(server, "POST", "paths", body)["paths"]
    assert len(paths) == 18  # without a callback, those that differ in callbacks alone are one
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


def test_a_text_is_kept_chosen_changed_renamed_and_deleted(server: Emulator) -> None:
    """Where it is in force, so are its changes; deleted, it stays in force there."""
    application = "keeps"
    first, second = TEXT, TEXT.replace("Failed", "Unsent")
    made = control(server, "PUT", "scenarios/ours", {"text": first})
    assert (made["own"], made["kept"], made["purpose"], made["file"]) == (True, True, "Mine.", "")
    assert "ours" in [each["name"] for each in control(server, "GET", "scenarios")["scenarios"] if each["kept"]]
    chosen = control(server, "POST", "scenario", {"name": "ours", "application": application})
    assert (chosen["scenario"], chosen["rules"]) == ("ours", ["only"])

    def status() -> str:
        flow = server.api("POST", "/failover", {"flow": [SMS]}, server.token(application)).json()["trackingId"]
        server.advance(until="idle")
        return str(server.call("GET", f"/_emulator/flows/{flow}").json()["messages"][0]["status"]["name"])

    assert status() == "Failed"
    renamed = control(server, "PUT", "scenarios/theirs", {"text": second, "insteadOf": "ours"})
    assert (renamed["name"], renamed["text"]) == ("theirs", second)
    assert control(server, "GET", f"scenario?application={application}")["scenario"] == "theirs"
    assert status() == "Unsent"
    control(server, "GET", "scenarios/ours", None, 404)
    assert control(server, "DELETE", "scenarios/theirs")["text"] == second
    assert status() == "Unsent"
    kinds = control(server, "GET", "journal?kind=scenario")["entries"]
    assert [each["text"] for each in kinds if "theirs is" in each["text"]] == ["theirs is kept", "theirs is deleted"]
    control(server, "DELETE", f"scenario?application={application}")


def test_a_request_may_name_a_text_that_is_kept(server: Emulator) -> None:
    """In its header, with parameters; the flow's rules are explained by it."""
    text = "purpose: x\nparameters: { how: Failed }\nrules:\n  - name: set\n    plan: { Sms: $how }\n"
    control(server, "PUT", "scenarios/for-one", {"text": text})
    headers = {"Authorization": f"Bearer {server.token()}", "X-Emulator-Scenario": "for-one(how=Unsent)"}
    body = json.dumps({"flow": [SMS]}).encode()
    headers |= {"Content-Type": "application/json"}
    flow = server.call("POST", "/failover", body, headers).json()["trackingId"]
    server.advance(until="idle")
    found = server.call("GET", f"/_emulator/flows/{flow}").json()
    assert (found["scenario"], found["messages"][0]["status"]["name"]) == ("for-one(how=Unsent)", "Unsent")
    (step,) = control(server, "GET", f"flows/{flow}/rules")["steps"]
    assert (step["rule"], step["match"]) == ("set", "everything")
    control(server, "DELETE", "scenarios/for-one")


@pytest.mark.parametrize(
    ("name", "body", "status", "why"),
    [
        ("all-fail", {"text": TEXT}, 409, "the name 'all-fail' is that of a file"),
        ("mine", {"text": TEXT}, 409, "is that of a file"),
        ("inline", {"text": TEXT}, 409, "is what texts without a name are called"),
        ("new", {"text": TEXT, "insteadOf": "nothing"}, 404, "no scenario 'nothing' is kept"),
        ("new", {"text": TEXT, "insteadOf": "there-too"}, 404, "did you mean 'there'?"),
        ("there", {"text": TEXT, "insteadOf": "there2"}, 409, "another scenario is kept as 'there'"),
        ("new", {"text": "rules: 1"}, 400, "new.yaml:1:1: "),
        ("new", {"text": f"name: other\n{TEXT}"}, 400, "the text has the name 'other'"),
        ("a%20b", {"text": TEXT}, 400, "dashes and underscores, 100 at most; this is 'a b'"),
        ("a(b=1)", {"text": TEXT}, 400, "a scenario is kept under a name of letters"),
        ("a" * 101, {"text": TEXT}, 400, "100 at most"),
        ("new", {"txt": TEXT}, 400, "did you mean 'text'"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    server: Emulator, name: str, body: dict[str, str], status: int, why: str
) -> None:
    """With the reason; nothing is changed."""
    for there in ("there", "there2"):
        control(server, "PUT", f"scenarios/{there}", {"text": TEXT})
    before = control(server, "GET", "scenarios")
    assert why in control(server, "PUT", f"scenarios/{name}", body, status)["detail"]
    assert control(server, "GET", "scenarios") == before


@pytest.mark.parametrize(("name", "why"), [("all-fail", "it has a file"), ("nowhere", "there is no such text")])
def test_only_what_is_kept_can_be_deleted(server: Emulator, name: str, why: str) -> None:
    """A file is the user's own."""
    assert why in control(server, "DELETE", f"scenarios/{name}", None, 404)["detail"]


EXPECTING = (
    "purpose: x\nrules:\n  - plan: { Sms: Failed }\nexpect:\n"
    "  - { send: [Sms], status: Failed }\n"
    "  - { send: [Viber, Sms], status: Failed, callbacks: 1 }\n"
    "  - { send: [{ type: Sms, to: '1' }] }\n"
)


def test_each_expectation_is_tried(server: Emulator) -> None:
    """With its line, what it sends, and what came otherwise; one that is refused does not stop the others."""
    met, otherwise, refused = control(server, "POST", "scenarios/expectations", {"text": EXPECTING})["expectations"]
    assert met == {"line": 5, "sends": ["Sms"], "met": True, "problems": []}
    assert (otherwise["line"], otherwise["sends"], otherwise["met"]) == (6, ["Viber", "Sms"], False)
    assert [(each["path"], each["line"]) for each in otherwise["problems"]] == [
        ("expect[1].status", 6),
        ("expect[1].callbacks", 6),
    ]
    assert (refused["line"], refused["met"]) == (7, False)
    assert "the API refuses what it sends" in refused["problems"][0]["message"]


def test_expectations_are_tried_by_name(server: Emulator) -> None:
    """Of a shipped scenario, of one that is kept, with parameters set."""
    found = control(server, "POST", "scenarios/expectations", {"name": "viber-undelivered"})["expectations"]
    assert found
    assert all(each["met"] for each in found)
    text = EXPECTING.replace("Failed }\nexpect", "$how }\nparameters: { how: Failed }\nexpect")
    control(server, "PUT", "scenarios/tried", {"text": text})
    for name, is_met in (("tried", True), ("tried(how=Unsent)", True), ("tried(how=Delivered)", False)):
        found = control(server, "POST", "scenarios/expectations", {"name": name})["expectations"]
        assert found[0]["met"] == is_met, name
    control(server, "DELETE", "scenarios/tried")


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({}, 400, "one of `name`, a scenario's, and `text`"),
        ({"name": "a", "text": "b"}, 400, "one of `name`"),
        ({"name": "viber-undeliverd"}, 404, "did you mean 'viber-undelivered'"),
        ({"text": "rules: 1"}, 400, "rules"),
    ],
)
def test_what_has_no_expectations_is_refused(server: Emulator, body: dict[str, str], status: int, why: str) -> None:
    """A mistyped name, or a text that can't be read."""
    assert why in control(server, "POST", "scenarios/expectations", body, status)["detail"]


def test_several_flows_are_recorded_as_one_scenario(server: Emulator) -> None:
    """Each once, in the order of their requests, by ids or their beginnings; what it says is taken."""
    server.forget_token()
    names = [server.send({**SMS, "to": f"+30690000003{number}"}) for number in range(3)]
    server.advance(until="idle")
    asked = {"flows": [names[2], names[0][:12], names[0]]}
    text = control(server, "POST", "recording", asked)["text"]
    assert [text.index(name) for name in (names[0], names[2])] == sorted(text.index(each) for each in names[::2])
    assert (names[1] in text, text.count("  # flow ")) == (False, 2)
    assert control(server, "POST", "scenarios/check", {"text": text})["problems"] == []
    control(server, "POST", "recording", {"flows": ["nobody"]}, 404)
    for nothing in ([], [""], None):
        control(server, "POST", "recording", {"flows": nothing}, 400)
