"""The commands `choices` and `compare`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from emulator.choices.given import chosen
from emulator.choices.table import rows
from emulator.errors import Json
from tests.support.commands import run
from tests.support.running import SMS, VIBER, Emulator, emulator, receiver

CHOSEN = ("latency=milliseconds", "sms-text-key=message", "callback-retries=5", "queued-callback=not-posted")


def in_force(told: Json) -> dict[str, str]:
    """The answers in force, by name."""
    return {each["name"]: each["inForce"] for each in told["choices"]}


def test_choices_lists_all_with_the_answers_in_force() -> None:
    """From options, repeated or not, and from the variable."""
    told = run("choices", "--choose", "latency=milliseconds", "--choose", "callback-retries=5,total-price=last-message")
    for row in rows():
        assert f"{row.name}: {row.told.question}\n" in told.stdout
    for line in ("* milliseconds: ", "  seconds (taken): ", "* 5: ", "* last-message: ", "* Failover (taken): "):
        assert line in told.stdout
    shown = json.loads(run("choices", "--json", EMULATOR_CHOOSE="latency=milliseconds, callback-retries=0").stdout)
    usual = {row.name: row.taken for row in rows()}
    assert in_force(shown) == usual | {"latency": "milliseconds", "callback-retries": "0"}
    with emulator("--choose", "latency=milliseconds,callback-retries=0") as server:
        assert shown == server.call("GET", "/_emulator/choices").json()


def test_a_mistyped_choice_ends_each_command() -> None:
    """With what was meant."""
    wrong = ("--choose", "latency=second")
    serve = [sys.executable, "-m", "emulator", "serve", "--port", "0", *wrong]
    served = subprocess.run(serve, capture_output=True, text=True, check=False)
    listed = run("choices", *wrong)
    assert (listed.exit_code, served.returncode) == (1, 1)
    for said in (listed.stderr, served.stderr):
        assert "latency must be one of seconds, milliseconds; it is 'second'; did you mean 'seconds'?" in said


def test_choices_lists_those_of_a_running_emulator() -> None:
    """By --url or its variable, of an application too, by its scenario; --choose asks of none."""
    with emulator("--choose", "latency=milliseconds") as server:
        there = f"http://127.0.0.1:{server.port}"
        asked = {"text": "purpose: T\nchoices: { latency: seconds }\n", "application": "app"}
        assert server.call("POST", "/_emulator/scenario", json.dumps(asked).encode()).status == 200
        assert "* milliseconds: " in run("choices", "--url", there).stdout
        for given, answer in (([], "milliseconds"), (["--application", "app"], "seconds")):
            told = json.loads(run("choices", "--json", *given, EMULATOR_URL=there, EMULATOR_CHOOSE="x").stdout)
            assert in_force(told) == {row.name: row.taken for row in rows()} | {"latency": answer}
            assert told["application"] == (given[-1] if given else None)
        chose = run("choices", "--choose", "callback-retries=5", EMULATOR_URL=there)
        assert "* 5: " in chose.stdout
        assert "* seconds (taken): " in chose.stdout
    assert "no emulator answers" in run("choices", "--url", there).stderr


def test_the_name_of_a_choice_alone_lacks_its_answer() -> None:
    """It is no file that is missing."""
    told = run("choices", "--choose", "latency").stderr
    assert "latency lacks its answer: choose latency=seconds or latency=milliseconds" in told


def exchange(server: Emulator, path: str, body: Any) -> Any:
    """A request and its answer, as a line of a capture."""
    answer = server.api("POST", path, body)
    assert answer.status == 200, answer.body
    return {"request": {"path": path, "body": body}, "answer": {"status": 200, "body": answer.json()}}


def captured(*options: str) -> list[Any]:
    """The traffic with an emulator, whose first callbacks are refused once, and one of which is always."""
    with receiver() as hook, emulator("--rate", "0", "--scenario", "viber-expires-sms-delivers", *options) as server:
        hook.judge = lambda body, times: (
            503 if b"EXPIRED" in body and b"Delivered" in body else 200 if times > 1 else 500
        )
        callback = {"strategy": "OnStep", "url": hook.url}
        lines = [exchange(server, "/failover", {"flow": [VIBER, SMS], "callback": callback})]
        single = {"from": "Shop", "to": "+306900000007", "body": "Hi", "callback": callback | {"strategy": "OnChange"}}
        lines.append(exchange(server, "/sms", single))
        server.advance(by="72h")
        server.forget_token()
        lines.append(exchange(server, "/sms", single))
        server.advance(by="1h")
        page = server.call("GET", "/_emulator/callbacks").json()["callbacks"]
    return lines + [
        {"at": attempt["at"], "callback": json.loads(each["body"]), "answer": {"status": attempt["status"]}}
        for each in page
        for attempt in each["attempts"]
    ]


def test_compare_finds_the_choices_of_the_emulator_that_was_recorded(tmp_path: Path) -> None:
    """And writes them as a file for --choose, with which nothing differs any more."""
    capture, file = tmp_path / "capture.jsonl", tmp_path / "choices.txt"
    options = [part for each in CHOSEN for part in ("--choose", each)]
    capture.write_text("\n".join(map(json.dumps, captured(*options))))
    told = run("compare", str(capture), "--output", str(file))
    assert told.exit_code == 0, told.stdout + told.stderr
    assert chosen(str(file)) == chosen(",".join(CHOSEN))
    assert "--choose latency=milliseconds explains " in told.stdout
    assert "requests and " in told.stdout.splitlines()[0]
    again = run("compare", str(capture), "--choose", str(file))
    assert (again.exit_code, again.stdout.splitlines()[1]) == (0, "Nothing differs.")


def test_compare_finds_nothing_in_the_capture_of_a_usual_emulator(tmp_path: Path) -> None:
    """Of which `record` makes a scenario, too."""
    capture = tmp_path / "capture.jsonl"
    capture.write_text("\n".join(map(json.dumps, captured())))
    told = run("compare", str(capture))
    assert (told.exit_code, told.stdout.splitlines()[1]) == (0, "Nothing differs."), told.stdout
    assert "purpose: Recorded from callback bodies" in run("record", str(capture)).stdout


def test_compare_says_what_no_choice_explains_and_what_is_no_capture(tmp_path: Path) -> None:
    """In words and as JSON; the exit status tells."""
    lines = captured()
    lines[0]["answer"]["body"]["news"] = 1
    capture = tmp_path / "capture.jsonl"
    capture.write_text("\n".join(map(json.dumps, lines)))
    told = run("compare", str(capture))
    assert told.exit_code == 1
    assert "No choice explains 1:\n  line 1: answer.news: captured 1, emulated (not there)" in told.stdout
    assert json.loads(run("compare", str(capture), "--json").stdout)["left"][0]["field"] == "answer.news"
    capture.write_text("\n".join([*map(json.dumps, lines), '{"at": "2026']))
    broken = run("compare", str(capture)).stderr
    assert f"{capture}: line {len(lines) + 1}: Input data was truncated; expected one JSON text a line" in broken
    capture.write_text("")
    assert "no request in it can be played" in run("compare", str(capture)).stderr


def test_compare_says_what_is_not_compared_and_what_disproves_a_choice(tmp_path: Path) -> None:
    """What cannot be read with its line; what would do as well is a comment in the file."""
    capture, file = tmp_path / "capture.jsonl", tmp_path / "choices.txt"
    lines = captured("--choose", "latency=milliseconds")
    odd = json.loads(json.dumps(next(each for each in lines if "messages" in each.get("callback", {}))))
    odd["callback"]["messages"][0]["status"]["name"] = "Lost"
    capture.write_text("\n".join(map(json.dumps, [*lines, odd])))
    told = run("compare", str(capture), "--output", str(file))
    why = f"(line {len(lines) + 1}: messages[0].status.name: Viber has no status 'Lost')"
    assert f"Not compared: requests whose callbacks or trackings can't be read {why}: 1." in told.stdout
    assert file.read_text().splitlines()[1] == "latency=milliseconds"
    seconds = [each for each in lines if each.get("callback", {}).get("latency", 0) > 1000]
    seconds[0]["callback"]["latency"] //= 1000
    capture.write_text("\n".join(map(json.dumps, lines)))
    told = run("compare", str(capture))
    assert "--choose" not in told.stdout
    assert "latency=milliseconds would explain " in told.stdout
    assert " against it (1): line 2: callback " in told.stdout


def test_the_file_has_what_would_do_as_well_as_a_comment(tmp_path: Path) -> None:
    """Callbacks that were answered 204 and did not come again."""
    capture, file = tmp_path / "capture.jsonl", tmp_path / "choices.txt"
    first: dict[str, Any] = {}
    for each in captured():
        first.setdefault(json.dumps(each.get("callback", each)), each)
    lines = [each | {"answer": {"status": 204}} if "callback" in each else each for each in first.values()]
    capture.write_text("\n".join(map(json.dumps, lines)))
    told = run("compare", str(capture), "--output", str(file))
    assert "--choose callback-retries=0 explains " in told.stdout
    assert "; so would callback-received=2xx" in told.stdout
    assert file.read_text().splitlines()[1:3] == ["callback-retries=0", "# or: callback-received=2xx"]
    assert "Nothing differs." in run("compare", str(capture), "--choose", str(file)).stdout


def test_compare_names_the_choices_that_the_capture_does_not_show(tmp_path: Path) -> None:
    """In words, in JSON and in the file; not those that it does."""
    capture, file = tmp_path / "capture.jsonl", tmp_path / "choices.txt"
    capture.write_text("\n".join(map(json.dumps, captured())))
    told = run("compare", str(capture), "--output", str(file)).stdout.splitlines()[-1]
    unproven = json.loads(run("compare", str(capture), "--json").stdout)["unproven"]
    assert told == f"Not shown, so it stays as it was: {', '.join(unproven)}"
    assert {"verification-members", "refused-bearer"} <= set(unproven)
    assert {"latency", "callback-retries", "sms-text-key"}.isdisjoint(unproven)
    assert file.read_text().splitlines() == [f"# not shown: {name}" for name in unproven]
    assert chosen(str(file)) == chosen("")
