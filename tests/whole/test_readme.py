"""What the READMEs show is true: their commands run, their tables are the code's, their links lead somewhere."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from emulator.channels.table import CHANNELS, Kind
from emulator.cli.main import main
from emulator.client.client import Application
from emulator.page.docs import shelf
from emulator.page.docs.rendering import page
from emulator.page.docs.searching import hits
from emulator.provider.openapi import provided
from emulator.scenario import files
from emulator.testing.receiver import Receiver
from tests.support.calls import CALLS
from tests.support.running import PATIENCE, SMS, VIBER, VOICE, ca_folder, emulator, receiver
from tests.support.trusting import trusting

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
OTHERS = [readme for readme in sorted(ROOT.glob("[!.]*/**/README.md")) if "node_modules" not in readme.parts]
"""Those of folders."""
GUIDE = sorted(ROOT.glob("scenarios/guide/*.md"))
"""The pages on the language of scenarios."""
INNER = {
    "emulator/control/metrics",
    "emulator/page/static",
    "emulator/page/static/vendor",
    "tests/clients",
    "tests/shop",
}
"""Those that are not for users, or to which another one leads."""


LINES = 250
"""How many lines the front page may have."""


def of(folder: str) -> str:
    """The README of a folder."""
    return (ROOT / folder / "README.md").read_text()


SCHEMAS, PROVIDER, CLI = of("schemas"), of("emulator/provider"), of("emulator/cli")


def named(readme: Path) -> str:
    """A README by its folder."""
    return str(readme.parent.relative_to(ROOT))


def blocks(marker: str, text: str = README) -> list[str]:
    """The fenced blocks that stand right below a marker."""
    return re.findall(rf"<!-- {marker} -->\n```\w+\n(.*?)```", text, re.DOTALL)


def ran(text: str, folder: Path, port: int, hook: str) -> str:
    """What the commands that a README shows print, all in one shell, with an emulator and a receiver of this test."""
    script = "set -euo pipefail\n" + "\n".join(blocks("run", text))
    script = script.replace("http://127.0.0.1:8080", f"http://127.0.0.1:{port}")
    script = script.replace("http://127.0.0.1:8081/hook", hook)
    script = script.replace(".venv/bin/failover-emulator", f"{sys.executable} -m emulator")
    there = os.environ | {"PYTHONPATH": str(ROOT), "EMULATOR_URL": f"http://127.0.0.1:{port}"}
    run = ["bash", "-c", script]
    done = subprocess.run(run, capture_output=True, text=True, cwd=folder, timeout=60, check=False, env=there)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_it_shows_runs_as_shown(tmp_path: Path) -> None:
    """By curl alone, with a receiver, and by the command line; so do scenarios and moving time."""
    with receiver() as hook, emulator("--rate", "100") as server:
        told = ran(README, tmp_path, server.port, hook.url)
        assert "Succeeded" in told
        posts = [hook.next() for _ in range(8)]  # of two flows, whose callbacks may come in turns
        for flow in {post["trackingId"] for post in posts}:
            own = [post["messages"] for post in posts if post["trackingId"] == flow]
            listed = [[message["status"]["name"] for message in messages] for messages in own]
            assert listed == [["QUEUED"], *(["UNDELIVERED", sms] for sms in ("Queued", "Sent", "Delivered"))]
        assert "stands still" in told
        assert "+306900000030" in told


@pytest.mark.parametrize("readme", [each for each in OTHERS if blocks("run", each.read_text())], ids=named)
def test_what_a_folder_s_readme_shows_runs_as_shown(readme: Path, tmp_path: Path) -> None:
    """Without a remark on any of it: nothing is misspelt."""
    with receiver() as hook, emulator("--rate", "1") as server:
        ran(readme.read_text(), tmp_path, server.port, hook.url)
        entries = server.journal()
        assert {"accepted", "token"} & {each["kind"] for each in entries}
        assert [each["text"] for each in entries if each["kind"] == "remarked" or "note" in each["data"]] == []


def test_the_bodies_that_schemas_shows_are_of_each_call(tmp_path: Path) -> None:
    """Of every one that takes a body, but those that the README begins with. The code is confirmed, with the answer
    that is shown.
    """
    with receiver() as hook, emulator("--rate", "1") as server:
        told = ran(SCHEMAS, tmp_path, server.port, hook.url)
        paths = [each["data"]["path"] for each in server.journal() if each["kind"] == "accepted"]
    with_bodies = {
        (method.upper(), path)
        for path, calls in provided()["paths"].items()
        for method, call in calls.items()
        if "requestBody" in call and path not in ("/oauth/token", "/failover")
    }
    shown = re.findall(r"^(?:\w+=\$\()?(?:call (\w+)|post) '?(/[^ ?']+)", SCHEMAS, re.MULTILINE)
    assert {(method or "POST", re.sub(r"\$\w+", "{id}", path)) for method, path in shown} == with_bodies
    assert paths.count("/sms/campaign") == 2
    assert set(paths) <= {path for _, path in with_bodies}
    assert re.findall('"status":"(Pending|Verified)"', told) == ["Pending", "Verified"]


@pytest.mark.parametrize(("step", "told"), [(VIBER, "QUEUED"), (SMS, "Queued"), (VOICE, "Queued")])
def test_on_step_posts_first_that_the_first_step_is_queued(tmp_path: Path, step: dict[str, Any], told: str) -> None:
    """In its channel's own spelling; when a scenario holds the flow back, not before it starts."""
    told_first = "as `InProgress QUEUED` (`Queued` for an Sms or a call; a scenario's `queued: 5s` holds that back)"
    assert told_first in PROVIDER
    (tmp_path / "held.yaml").write_text("purpose: Held back.\nrules: [{ queued: 5s }]\n")
    with receiver() as hook, emulator("--rate", "0", "--scenario", str(tmp_path / "held.yaml")) as server:
        server.send(step, callback=hook.url)
        server.advance(by="4s")
        assert hook.empty()
        server.advance(by="1s")
        first = hook.next()
    assert (first["status"], first["messages"][0]["status"]["name"]) == ("InProgress", told)


def test_the_callback_of_a_single_message_is_as_shown() -> None:
    """Sent with only a URL for its callbacks: each change is posted."""
    with receiver() as hook, emulator("--rate", "0") as server:
        message = {"body": "Ready", "to": "+306912345678", "from": "Shop", "callback": {"url": hook.url}}
        answer = server.api("POST", "/sms", message)
        server.advance(until="idle")
        posts = [hook.next() for _ in range(3)]
    assert [post["status"]["name"] for post in posts] == ["Queued", "Sent", "Delivered"]
    assert {post["messageId"] for post in posts} == {answer.json()["trackingId"]}
    (shown,) = (json.loads(block) for block in blocks("sms", PROVIDER))
    told = posts[-1] | {"messageId": shown["messageId"]}
    del told["status"]["reason"]
    assert {member: told[member] for member in shown} == shown


def test_the_scenario_shown_loads() -> None:
    """With the purpose that it shows."""
    (text,) = blocks("scenario")
    assert files.load_text(text, "shown").purpose == (
        "Greek numbers have no Viber, all others have turned it off, and every call is busy."
    )


def test_the_tests_it_shows_pass(tmp_path: Path) -> None:
    """As a user's own, with the plugin."""
    assert "1 passed" in passing(tmp_path, blocks("test"))


IN_PYTHON = [each for each in OTHERS if "```python" in each.read_text() and named(each) != "tests/languages"]
"""Those whose Python is tests; what `tests/languages` shows needs an engine."""


@pytest.mark.parametrize("readme", IN_PYTHON, ids=named)
def test_the_tests_that_a_folder_s_readme_shows_pass(readme: Path, tmp_path: Path) -> None:
    """All of its Python, each block a file of its own. One that needs a package of the extra `test` says so above."""
    shown = re.findall(r"(?:<!-- needs (\w+) -->\n)?```python\n(.*?)```", readme.read_text(), re.DOTALL)
    for needed, _ in shown:
        if needed:
            pytest.importorskip(needed)
    assert re.search(r"[0-9]+ passed in", passing(tmp_path, [text for _, text in shown]))


def passing(folder: Path, texts: list[str]) -> str:
    """What pytest says to tests that pass, each text in a file of its own; their emulator has a CA in this folder."""
    for number, text in enumerate(texts):
        (folder / f"test_shown_{number}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", str(folder), str(folder)]
    here = os.environ | {"XDG_DATA_HOME": str(folder / "data")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=here)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_failure_it_shows_is_what_a_failing_test_prints(failover: Application, failover_receiver: Receiver) -> None:
    """But for ids and ports."""
    failover.scenario("viber-undelivered")
    flow = failover.finish(failover.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback=failover_receiver.url))
    with pytest.raises(AssertionError) as failed:
        failover.assert_succeeded(flow, on="Viber")
    (shown,) = blocks("failure", of("emulator/testing"))
    told = [line[8:] for line in shown.splitlines()]
    assert _plain("\n".join(told)) == _plain(f"AssertionError: {failed.value}")


def _plain(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{8}\b", "ID", re.sub(r":[0-9]{4,5}/", ":PORT/", text))


def test_the_tests_in_other_languages_are_named() -> None:
    """Each of them; the gate runs them where their runtime is."""
    told = re.findall(r"\]\(([^)]+\.(?:sh|mjs|ts|java|go|php))\)", of("tests/languages"))
    there = {each.name for each in (ROOT / "tests" / "languages").iterdir() if each.suffix != ".md"}
    assert sorted(told) == sorted(there)
    run = (ROOT / ".ci" / "languages").read_text()
    assert [name for name in told if name not in run] == []


PARSERS = {"js": ["node", "--input-type=module", "--check"], "go": ["gofmt", "-e"], "php": ["php", "-l"]}
"""What reads a text of each language at its standard input, and runs nothing of it."""


@pytest.mark.parametrize("language", ["python", *PARSERS])
def test_what_is_shown_of_testcontainers_is_of_its_language(language: str) -> None:
    """As far as that can be told without an engine."""
    (shown,) = re.findall(rf"(?s)```{language}\n(.*?)```", of("tests/languages"))
    if language == "python":
        compile(shown, "README.md", "exec")
        return
    command = PARSERS[language]
    if not shutil.which(command[0]):
        pytest.skip(f"there is no {command[0]} here")
    done = subprocess.run(command, input=shown, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_in_shell_runs() -> None:
    """Every machine that has curl has what it needs."""
    with emulator("--rate", "0") as server:
        command = ["sh", str(ROOT / "tests" / "languages" / "shell.sh"), f"http://127.0.0.1:{server.port}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "ok: terminationChannel is Sms" in done.stdout
        assert server.call("GET", "/_emulator/flows").json()["total"] == 0


def test_the_table_of_the_provider_s_calls_has_them_all() -> None:
    """Each documented path."""
    paths = {path.replace("{id}", "ID") for path in provided()["paths"]}
    table = PROVIDER.partition("| call | notes |")[2].partition("\n\n")[0]
    assert [path for path in paths if not re.search(rf"[ `]{path}`", table)] == []


def test_the_table_of_calls_has_them_all() -> None:
    """Each path of the table of routes."""
    shown = of("emulator/control").replace("ID", "{id}")
    assert [call.path for call in CALLS if f"{call.path}`" not in shown] == []


def test_the_number_of_shipped_scenarios_is_right() -> None:
    """As many as there are."""
    assert f"There are {len(files.shipped())} scenarios" in README


def test_the_table_of_statuses_is_the_channels_own() -> None:
    """Row by row."""
    words = {Kind.PROGRESS: "goes on", Kind.SUCCESS: "success", Kind.FAILURE: "failure"}
    for channel, traits in CHANNELS.items():
        for status, kind in traits.statuses.items():
            lists = (traits.default_failover, "by default"), (traits.legal_failover, "if listed")
            triggers = next((word for listed, word in lists if status in listed), "")
            assert f"| {channel} | {status} | {words[kind]} | {triggers} |" in PROVIDER


def test_the_table_of_options_is_what_serve_s_help_says() -> None:
    """Each option in its order, with its variable, its default and its meaning, and no other."""
    rows = re.findall(r"^\| `(--[a-z-]+)` \| `(\w+)` \| (.*?) ?\| (.+\.) \|$", CLI, re.MULTILINE)
    options = [each for each in main.commands["serve"].params if isinstance(each, click.Option) and not each.hidden]
    assert [row[:2] for row in rows] == [(option.opts[0], option.envvar) for option in options]
    for option, (_, _, default, told) in zip(options, rows, strict=True):
        meaning, _, words = (option.help or "").partition("  [default: ")
        assert told.replace("`", "") == meaning.replace("`", "")
        value = option.default
        if words:  # since the value does not tell
            assert default == words.removesuffix("]")
        elif isinstance(value, bool):
            assert default == ("yes" if value else "no")
        else:
            assert default == (f"{value:g}" if isinstance(value, float) else str(value))


def test_the_command_for_a_shared_server_does_what_is_said(tmp_path: Path) -> None:
    """With TLS by its name, for its team alone; what is the emulator's own is for whoever has the control token."""
    (command,) = blocks("shared", CLI)
    options = shlex.split(command.replace("\\\n", ""))[2:]
    replaced = {
        "ca": str(ca_folder()),
        "team.json": str(tmp_path / "team.json"),
        "emulator.db": str(tmp_path / "emulator.db"),
    }
    (tmp_path / "team.json").write_text('{"team": {"secret": "s3cret"}}')
    options = [replaced.get(each, "0" if each == "8443" else each) for each in options]
    with emulator(*options) as server:
        client = http.client.HTTPSConnection("127.0.0.1", server.tls_port, timeout=PATIENCE)
        plain = socket.create_connection(("127.0.0.1", server.tls_port), timeout=PATIENCE)
        client.sock = trusting().wrap_socket(plain, server_hostname="emulator.corp")
        asked: list[tuple[str, str, dict[str, str], bytes]] = [
            ("POST", "/oauth/token", {"Authorization": "Basic dGVhbTpzM2NyZXQ="}, b"grant_type=client_credentials"),
            ("POST", "/oauth/token", {"Authorization": "Basic YTpi"}, b"grant_type=client_credentials"),
            ("GET", "/_emulator/flows", {}, b""),
            ("GET", "/_emulator/flows", {"Authorization": "Bearer T0k3n"}, b""),
        ]
        statuses = []
        for method, path, headers, body in asked:
            form = {"Content-Type": "application/x-www-form-urlencoded", "Host": "emulator.corp:8443"}
            client.request(method, path, body, headers | form)
            answer = client.getresponse()
            answer.read()
            statuses.append(answer.status)
        client.close()
        assert statuses == [200, 401, 401, 200]
        assert server.call("GET", "/_emulator/ca.pem").status == 200
        assert server.call("POST", "/oauth/token", headers={"Host": "other.corp"}).status == 403


@pytest.mark.parametrize("words", ["shared server", "TLS certificate"])
def test_the_shared_server_is_found_in_the_documentation(words: str) -> None:
    """By either."""
    found = hits([page(each) for each in shelf.PAGES], words)
    assert ("emulator/cli/README.md", "on-a-shared-server") in {(hit.page.path, hit.section.anchor) for hit in found}


def test_the_table_of_commands_is_the_command_line_s() -> None:
    """Each command, and no other."""
    _, _, rows = CLI.partition("| command | what it does |\n|---|---|\n")
    shown = re.findall(r"^\| `([a-z-]+)` \|", rows.partition("\n\n")[0], re.MULTILINE)
    assert sorted(shown) == sorted(main.commands)


def test_the_two_commands_are_single_lines() -> None:
    """One starts the emulator, one runs the tests; each does all its own set-up."""
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv ")]
    assert [line.rpartition("/")[2] for line in lines] == ["failover-emulator serve", "pytest -n auto"]


def test_the_front_page_is_short_and_leads_to_the_others() -> None:
    """To each that users read."""
    assert len(README.splitlines()) <= LINES
    led = set(re.findall(r"^\| \[[a-z/]+\]\(([a-z/]+)/README.md\)", README, re.MULTILINE))
    assert led == {named(each) for each in OTHERS} - INNER


@pytest.mark.parametrize("readme", [ROOT / "README.md", *OTHERS, *GUIDE], ids=lambda each: str(each.relative_to(ROOT)))
def test_its_links_lead_somewhere(readme: Path) -> None:
    """Each to a file that there is, or to a heading of one."""
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", readme.read_text())
    for target, heading in links:
        led = (readme.parent / target) if target else readme
        assert led.exists(), target
        if heading:
            assert heading in headings(led.read_text()), f"{target}#{heading}"


@pytest.mark.parametrize("readme", [each for each in OTHERS if each.read_text().count("\n") > 60], ids=named)
def test_a_long_one_has_a_table_of_contents(readme: Path) -> None:
    """With each heading of the second level, in order."""
    text = readme.read_text()
    listed = re.findall(r"^- \[[^]]+\]\(#([^)]+)\)", text, re.MULTILINE)
    assert listed == headings(text, level="##")


def test_the_guide_to_scenarios_is_led_to_page_by_page_in_the_order_of_the_shelf() -> None:
    """No page is left out."""
    led = re.findall(r"^[0-9]+\. \[[^]]+\]\(guide/([a-z-]+)\.md\)", of("scenarios"), re.MULTILINE)
    assert tuple(led) == shelf.GUIDE
    assert sorted(led) == [page.stem for page in GUIDE]


def headings(text: str, level: str = "#{1,4}") -> list[str]:
    """The headings of a text as links name them."""
    without = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    found = re.findall(rf"^{level} (.+)$", without, re.MULTILINE)
    return [re.sub(r"[^a-z0-9 _-]", "", each.lower()).replace(" ", "-") for each in found]
