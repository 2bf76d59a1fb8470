"""The pytest plugin, used as its users do: on tests of their own, in a pytest of their own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.client.client import Application, Client
from emulator.testing.receiver import Receiver
from tests.support.projects import Project, wheel
from tests.support.running import PATIENCE, SMS, VIBER, emulator

TWO = [VIBER | {"order": 1}, SMS | {"order": 2}]


def run(folder: Path, text: str, *options: str) -> tuple[str, int]:
    """The output and status of pytest over one file of tests."""
    (folder / "test_users.py").write_text("from tests.support.running import SMS, VIBER\nimport pytest\n" + text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", str(folder), *options]
    done = subprocess.run(
        [*command, str(folder / "test_users.py")], capture_output=True, text=True, timeout=3 * PATIENCE, check=False
    )
    return done.stdout + done.stderr, done.returncode


def test_a_flow_goes_over_its_channels_in_a_test_s_own_time(failover: Application, failover_receiver: Receiver) -> None:
    """The clock stands still until the test moves it."""
    failover.scenario("viber-expires-sms-delivers")
    flow = failover.send(*TWO, callback=failover_receiver.url)
    assert (flow.status, flow.final, failover.clock().rate) == ("InProgress", False, 0)
    done = failover.finish(flow)
    failover.assert_succeeded(flow, on="Sms")
    failover.assert_messages(flow, "EXPIRED", "Delivered")
    told = ["InProgress QUEUED", "InProgress EXPIRED Queued", "InProgress EXPIRED Sent", "Succeeded EXPIRED Delivered"]
    failover.assert_callbacks(flow, *told)
    assert [str(post) for post in failover_receiver.of(flow.id)] == told
    assert repr(done) == f"<Flow {flow.id[:8]} Succeeded: Viber EXPIRED (TTL Expired), Sms Delivered (Delivered)>"


@pytest.mark.failover(scenario="all-fail", rate=0, seed=7)
def test_the_marker_chooses_scenario_seed_and_rate(failover: Application, failover_url: str) -> None:
    """The seed is part of the application's name, and so of all draws."""
    assert failover.client.url == failover_url
    failover.finish(failover.send(SMS))
    failover.assert_failed(failover.flows()[0], code="2")
    assert failover.id == "test-the-marker-chooses-scenario-seed-an-" + failover.id[-8:]


LATE = (
    "purpose: Slow.\nparameters: { late: 5s }\nrules:\n  - { plan: { Sms: [{ after: $late, status: Delivered }] } }\n"
)


@pytest.mark.failover(LATE, parameters={"late": "3m"})
def test_the_marker_sets_parameters(failover: Application) -> None:
    """Of a text, as of a name."""
    done = failover.finish(failover.send(SMS))
    assert done.scenario == "inline(late=3m)"
    assert (done.created_at, done.updated_at) == ("2026-01-01T00:00:00Z", "2026-01-01T00:03:00Z")


def test_the_credentials_are_those_of_the_application(
    failover: Application, failover_credentials: tuple[str, str], failover_emulator: Client
) -> None:
    """For the client under test."""
    assert failover_credentials == (failover.id, failover.secret)
    assert failover_emulator.application(*failover_credentials).token() == failover.token()


WATCHING = """
import sys

def test_no_fixture_is_used():
    assert sorted(name for name in sys.modules if name.split(".")[0] == "emulator") == []

def test_a_receiver_needs_no_emulator(failover_receiver):
    assert not {"emulator.emulation", "emulator.flow", "emulator.store", "emulator.engine"} & set(sys.modules)
"""


def test_nothing_of_the_emulator_is_imported_before_a_fixture_is_used(tmp_path: Path) -> None:
    """The plugin is loaded in all of its users' runs, also where no test needs it; and it never needs the insides."""
    project = Project(tmp_path / "project", WATCHING)
    project.environment["PYTHONPATH"] = str(wheel(tmp_path / "site"))
    output, status = project.run()
    assert (status, "2 passed" in output) == (0, True), output


FAILING = """
@pytest.mark.failover(scenario="viber-undelivered")
def test_it_is_delivered_over_viber(failover, failover_receiver):
    flow = failover.send(VIBER, SMS, callback=failover_receiver.url)
    failover.finish(flow)
    failover.assert_succeeded(flow, on="Viber")

def test_it_fails_by_itself(failover, failover_receiver):
    assert failover.finish(failover.send(VIBER | {"to": "+306900000100"}, callback=failover_receiver.url)).raw == {}
"""


def test_a_failing_test_shows_what_happened(tmp_path: Path) -> None:
    """An assertion of the client's with its flow's timeline; the report of any other failure, the application's."""
    told, status = run(tmp_path, FAILING)
    assert status == 1
    assert re.search(
        r"AssertionError: <Flow [0-9a-f]{8} Succeeded: Viber UNDELIVERED .*> succeeded on Sms, not on", told
    )
    assert "failover-emulator: test-it-fails-by-itself-" in told
    assert "failover-emulator: test-it-is-delivered" not in told
    assert re.search(r"\+2s  [0-9a-f]{8}  status: Viber UNDELIVERED \(Not Viber User\), callback", told)
    assert "attempt: number 1 to http://127.0.0.1:" in told


def test_a_wrong_marker_is_told(tmp_path: Path) -> None:
    """With what it may have."""
    told, status = run(tmp_path, "@pytest.mark.failover(scenari='x')\ndef test_x(failover): pass\n")
    assert (status, "has scenario, parameters, seed and rate, not scenari" in told) == (1, True)


def test_the_same_tests_run_against_an_emulator_that_runs_already(tmp_path: Path) -> None:
    """Such as one in a container; nothing is left on it."""
    with emulator("--control-token", "t0p") as server:
        url = f"http://127.0.0.1:{server.port}"
        used = f"assert failover.client.url == {url!r}"
        text = f"def test_x(failover):\n    failover.finish(failover.send(SMS))\n    {used}\n"
        options = ("--failover-emulator-url", url, "--failover-emulator-token", "t0p")
        told, status = run(tmp_path, text, *options)
        assert status == 0, told
        told, status = run(tmp_path, text, "-o", f"failover_url={url}", *options[2:])
        assert status == 0, told
        client = Client(url, token="t0p")
        assert client.control("GET", "/flows")["total"] == 0
        client.close()


PARALLEL = """
import time
@pytest.mark.parametrize("number", range(200))
def test_nothing_of_others_is_seen(failover, number):
    flow = failover.send(SMS)
    failover.advance(f"{1 + number}s")
    assert len(failover.flows()) == 1
    assert failover.clock().now == f"2026-01-01T00:{(number + 1) // 60:02d}:{(number + 1) % 60:02d}Z"
    assert failover.flow(flow).status == ("Succeeded" if number >= 2 else "InProgress")
"""


def test_two_hundred_tests_in_four_processes_share_a_server_and_never_meet(tmp_path: Path) -> None:
    """Each has its own flows and its own time."""
    with emulator("--rate", "0") as server:
        url = f"http://127.0.0.1:{server.port}"
        told, status = run(tmp_path, PARALLEL, "-n", "4", "--failover-emulator-url", url)
        assert status == 0, told
        assert "200 passed" in told
