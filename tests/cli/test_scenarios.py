"""The commands for scenarios: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.commands import run
from tests.support.running import SMS, VIBER, emulator, receiver


def test_check_tells_good_scenarios_from_bad_ones(tmp_path: Path) -> None:
    """Those that are shipped are good; a bad one is told with its place."""
    assert run("check").exit_code == 0
    (tmp_path / "bad.yaml").write_text("purpose: Bad.\nrules:\n  - plna: {}\n")
    done = run("check", str(tmp_path))
    assert done.exit_code == 1
    assert "bad.yaml:3:5" in done.stderr
    assert "did you mean 'plan'" in done.stderr


def test_record_turns_a_journal_or_captured_bodies_into_a_scenario(tmp_path: Path) -> None:
    """Which replays them: the same statuses at the same times."""
    with receiver() as hook, emulator("--rate", "0", "--scenario", "viber-expires-sms-delivers") as server:
        server.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback=hook.url)
        server.advance(until="idle")
        bodies = [hook.next_post()[2].decode() for _ in range(4)]
        url = f"http://127.0.0.1:{server.port}"
        from_journal = run("record", "--url", url).stdout
        (tmp_path / "captured.jsonl").write_text("\n".join(bodies))
        from_bodies = run("record", str(tmp_path / "captured.jsonl")).stdout
    for text in (from_journal, from_bodies):
        (tmp_path / "recorded.yaml").write_text(text)
        with receiver() as hook, emulator("--rate", "0", "--scenario", str(tmp_path / "recorded.yaml")) as server:
            server.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback=hook.url)
            server.advance(until="idle")
            replayed = [json.loads(hook.next_post()[2]) for _ in range(4)]
        assert [told["updatedAt"] for told in replayed] == [json.loads(body)["updatedAt"] for body in bodies]
        assert [told["status"] for told in replayed] == ["InProgress"] * 3 + ["Succeeded"]


def test_record_says_what_is_wrong(tmp_path: Path) -> None:
    """A file that is none, a journal without flows."""
    (tmp_path / "bad.jsonl").write_text("{\n")
    assert "expected one JSON text a line" in run("record", str(tmp_path / "bad.jsonl")).stderr
    with emulator("--control-token", "t0p") as server:
        url = f"http://127.0.0.1:{server.port}"
        assert "control token" in run("record", "--url", url).stderr
        assert run("record", "--url", url, "--token", "t0p").exit_code == 1


def test_a_folder_without_scenarios_is_not_called_good(tmp_path: Path) -> None:
    """Nothing was checked, so the status is not 0."""
    done = run("check", str(tmp_path))
    assert (done.exit_code, done.output) == (1, f"{tmp_path} has no scenario files (.yaml, .yml or .json)\n")


SINGLE = """
purpose: Single messages fail, flows go well.
rules:
  - { name: single, match: { endpoint: sms }, plan: { Sms: Failed } }
expect:
  - { send: [Sms], endpoint: sms, ttl: 4000, status: Failed, messages: [Failed], callbacks: 2 }
  - { send: [Sms], status: Succeeded }
"""


def test_single_messages_are_checked_and_explained(tmp_path: Path) -> None:
    """As flows are, by what they would come to."""
    (tmp_path / "single.yaml").write_text(SINGLE)
    done = run("check", str(tmp_path / "single.yaml"))
    assert done.exit_code == 0, done.output
    (tmp_path / "wrong.yaml").write_text(SINGLE.replace("status: Failed,", "status: Succeeded,"))
    done = run("check", str(tmp_path / "wrong.yaml"))
    assert "wrong.yaml:6:54: expect[0].status: expected Succeeded, but it comes to Failed" in done.stderr
    (tmp_path / "sms.json").write_text(json.dumps({"body": "Hi", "to": "306912345678", "from": "Shop"}))
    scenario = ("--scenario", str(tmp_path / "single.yaml"))
    explained = json.loads(run("explain", str(tmp_path / "sms.json"), *scenario, "--json").stdout)
    assert explained["outcome"]["status"] == "Failed"
    assert "Failed" in run("paths", str(tmp_path / "sms.json")).stdout


def test_single_messages_are_recorded(tmp_path: Path) -> None:
    """With flows, in the order in which they came; the recording comes to the same."""
    single = {"body": "Hi", "to": "+306912345671", "from": "Shop", "ttl": 4000}
    with emulator("--rate", "0", "--scenario", "all-fail") as server:
        server.send(SMS)
        assert server.api("POST", "/sms", single).status == 200
        server.advance(until="idle")
        text = run("record", "--url", f"http://127.0.0.1:{server.port}").stdout
    (tmp_path / "recorded.yaml").write_text(text)
    assert text.count("- match:") == 2
    done = run("check", "--strict", str(tmp_path / "recorded.yaml"))
    assert done.exit_code == 0, done.output
    with emulator("--rate", "0", "--scenario", str(tmp_path / "recorded.yaml")) as server:
        sent = server.api("POST", "/sms", single).json()["trackingId"]
        server.advance(until="idle")
        (part,) = server.api("GET", f"/sms/tracking/single/{sent}").json()
        assert part["status"]["status"] == "Undelivered"


def test_what_a_channel_does_not_take_is_explained(tmp_path: Path) -> None:
    """As a server with the same files has it: a step of a flow fails, and a single message is refused."""
    (tmp_path / "senders.yaml").write_text("sms: [{ from: Shop }]\n")
    (tmp_path / "templates.yaml").write_text("- { id: t1, text: 'Parcel {{n}}' }\n")
    there = ("--senders", str(tmp_path / "senders.yaml"), "--templates", str(tmp_path / "templates.yaml"))
    request = tmp_path / "request.json"
    viber = {key: VIBER[key] for key in VIBER if key != "message"} | {"templateId": "t1", "templateLang": "en"}
    request.write_text(json.dumps({"flow": [viber, SMS | {"from": "Shp"}]}))
    told = json.loads(run("explain", str(request), *there, "--json").stdout)
    assert [each["status"] for each in told["timeline"] if each["event"] == "status"] == ["FAILED", "Failed"]
    assert told["remarks"] == [
        "flow[0] will fail: the template 't1' lacks a value for n",
        "flow[1] will fail: 'Shp' is no sender of this account; did you mean 'Shop'?",
    ]
    assert json.loads(run("explain", str(request), "--json").stdout)["remarks"] == []
    request.write_text(json.dumps({"body": "Hi", "to": "+306912345678", "from": "Shp"}))
    done = run("explain", str(request), *there)
    assert done.exit_code == 1
    assert "the request is refused: 'Shp' is no sender of this account" in done.stderr


def test_paths_and_check_know_what_files_declare(tmp_path: Path) -> None:
    """A step that its channel does not take has one outcome; so an expectation of another is not met."""
    (tmp_path / "senders.yaml").write_text("sms: [{ from: Shop }]\nviber: [{ id: known, name: Shop }]\n")
    (tmp_path / "credentials.json").write_text('{"mine": {"secret": "s", "scopes": ["failover", "sms"]}}')
    there, mine = ("--senders", str(tmp_path / "senders.yaml")), ("--credentials", str(tmp_path / "credentials.json"))
    request, scenario = tmp_path / "flow.json", tmp_path / "mine.yaml"
    request.write_text(json.dumps({"flow": [VIBER, SMS]}))
    every, some = (json.loads(run("paths", str(request), *more, "--json").stdout) for more in ((), there))
    assert {each["steps"][0][1] for each in some} == {"FAILED"}
    assert len(every) > len(some) > 1
    assert (
        run("paths", str(request), *mine)
        .output.strip()
        .endswith("the request is refused with 403: the application 'mine' lacks the scope viber")
    )
    scenario.write_text("purpose: x\nexpect:\n  - { send: [Viber, Sms], messages: [DELIVERED] }\n")
    assert run("check", str(scenario)).exit_code == 0
    refused = run("check", str(scenario), *there)
    assert refused.exit_code == 1
    assert "expected [DELIVERED], but it comes to [FAILED, Delivered]" in refused.output
    assert "mine.yaml:3:5" in (told := run("check", str(scenario), *mine).output)
    assert "the request is refused with 403: the application 'mine' lacks the scope viber" in told
    scenario.write_text("purpose: x\nexpect:\n  - { send: [Sms], messages: [Delivered] }\n")
    assert run("check", str(scenario), *there, *mine).exit_code == 0
    scenario.write_text(
        "purpose: x\nrules: [{ match: { application: mine }, plan: { Sms: Failed } }]\n"
        "expect: [{ send: [Sms], messages: [Failed] }]\n"
    )
    assert run("check", str(scenario), *mine).exit_code == 0


def test_codes_are_explained_checked_and_recorded(tmp_path: Path) -> None:
    """The recording has the code, so the same answer is right again."""
    asked = {"method": "sms", "type": "code", "recipient": "+306912345671"}
    (tmp_path / "code.json").write_text(json.dumps(asked))
    fixed = tmp_path / "fixed.yaml"
    fixed.write_text("purpose: x\nrules:\n  - { name: fixed, match: { endpoint: 2step }, code: '0815' }\n")
    assert "code: 0815 (rule fixed)" in run("explain", str(tmp_path / "code.json"), "--scenario", str(fixed)).stdout
    assert "(drawn)" in run("explain", str(tmp_path / "code.json")).stdout
    with emulator("--rate", "0", "--scenario", str(fixed)) as server:
        assert server.api("POST", "/2step", asked).status == 200
        server.advance(until="idle")
        text = run("record", "--url", f"http://127.0.0.1:{server.port}").stdout
    (tmp_path / "recorded.yaml").write_text(text)
    done = run("check", "--strict", str(tmp_path / "recorded.yaml"))
    assert done.exit_code == 0, done.output
    with emulator("--rate", "0", "--scenario", str(tmp_path / "recorded.yaml")) as server:
        name = server.api("POST", "/2step", asked).json()["trackingId"]
        assert server.api("POST", f"/2step/{name}", {"answer": "0815"}).json()["status"] == "Verified"
