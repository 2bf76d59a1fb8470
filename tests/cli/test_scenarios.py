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


def test_check_reads_the_stories_beside_scenarios(tmp_path: Path) -> None:
    """What they would be refused is told by its line."""
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "good.yaml").write_text("purpose: Good.\nscenes: [say: Hi]\n")
    good = run("check", str(tmp_path))
    assert (good.exit_code, good.stdout) == (0, "stories/\ngood (story): Good.\n")
    bad = tmp_path / "stories" / "bad.yaml"
    bad.write_text('purpose: Bad.\nscenes:\n  - send: {channels: [Sms], to: "12", text: Hi}\n')
    both = run("check", str(tmp_path))
    assert both.exit_code == 1
    assert both.stdout.splitlines() == ["stories/", "bad (story): Bad.", "good (story): Good."]
    assert f"{bad}:3:11: scenes[0].send: flow[0].to: must be a phone number" in both.stderr


def test_check_reads_folders_below_one_and_tells_each_by_its_folder(tmp_path: Path) -> None:
    """But what is only there to be included; a story knows the scenarios of the whole folder. Without any, it lists
    the shipped ones in that way.
    """
    for name in ("parts", "viber/stories", "sms"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "top.yaml").write_text("purpose: Top.\n")
    (tmp_path / "parts" / "rules.yaml").write_text("rules: [{ plan: silence }]\n")
    (tmp_path / "sms" / "a.yaml").write_text("purpose: A.\ninclude: ../parts/rules.yaml\n")
    (tmp_path / "viber" / "stories" / "told.yaml").write_text("purpose: Told.\nscenario: a\nscenes: [say: Hi]\n")
    done = run("check", str(tmp_path))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["top: Top.", "sms/", "a: A.", "viber/stories/", "told (story): Told."]
    (tmp_path / "viber" / "b.yaml").write_text("name: a\npurpose: B.\n")
    done = run("check", str(tmp_path))
    assert done.exit_code == 1
    assert f"{tmp_path}/viber/b.yaml:1:1: name: {tmp_path}/sms/a.yaml has the scenario 'a' too" in done.stderr
    assert {"api/", "real-life/"} <= set(run("check").stdout.splitlines())


def test_check_tells_programs_of_each_file_in_a_line_of_json(tmp_path: Path) -> None:
    """What it is and whether it is good, what is wrong and where; of stories and files that can't be read too."""
    for name in ("none", "sms", "stories"):
        (tmp_path / name).mkdir()
    (tmp_path / "bad.yaml").write_text("purpose: Bad.\nrules:\n  - plna: {}\n")
    (tmp_path / "sms" / "vain.yaml").write_text(
        "purpose: Vain.\nrules: [{ match: { to: '69' }, plan: { Sms: Failed } }]\n"
    )
    (tmp_path / "stories" / "told.yaml").write_text(
        "purpose: Told.\nscenes: [send: { channels: [Sms], to: '12', text: Hi }]\n"
    )
    done = run("check", str(tmp_path), str(tmp_path / "none"), "balance-runs-out", "--json")
    assert (done.exit_code, done.stderr) == (1, "")
    bad, vain, told, none, balance = map(json.loads, done.stdout.splitlines())
    assert (bad["file"], bad["name"], bad["good"]) == (f"{tmp_path}/bad.yaml", "", False)
    (problem,) = bad["problems"]
    assert {problem[key] for key in ("file", "line", "column", "path")} == {bad["file"], 3, 5, "rules[0].plna"}
    assert "did you mean 'plan'" in problem["message"]
    assert (vain["name"], vain["purpose"], vain["group"], vain["kind"]) == ("vain", "Vain.", "sms", "scenario")
    assert (vain["good"], vain["problems"], len(vain["warnings"])) == (True, [], 1)
    assert (told["kind"], told["group"], told["name"], told["good"]) == ("story", "stories", "told", False)
    assert (none["file"], none["good"]) == (f"{tmp_path}/none", False)
    assert "has no scenario files" in none["problems"][0]["message"]
    assert "is consumed by these prices" in balance["balance"]
    strict = run("check", str(tmp_path / "sms"), "--strict", "--json")
    assert (strict.exit_code, json.loads(strict.stdout)["good"]) == (1, False)


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


def test_rules_that_fail_for_the_same_reason_have_one_line(tmp_path: Path) -> None:
    """The magic numbers of the default scenario above all; and a step that is not taken has no rules."""
    senders = tmp_path / "senders.yaml"
    senders.write_text("viber: [{ id: other }]\n")
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"flow": [VIBER, SMS]}))
    told = " ".join(run("explain", str(request), "--senders", str(senders)).stdout.split())
    assert "Viber 1 … Voice 9 (27)" in told
    assert "Viber 2" not in told
    assert f"so no rule plans it: '{VIBER['senderInfoTrackingId']}' is no Viber sender of this account" in told
    assert "starts (not taken by its channel)" in told
    told = run("explain", str(request), "--senders", str(senders), "--json").stdout
    assert len(json.loads(told)["steps"][1]["rules"]) == 28


OUTAGE = """
purpose: An outage of all calls, ten minutes after the first.
rules:
  - { name: outage, match: { endpoint: any, time: { from: 10m, to: 15m } }, answer: unavailable }
  - { name: both, match: { endpoint: [any, failover], application: other }, answer: server-error }
  - { name: slow, match: { endpoint: any }, answer: { delay: 3s } }
  - { name: mine, plan: { Sms: Undelivered } }
"""


def test_check_tells_all_that_a_scenario_does_not_come_to(tmp_path: Path) -> None:
    """Each expectation by its place, also beside one whose request the API refuses."""
    (tmp_path / "wrong.yaml").write_text(
        "purpose: x\nexpect:\n"
        "  - { send: [Sms], status: Failed }\n"
        "  - { send: [Sms], status: Succeeded }\n"
        "  - { send: [{ type: Sms, to: '12', text: Hi }], status: Succeeded }\n"
        "  - { send: [Viber], messages: [SEEN], callbacks: 9 }\n"
    )
    done = run("check", str(tmp_path / "wrong.yaml"))
    places = [line.split(": ")[1] for line in done.stderr.splitlines()]
    assert (done.exit_code, places) == (
        1,
        ["expect[0].status", "expect[2]", "expect[3].messages", "expect[3].callbacks"],
    )


def test_check_warns_beside_errors(tmp_path: Path) -> None:
    """Of rules in which nothing is wrong; what a broken one means nobody knows, so nothing is said of it."""
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "rules:\n"
        "  - { match: { chanel: Sms }, plan: happy }\n"
        "  - { name: a, match: { to: { starts: '69' } }, plan: happy }\n"
        "  - { name: b, match: { channel: Sms }, plan: { Sms: Failed } }\n"
        "  - { name: b, match: { order: 2 }, plan: happy }\n"
        "  - { match: { channel: Sms, order: 2 }, plan: { Sms: Failed } }\n"
    )
    done = run("check", str(file))
    told = [line.removeprefix(f"{file}:").split(": ")[:3] for line in done.stderr.splitlines()]
    assert told == [
        ["1:1", "'purpose' is missing"],
        ["2:16", "rules[0].match.chanel", "unknown key 'chanel'; did you mean 'channel'?"],
        ["5:5", "rules[3]", "the name 'b' is taken by another rule"],
        ["3:16", "rules[1].match", "warning"],
        ["6:5", "rules[4]", "warning"],
    ]
    file.write_text(file.read_text() + "plans: { odd: 3 }\n")
    assert "warning" not in run("check", str(file)).stderr


def test_rules_of_the_gateway_are_explained_apart_from_those_of_steps(tmp_path: Path) -> None:
    """They are asked about calls, not about steps, so no step's table says that they do not apply."""
    (tmp_path / "outage.yaml").write_text(OUTAGE)
    (tmp_path / "request.json").write_text(json.dumps({"flow": [SMS]}))
    asked = ("explain", str(tmp_path / "request.json"), "--scenario", str(tmp_path / "outage.yaml"))
    during = (*asked, "--at", "2026-01-01T00:12Z", "--began", "2026-01-01T00:00Z")
    told = json.loads(run(*during, "--json").stdout)
    assert (told["sent"], told["began"]) == ("2026-01-01T00:12:00Z", "2026-01-01T00:00:00Z")
    assert [(each["rule"], each["applies"]) for each in told["gateway"]] == [("outage", True)]
    assert [each["rule"] for each in told["steps"][0]["rules"]] == ["both", "mine"]
    assert (told["answer"]["status"], told["answer"]["rule"]) == (503, "outage")
    shown = " ".join(run(*during).stdout.split())
    assert "sent at 2026-01-01T00:12:00Z (--at says when)" in shown
    assert "first request came at 2026-01-01T00:00:00Z (--began says when)" in shown
    assert "gateway: before all calls" in shown
    assert "which is not any" not in shown
    before = json.loads(run(*asked, "--json").stdout)
    assert [(each["rule"], each["applies"]) for each in before["gateway"]] == [
        ("outage", False),
        ("both", False),
        ("slow", True),
    ]
    assert before["gateway"][0]["differences"][0].startswith("time is")
    assert (before["answer"]["status"], before["answer"]["seconds"]) == (200, 3)
    assert (before["began"], before["outcome"]["status"]) == (before["sent"], "Failed")


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


def test_phases_are_explained_by_when_the_application_began(tmp_path: Path) -> None:
    """Without that, the request is its first."""
    (tmp_path / "sms.json").write_text(json.dumps({"flow": [SMS]}))
    (tmp_path / "late.yaml").write_text(
        "purpose: Late.\nrules:\n  - { match: { time: { from: 10m } }, plan: { Sms: Failed } }\n"
    )
    asked = ("explain", str(tmp_path / "sms.json"), "--scenario", str(tmp_path / "late.yaml"), "--json")
    assert json.loads(run(*asked).stdout)["timeline"][-1]["status"] == "Delivered"
    later = json.loads(run(*asked, "--at", "2026-03-02T12:10Z", "--began", "2026-03-02T12:00Z").stdout)
    assert later["timeline"][-1]["status"] == "Failed"
    assert "10m.. after the application's first request" in later["steps"][0]["rules"][0]["match"]


def test_parameters_are_set_for_check_and_explain(tmp_path: Path) -> None:
    """By --set, or in the name of the file."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "purpose: Sms end as $how.\nparameters: { how: Failed }\nrules:\n  - plan: { Sms: $how }\n"
        "expect: { send: [Sms], messages: [Failed] }\n"
    )
    assert run("check", str(file)).stdout == "mine: Sms end as Failed.\n"
    done = run("check", f"{file}(how=Undelivered)")
    assert (done.exit_code, "but it comes to [Undelivered]" in done.stderr) == (1, True)
    assert run("check", str(file), "--set", "how=Undelivered").stderr == done.stderr
    assert "there is no parameter 'who'" in run("check", str(file), "--set", "who=me").stderr
    assert "NAME=VALUE; found 'how'" in run("check", str(file), "--set", "how").stderr
    (tmp_path / "sms.json").write_text(json.dumps({"flow": [SMS]}))
    said = run("explain", str(tmp_path / "sms.json"), "--scenario", str(file), "--set", "how=Undelivered", "--json")
    assert json.loads(said.stdout)["timeline"][-1]["status"] == "Undelivered"
