"""What was wrong for those who write tests: processes that stayed behind, names that collided, marks and answers that
were not understood, calls that nobody could make. Each test is a user's: a pytest of its own, or the public names.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulator import client, testing
from emulator.testing import Application, AsyncApplication, Misused, OnLoop, Received, Receiver, Refused
from tests.support.projects import MEETING, ROOT, Project, gone, met, wheel
from tests.support.running import PATIENCE, SMS, VIBER, emulator

STEPS = f"SMS = {SMS!r}\nVIBER = {VIBER!r}\n"

# --- E1: the emulator ends when its parent does -----------------------------------------------------------------------

BLOCKED = f"""{MEETING}
import pytest

@pytest.mark.timeout(TIMEOUT, func_only=True, method="METHOD")
def test_it_waits(failover_url):
    meet(failover_url)
"""


def blocked(folder: Path, timeout: str = "0", method: str = "signal") -> Project:
    """A project whose one test has an emulator and waits."""
    return Project(folder, BLOCKED.replace("TIMEOUT", timeout).replace("METHOD", method))


@pytest.mark.parametrize(
    ("number", "options"),
    [
        (signal.SIGKILL, ()),
        (signal.SIGKILL, ("-s",)),
        (signal.SIGKILL, ("-n", "2")),
        (signal.SIGTERM, ()),
        (signal.SIGTERM, ("-n", "2")),
    ],
)
def test_e1_an_emulator_ends_with_a_pytest_that_is_killed(
    tmp_path: Path, number: int, options: tuple[str, ...]
) -> None:
    """However pytest is killed, its emulator ends with it."""
    with blocked(tmp_path).waiting(*options, output=subprocess.DEVNULL) as (process, url):
        process.send_signal(number)
        process.wait(PATIENCE)
        assert gone(url)


PATIENT = """
from execnet.gateway_base import WorkerGateway

WorkerGateway._terminate_execution = lambda worker: worker._execpool.trigger_shutdown()
"""
"""A worker of pytest-xdist would end its test five seconds after its controller has gone; this one never would."""


@pytest.mark.parametrize("dist", ["load", "each"])
def test_e1_the_workers_of_a_pytest_that_is_killed_end_with_it(tmp_path: Path, dist: str) -> None:
    """So nothing is left that holds the output, and the folder by which they shared the emulator is gone."""
    project = Project(tmp_path, WORKERS.replace("[1, 2]", "[1]") if dist == "each" else WORKERS)
    project.write("tests/conftest.py", PATIENT)
    (tmp_path / "temporary").mkdir()
    project.environment["TMPDIR"] = str(tmp_path / "temporary")
    with project.meeting() as meeting, project.started("-n", "2", "--dist", dist) as process, ExitStack() as stack:
        workers = [stack.enter_context(met(meeting)) for _ in range(2)]
        process.kill()
        process.communicate(timeout=3 * PATIENCE)
        assert all(gone(url) and worker.recv(1) == b"" for worker, url in workers)
    assert not list((tmp_path / "temporary").glob("failover-emulator-*"))


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_e1_an_emulator_ends_with_a_pytest_that_times_out(tmp_path: Path, method: str) -> None:
    """Both of pytest-timeout's ways leave nothing that holds the output, so a step of a pipeline ends."""
    with blocked(tmp_path, "0.1", method).waiting("-s") as (process, url):
        output, _ = process.communicate(timeout=PATIENCE)
        assert (process.returncode, "Timeout" in output) == (1, True)
        assert gone(url)


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "with xdist"])
def test_e1_ctrl_c_stays_clean(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Ctrl-C, which a terminal sends to all processes of the foreground, ends pytest as interrupted, without errors."""
    with blocked(tmp_path).waiting("-s", *options) as (process, url):
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=PATIENCE)
        assert gone(url)
    assert process.returncode == 2, output
    assert "KeyboardInterrupt" in output
    assert "emulator/" not in output.replace(str(ROOT / "emulator/testing/plugin.py"), "")


FORKING = f"""{MEETING}
def test_it_forks(failover_url):
    if os.fork() == 0:
        meet(failover_url)
        os._exit(0)
    meet(failover_url)
"""


def test_e1_a_copy_of_the_process_does_not_keep_the_emulator(tmp_path: Path) -> None:
    """What a test has forked may outlive pytest, but the emulator does not."""
    with Project(tmp_path, FORKING).waiting(output=subprocess.DEVNULL) as (process, url):
        process.kill()
        process.wait(PATIENCE)
        assert gone(url)


def test_e1_any_program_can_have_an_emulator_that_ends_with_it() -> None:
    """`serve --until-stdin-ends` stops, well, when nobody holds its standard input any more."""
    with emulator() as server:
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert server.process.wait(PATIENCE) == 0


def test_e1_an_emulator_that_can_t_start_says_why(tmp_path: Path) -> None:
    """The error of the test has what the emulator wrote."""
    project = Project(tmp_path, "def test_x(failover): pass\n")
    project.write("pytest.ini", "[pytest]\nfailover_options = --scenario hapy\n")
    output, status = project.run()
    assert (status, "the emulator did not start" in output, "did you mean 'happy'" in output) == (1, True, True)


# --- E2: a project with an `emulator` of its own ----------------------------------------------------------------------


def own_emulator(folder: Path, tests: str, *python: str) -> Project:
    """A project with a package `emulator`, and with the plugin as a wheel has it."""
    project = Project(folder / "project", tests, *python)
    project.write("emulator/__init__.py", "OURS = True\n")
    project.environment["PYTHONPATH"] = str(wheel(folder / "site"))
    return project


def test_e2_a_project_may_have_an_emulator_of_its_own(tmp_path: Path) -> None:
    """`python -m pytest`, which puts the project first, runs; the plugin imports nothing of that name."""
    project = own_emulator(tmp_path, "import emulator\n\ndef test_ours():\n    assert emulator.OURS\n")
    output, status = project.run()
    assert (status, "1 passed" in output) == (0, True), output


USING = "def test_x(failover): pass\n\ndef test_y(failover_receiver): pass\n"
IMPORTING = "from emulator import OURS\n\n"


def test_e2_a_fixture_says_what_collides(tmp_path: Path) -> None:
    """With the place of the other package, and what to do."""
    output, status = own_emulator(tmp_path, USING).run()
    assert status == 1
    assert output.count(f"here that name leads to {tmp_path}/project/emulator, so its fixtures can't be used") >= 2
    assert "Start `pytest --import-mode importlib`, not `python -m pytest`" in output


@pytest.mark.parametrize(
    ("tests", "settings", "options", "advice"),
    [
        (
            USING,
            "pythonpath = .",
            ("--import-mode", "importlib"),
            "Take {project} out of `pythonpath` and start `pytest --import-mode importlib`",
        ),
        (
            IMPORTING + USING,
            "pythonpath = .",
            (),
            "These tests import that one: do without the fixtures and call `failover-emulator serve`",
        ),
        (
            IMPORTING + USING,
            "",
            (),
            "These tests import that one: do without the fixtures and call `failover-emulator serve`",
        ),
    ],
)
def test_e2_what_helps_depends_on_what_leads_there(
    tmp_path: Path, tests: str, settings: str, options: tuple[str, ...], advice: str
) -> None:
    """Another import mode changes nothing where a setting leads to the project's own, or where its tests import it."""
    project = own_emulator(tmp_path, tests)
    project.write("pytest.ini", f"[pytest]\n{settings}\n")
    output, status = project.run(*options)
    assert (status, advice.format(project=project.folder) in output) == (1, True), output


def test_e2_another_one_on_pythonpath_is_told(tmp_path: Path) -> None:
    """Beside the plugin's own package, before it."""
    project = own_emulator(tmp_path, USING, "-P")
    project.environment["PYTHONPATH"] = f"{project.folder}{os.pathsep}{project.environment['PYTHONPATH']}"
    output, status = project.run("--import-mode", "importlib")
    assert (status, f"Take {project.folder} out of `PYTHONPATH`" in output) == (1, True), output


@pytest.mark.parametrize("tests", ["import emulator.ours\n", "from emulator import OURS\n"])
@pytest.mark.parametrize("place", ["emulator", "src/emulator"])
def test_e2_a_test_that_finds_the_plugin_s_package_in_place_of_its_own_is_told(
    tmp_path: Path, tests: str, place: str
) -> None:
    """Python's own words don't say whose `emulator` was looked through."""
    project = own_emulator(tmp_path, tests, "-P")
    shutil.rmtree(project.folder / "emulator")
    project.write(f"{place}/ours.py", "")
    output, status = project.run("--import-mode", "importlib")
    own = f"{project.folder}/{place}"
    told = f"`emulator` leads to failover-emulator's package here, {tmp_path}/site/emulator, and not to {own}"
    assert (status > 0, told in output) == (True, True), output


def test_e2_a_mistyped_import_of_a_project_without_an_emulator_of_its_own_is_left_alone(tmp_path: Path) -> None:
    """It is no mix-up."""
    project = own_emulator(tmp_path, "import emulator.tseting\n", "-P")
    shutil.rmtree(project.folder / "emulator")
    output, _ = project.run("--import-mode", "importlib")
    assert "No module named 'emulator.tseting'" in output
    assert "failover-emulator's package here" not in output


def test_e2_the_child_never_takes_the_current_folder_for_its_package(tmp_path: Path) -> None:
    """Where pytest itself finds the right package, its emulator does too; even beside the other one, if told to."""
    text = f"{STEPS}\ndef test_x(failover): failover.finish(failover.send(SMS))\n"
    project = own_emulator(tmp_path, text, "-P")
    project.write("tests/__init__.py", "")
    output, status = project.run("--import-mode", "importlib")
    assert (status, "1 passed" in output) == (0, True), output


def test_e2_the_plugin_that_runs_is_the_one_of_this_checkout(pytestconfig: pytest.Config) -> None:
    """Its module is copied when the project is installed, so after a change of the plugin that is due again."""
    plugin = pytestconfig.pluginmanager.get_plugin("failover-emulator")
    assert plugin is not None
    ours = ROOT / "emulator" / "testing" / "plugin.py"
    assert Path(plugin.__file__).read_text() == ours.read_text(), "run: pip install -e '.[dev]'"


# --- E3: marks --------------------------------------------------------------------------------------------------------

MARKED = """
import pytest

pytestmark = pytest.mark.failover("all-fail", rate=60)

def state(failover):
    return failover.client.control("GET", "/scenario", application=failover.id)["scenario"], failover.clock().rate

def test_of_the_module(failover):
    assert state(failover) == ("all-fail", 60)

@pytest.mark.failover(rate=0)
class TestOfTheClass:
    def test_it(self, failover):
        assert state(failover) == ("all-fail", 0)

    @pytest.mark.failover("viber-undelivered")
    def test_that_of_the_function_wins(self, failover):
        assert state(failover) == ("viber-undelivered", 0)

    @pytest.mark.failover(scenario=None, rate="instant")
    def test_none_takes_it_back(self, failover):
        assert state(failover) == ("default", "instant")
"""


def test_e3_marks_merge_from_the_outermost_in(tmp_path: Path) -> None:
    """One value without a name is the scenario; module, class and function each add to what is marked."""
    output, status = Project(tmp_path, MARKED).run()
    assert (status, "4 passed" in output) == (0, True), output


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("'all-fail', 7", "takes one value without a name, the scenario"),
        ("'all-fail', scenario='happy'", "takes one value without a name, the scenario"),
        ("scenari='all-fail'", "has scenario, parameters, seed and rate, not scenari; did you mean 'scenario'?"),
        ("'all-fial'", "did you mean 'all-fail'"),
        ("rate='fast'", "rate"),
    ],
)
def test_e3_a_mark_that_is_wrong_is_refused(tmp_path: Path, mark: str, told: str) -> None:
    """More than the scenario without a name, unknown names and values; in words, without the plugin's own lines."""
    text = f"import pytest\n\n@pytest.mark.failover({mark})\ndef test_x(failover): pass\n"
    output, status = Project(tmp_path, text).run()
    assert (status, told in output, "yield from" in output) == (1, True, False), output


# --- E4: tests with a running event loop ------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_e4_a_webhook_on_the_test_s_own_loop_is_answered(failover_async: AsyncApplication) -> None:
    """While `finish` is awaited, the loop answers each callback at its first attempt, and other calls go on."""
    seen: list[str] = []

    async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0]))
        seen.append((await failover_async.only()).status)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(hook, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        flow = await failover_async.send(SMS, callback=url)
        await failover_async.finish(flow)
        callbacks = await failover_async.assert_callbacks(
            flow, "InProgress Queued", "InProgress Sent", "Succeeded Delivered"
        )
    assert [len(callback.attempts) for callback in callbacks] == [1, 1, 1]
    assert seen == ["InProgress", "InProgress", "Succeeded"]


@pytest.mark.anyio
async def test_e4_a_blocking_call_refuses_to_hold_a_loop_up(failover: Application) -> None:
    """In words, at once; on a thread of its own it is good."""
    with pytest.raises(OnLoop, match=r"would block the running event loop.*failover_async.*asyncio\.to_thread"):
        failover.send(SMS)
    flow = await asyncio.to_thread(failover.send, SMS)
    assert (await asyncio.to_thread(failover.finish, flow)).final
    with Receiver() as receiver, pytest.raises(OnLoop, match="wait would block"):
        receiver.wait(1)


def test_e4_every_call_has_an_awaitable_twin() -> None:
    """With the same words of help."""
    calls = {name for name, _ in inspect.getmembers(Application, inspect.isfunction) if not name.startswith("_")}
    assert {name for name in calls if vars(AsyncApplication).get(name) is None} == set()
    assert all(vars(AsyncApplication)[name].__doc__ == getattr(Application, name).__doc__ for name in calls)


# --- E5: own scenarios and options ------------------------------------------------------------------------------------

OURS = "purpose: Ours.\nrules:\n  - plan: { Sms: Failed }\n"
SCENARIOS = f"""{STEPS}
from pathlib import Path
import pytest

def failed(failover):
    failover.assert_failed(failover.finish(failover.send(SMS)))

def test_a_file(failover):
    failover.scenario(Path(__file__).parent / "ours.yaml")
    failed(failover)

def test_a_text(failover):
    failover.scenario(Path(__file__).parent.joinpath("ours.yaml").read_text())
    failed(failover)

@pytest.mark.failover(Path(__file__).parent / "ours.yaml")
def test_a_mark_with_a_file(failover):
    failed(failover)

@pytest.mark.failover("theirs")
def test_a_name_in_the_folder(failover):
    failed(failover)

def test_an_option_of_serve(failover):
    with pytest.raises(Exception, match="400"):
        failover.send(VIBER, SMS | {{"order": 2}})
"""


def test_e5_scenarios_are_a_file_a_text_or_a_folder_s(tmp_path: Path) -> None:
    """And pytest's own configuration has the folder, beside itself, and options of `serve`."""
    project = Project(tmp_path, SCENARIOS)
    project.write("tests/ours.yaml", OURS)
    project.write("theirs/theirs.yaml", OURS)
    project.write("pytest.ini", "[pytest]\nfailover_scenarios = theirs\nfailover_options = --max-steps 1\n")
    output, status = project.run()
    assert (status, "5 passed" in output) == (0, True), output


def test_e5_what_is_wrong_in_a_file_is_told_with_its_place(failover: Application, tmp_path: Path) -> None:
    """File, line and column; a byte order mark does no harm."""
    file = tmp_path / "ours.yaml"
    file.write_text(OURS.replace("Failed", "Fialed"), encoding="utf-8-sig")
    with pytest.raises(Refused, match=rf"{file}:3:.*Fialed"):
        failover.scenario(file)


# --- E6: what a receiver answers --------------------------------------------------------------------------------------


def test_e6_an_answer_is_a_status_a_list_or_a_function(failover: Application, failover_receiver: Receiver) -> None:
    """A list has one status for each post, after which all are taken."""

    def answered() -> list[int]:
        failover_receiver.clear()
        failover.finish(failover.send(SMS, callback=failover_receiver.url))
        failover.advance("2m")
        return [post.answered for post in failover_receiver.posts]

    failover_receiver.answer = 200
    assert answered() == [200, 200, 200]
    failover_receiver.answer = [503]
    assert sorted(answered()) == [200, 200, 200, 503]
    failover_receiver.answer = lambda post: 500 if post.body["status"] == "Succeeded" else 200
    assert set(answered()) == {200, 500}


@pytest.mark.parametrize("answer", [None, "500", True, 99, [200, "500"], 600])
def test_e6_what_is_no_answer_is_refused_at_once(failover_receiver: Receiver, answer: object) -> None:
    """In the test's own line, not on a thread."""
    with pytest.raises(Misused, match="is an HTTP status from 200 to 599, a list of them, or a function"):
        failover_receiver.answer = answer  # type: ignore[assignment]


def test_e6_what_a_function_raises_is_the_test_s(failover: Application) -> None:
    """An assertion in it fails the test: in `wait`, or else when the receiver is closed."""

    def judge(post: Received) -> int:
        assert post.body["status"] == "Failed"
        return 200

    with Receiver() as receiver:
        receiver.answer = judge
        failover.finish(failover.send(VIBER, callback=receiver.url))
        with pytest.raises(AssertionError, match="Failed"):
            receiver.wait(1)
    receiver = Receiver()
    receiver.answer = lambda _: "yes"  # type: ignore[return-value, assignment]
    failover.finish(failover.send(VIBER, callback=receiver.url))
    with pytest.raises(Misused, match="it is 'yes'"), receiver:
        pass


# --- E7: public names and their types ---------------------------------------------------------------------------------


def test_e7_all_public_names_are_one_import() -> None:
    """`emulator.testing` has them, those of the client included."""
    assert {"Application", "AsyncApplication", "Client", "Emulator", "Flow", "Receiver"} < set(testing.__all__)
    assert set(client.__all__) < set(testing.__all__)
    assert [name for name in testing.__all__ if getattr(testing, name, None) is None] == []


def test_e7_every_call_has_real_keywords() -> None:
    """None takes whatever it is given, except what is handed on to the emulator's own API."""
    calls = {name: call for name, call in inspect.getmembers(Application, inspect.isfunction) if name[0] != "_"}
    kinds = {name: {each.kind for each in inspect.signature(call).parameters.values()} for name, call in calls.items()}
    assert [name for name in kinds if inspect.Parameter.VAR_KEYWORD in kinds[name]] == []


TYPED = """
from emulator.testing import Application, AsyncApplication, Receiver


def test_good(failover: Application, failover_receiver: Receiver) -> None:
    failover_receiver.answer = [500, 200]
    flow = failover.send({"type": "Sms"}, callback=failover_receiver.url, strategy="OnStep")
    failover.advance(until="idle")
    price: float = failover.assert_succeeded(flow, on="Sms").total_price
    assert price and failover.flows(status="Failed", channel="Viber") == []


async def test_awaited(failover_async: AsyncApplication) -> None:
    status: str = (await failover_async.finish(await failover_async.send({"type": "Sms"}))).status
    assert status


def test_bad(failover: Application) -> None:
    failover.flows(status="Fialed")
    failover.assert_succeeded("id", on="SMS")
    failover.journal(kind="acepted")
    failover.advance(until="forever")
    failover.verify({}, tmies=0)


async def test_bad_too(failover_async: AsyncApplication) -> None:
    await failover_async.assert_failed("id", code="7")
"""


def test_e7_a_type_checker_finds_what_is_misspelt(tmp_path: Path) -> None:
    """In a user's file, line by line, and nothing else in it."""
    pytest.importorskip("mypy")
    (tmp_path / "test_users.py").write_text(TYPED)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "test_users.py"]
    cache = ["--cache-dir", str(ROOT / ".mypy_cache" / "users")]
    environment = os.environ | {"MYPYPATH": str(ROOT)}
    done = subprocess.run(
        [*command, *cache], cwd=tmp_path, capture_output=True, text=True, check=False, env=environment
    )
    lines = [number for number, line in enumerate(TYPED.splitlines(), 1) if "bad" in line]
    found = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    assert found == {*range(lines[0] + 1, lines[0] + 6), lines[1] + 1}, done.stdout


# --- E8: one emulator for all workers ---------------------------------------------------------------------------------

WORKERS = f"""{MEETING}{STEPS}
import os, pytest

@pytest.mark.parametrize("number", [1, 2])
def test_they_meet(failover, failover_url, failover_module, number):
    assert failover_module.flows() == []
    failover_module.send(SMS)
    word = meet(failover_url)
    if word == "crash":
        os._exit(9)
    failover.finish(failover.send(SMS))
    assert len(failover.flows()) == len(failover_module.flows()) == 1
"""


@pytest.mark.parametrize(("word", "told"), [("go", "2 passed"), ("crash", "1 failed, 1 passed")])
def test_e8_all_workers_share_one_emulator(tmp_path: Path, word: str, told: str) -> None:
    """It outlives the worker that started it, and ends with the run; what a module shares is each worker's own."""
    project = Project(tmp_path, WORKERS)
    with (
        project.meeting() as meeting,
        project.started("-n", "2", "--max-worker-restart", "0") as process,
        met(meeting) as (first, url),
        met(meeting) as (second, same),
    ):
        assert url == same
        first.sendall(word.encode())
        if word == "crash":
            assert first.recv(1) == b""
        second.sendall(b"go")
        output, _ = process.communicate(timeout=3 * PATIENCE)
        assert told in output, output
        assert gone(url)


def test_e8_each_environment_of_dist_each_has_its_own(tmp_path: Path) -> None:
    """There all workers run the same tests, whose applications must not meet."""
    project = Project(tmp_path, WORKERS.replace("[1, 2]", "[1]"))
    with project.meeting() as meeting, project.started("-n", "2", "--dist", "each") as process, ExitStack() as stack:
        (first, url), (second, other) = (stack.enter_context(met(meeting)) for _ in range(2))
        assert url != other
        first.sendall(b"go")
        second.sendall(b"go")
        output, _ = process.communicate(timeout=3 * PATIENCE)
        assert "2 passed" in output, output


# --- E9: what tests need besides --------------------------------------------------------------------------------------

WIDE = f"""{STEPS}
import pytest

pytestmark = pytest.mark.failover("viber-undelivered")

@pytest.fixture(scope="module")
def sent(failover_module):
    return failover_module.finish(failover_module.send(VIBER, SMS | {{"order": 2}}))

def test_one(sent, failover_module):
    failover_module.assert_succeeded(sent, on="Sms")

def test_two(sent, failover_module):
    assert failover_module.only().id == sent.id

def test_of_the_session(failover_session, failover):
    assert failover_session.clock().rate == 0
    assert failover_session.id != failover.id
"""


def test_e9_a_module_may_share_an_application(tmp_path: Path) -> None:
    """Fixtures of its scope use `failover_module`, which the module's marks set up; there is one of the session too."""
    output, status = Project(tmp_path, WIDE).run()
    assert (status, "3 passed" in output) == (0, True), output


SCOPED = f"""{STEPS}
import pytest

@pytest.fixture(scope="SCOPE")
def sent(failover, failover_credentials, failover_receiver, failover_url):
    assert failover_credentials[0] == failover.id and failover_url
    failover.scenario("viber-undelivered")
    return failover.finish(failover.send(VIBER, SMS | {{"order": 2}}, callback=failover_receiver.url))

class TestOne:
    def test_one(self, sent, failover):
        failover.assert_succeeded(sent, on="Sms")

    def test_two(self, sent, failover, failover_receiver):
        assert failover.only().id == sent.id
        assert len(failover_receiver.posts) == 4

    def test_three(self, failover, failover_module, failover_session):
        assert len({{failover.id, failover_module.id, failover_session.id}}) == 3

def test_four(failover):
    assert len(failover.flows()) == LEFT
"""


@pytest.mark.parametrize(("scope", "left"), [("class", 0), ("module", 1), ("package", 1), ("session", 1)])
def test_e9_the_user_chooses_whose_an_application_is(tmp_path: Path, scope: str, left: int) -> None:
    """Fixtures of that scope use it, and what belongs to it; a function outside a class has one of its own."""
    project = Project(tmp_path, SCOPED.replace("SCOPE", scope).replace("LEFT", str(left)))
    output, status = project.run("-o", f"failover_scope={scope}")
    assert (status, "4 passed" in output) == (0, True), output


def test_e9_a_wide_application_is_set_up_by_the_marks_of_its_node(tmp_path: Path) -> None:
    """Also where it is `failover`; and what it did is shown beside a test of it that fails."""
    text = f"{STEPS}\nimport pytest\n\npytestmark = pytest.mark.failover('viber-undelivered')\n\n"
    text += "def test_x(failover):\n    assert not failover.finish(failover.send(VIBER, SMS | {'order': 2})).channel\n"
    output, status = Project(tmp_path, text).run("-o", "failover_scope=module")
    assert status == 1
    assert re.search("failover-emulator: test-users-py-[0-9a-f]{8}", output)
    assert "Viber UNDELIVERED" in output


def test_e9_a_scope_that_there_is_not_is_refused(tmp_path: Path) -> None:
    """With those that there are."""
    output, status = Project(tmp_path, "def test_x(failover): pass\n").run("-o", "failover_scope=modul")
    assert status == 4
    assert "failover_scope is function, class, module, package or session, not 'modul'" in output


def test_e9_a_mark_that_a_shared_application_can_t_follow_is_refused(tmp_path: Path) -> None:
    """Rather than do nothing."""
    mark = "@pytest.mark.failover('all-fail')\n"
    text = f"import pytest\n\n{mark}def test_x(failover_module): pass\n"
    output, status = Project(tmp_path, text).run()
    assert status == 1
    assert "the mark failover of test_x would do nothing, since its application is that of failover_module" in output
    text = f"import pytest\n\n{mark}class TestX:\n    def test_x(self, failover): pass\n"
    output, status = Project(tmp_path, text).run("-o", "failover_scope=module")
    assert (status, "the mark failover of TestX would do nothing" in output) == (1, True)
    output, status = Project(tmp_path, text).run("-o", "failover_scope=class")
    assert status == 0


def test_e9_overrides_can_be_taken_back(failover: Application) -> None:
    """Those alone: the chosen scenario stays, and others' rules too."""
    other = failover.client.application(f"{failover.id}-other")
    failover.scenario("viber-undelivered")
    for each in (failover, other):
        each.override({"plan": {"Sms": "Failed"}})
    failover.clear_overrides()
    failover.assert_succeeded(failover.finish(failover.send(VIBER, SMS | {"order": 2})), on="Sms")
    assert "scenario: on top: nothing" in failover.timeline()
    assert len(failover.client.control("GET", "/scenario", application=other.id)["overrides"]) == 1
    other.reset()


def test_e9_the_one_flow_that_the_code_under_test_sent_is_at_hand(failover: Application) -> None:
    """None, or several, fail the test, with what there is."""
    with pytest.raises(AssertionError, match="there is no flow; nothing was sent"):
        failover.only()
    flow = failover.send(SMS)
    assert failover.only(to=SMS["to"]).id == flow.id
    with pytest.raises(
        AssertionError, match=rf"(?s)no flow with status Failed and channel Sms, of 1 in all:.*{flow.id[:8]}"
    ):
        failover.only(status="Failed", channel="Sms")
    failover.send(SMS)
    with pytest.raises(AssertionError, match=rf"(?s)there are 2 flows, not one:.*{flow.id[:8]} .*accepted: Sms"):
        failover.only()


def test_e9_the_request_can_be_asserted(failover: Application) -> None:
    """Each step's members, with the provider's defaults for what was not sent."""
    flow = failover.send(VIBER | {"ttl": 2.5, "order": 1}, SMS | {"order": 2}, callback="http://127.0.0.1:9/x")
    viber = {"type": "Viber", "ttl": 2.5, "failoverOnStatuses": ["UNDELIVERED", "EXPIRED", "FAILED"]}
    failover.assert_request(flow, viber, {"type": "Sms", "message": {"body": SMS["message"]["body"]}})
    failover.assert_request(flow, callback={"strategy": "OnStep"})
    with pytest.raises(AssertionError) as failed:
        failover.assert_request(flow, {"tll": 3}, {"message": {"body": "Hi"}, "ttl": 1})
    assert "flow[0].tll was not given; there are expireOnDelivery, failoverOnStatuses, " in str(failed.value)
    assert "flow[1].message.body is 'Parcel 71 is ready', not 'Hi'" in str(failed.value)
    with pytest.raises(AssertionError, match="was requested with 2 steps; expected 1"):
        failover.assert_request(flow, {"ttl": 2.5})


FAILING = f"""{STEPS}
def test_by_the_client(failover):
    failover.assert_failed(failover.finish(failover.send(SMS)))

def test_by_the_test(failover):
    assert failover.finish(failover.send(SMS)).status == "Failed"

def test_of_others(failover_module):
    failover_module.send(VIBER)

def test_without_an_emulator():
    assert False
"""


def test_e9_a_failing_test_shows_its_timeline_once(tmp_path: Path) -> None:
    """In the assertion's message, or else below the failure; and not that of an application that it does not use."""
    output, _ = Project(tmp_path, FAILING).run()
    assert "3 failed, 1 passed" in output
    assert (output.count("accepted: Sms to "), output.count("accepted: Viber")) == (2, 0), output


REFUSED = f"""{STEPS}
import pytest

def test_scenario(failover):
    failover.scenario("viber-undeliverd")

def test_send(failover):
    failover.send(SMS | {{"type": "Smss"}})

def test_report(failover):
    failover.report(failover.send(SMS), "Deliverd")

def test_advance(failover):
    failover.advance("soon")

def test_assertion(failover):
    failover.assert_succeeded(failover.send(SMS))

def test_receiver(failover_receiver):
    failover_receiver.wait(1, timeout=0)

def test_nobody():
    from emulator.testing import Client
    Client("http://127.0.0.1:9").application("shop").clock()

@pytest.mark.anyio
async def test_awaited(failover_async):
    await failover_async.scenario("viber-undeliverd")

@pytest.mark.anyio
async def test_awaited_assertion(failover_async):
    await failover_async.assert_succeeded(await failover_async.send(SMS))
"""


def test_e9_a_failing_call_shows_the_test_s_line_and_its_reason(tmp_path: Path) -> None:
    """None of the client's own lines, nor those that lead to its thread."""
    output, _ = Project(tmp_path, REFUSED).run("--tb=long", "-k", "not anyio or asyncio")
    assert "9 failed" in output, output
    places = [line for line in output.splitlines() if re.match(r"\S+\.py:\d+: ", line)]
    assert len(places) == 9, output
    assert all(place.startswith("tests/test_users.py:") for place in places), places
    assert output.count("did you mean 'viber-undelivered'?") == 2


def test_e9_an_assertion_of_a_code_shows_what_is_a_text(failover: Application) -> None:
    """So that a number that stands in its place is seen."""
    failover.scenario("all-fail")
    flow = failover.finish(failover.send(SMS))
    with pytest.raises(AssertionError, match="failed with statusCode '2', not 2\n"):
        failover.assert_failed(flow, code=2)  # type: ignore[arg-type]


# --- E10: the examples in other languages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("java", "FailoverTest.java"),
        ("node", "--test", "failover.test.mjs"),
        ("php", "failover.php"),
        ("sh", "shell.sh"),
    ],
)
def test_e10_an_example_without_an_emulator_ends_and_says_where_it_looked(command: tuple[str, ...]) -> None:
    """With the address, and a status that is not 0."""
    if not shutil.which(command[0]):
        pytest.skip(f"there is no {command[0]} here")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # and nobody listens
        port = silent.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        example = str(ROOT / "tests" / "languages" / command[-1])
        done = subprocess.run(
            [*command[:-1], example, *([] if command[0] == "node" else [url])],
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            check=False,
            env=os.environ | {"FAILOVER_EMULATOR_URL": url},
        )
    assert done.returncode != 0
    told = done.stdout + done.stderr
    assert f"no emulator answers at {url}" in told or f"connect to 127.0.0.1 port {port}" in told
