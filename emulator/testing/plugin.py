"""The pytest plugin: a server for the session, an application for each test, a receiver, and a timeline of failures.

    def test_a_parcel_is_announced(failover, failover_receiver):
        flow = failover.send(..., callback=failover_receiver.url)
        failover.finish(flow)
        failover.assert_succeeded(flow, on="Sms")

Each test has an application of its own with its own clock, which stands still until the test moves it. So tests never
meet, however many run at once. `@pytest.mark.failover(scenario="all-fail", seed=7, rate=60)` sets it up differently.
This module is loaded in every pytest run of its users, so it imports nothing of the emulator before a fixture is used.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emulator.client.client import Application, Client
    from emulator.testing.receiver import Receiver

_READY = re.compile(r"http://[^ ]+:[0-9]+")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options; each has a variable FAILOVER_... as its default."""
    group = parser.getgroup("failover-emulator")
    group.addoption(
        "--failover-emulator-url",
        default=os.environ.get("FAILOVER_EMULATOR_URL", ""),
        help="An emulator that runs already, such as one in a container; without it, one is started.",
    )
    group.addoption(
        "--failover-emulator-token",
        default=os.environ.get("FAILOVER_EMULATOR_TOKEN", ""),
        help="Its control token, if it has one.",
    )
    group.addoption(
        "--failover-receiver-host",
        default=os.environ.get("FAILOVER_RECEIVER_HOST", ""),
        help="The name by which the emulator reaches this machine, such as host.docker.internal.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the plugin's marker."""
    marker = (
        "failover(scenario=..., seed=..., rate=...): what this test's application meets; its clock stands still at 0"
    )
    config.addinivalue_line("markers", marker)


@pytest.fixture(scope="session")
def failover_emulator(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of the session's emulator: one that runs already, if its URL is given, or one started in a process."""
    from emulator.client.client import Client

    token = request.config.getoption("--failover-emulator-token")
    url = request.config.getoption("--failover-emulator-url")
    if url:
        client = Client(url, token=token)
        yield client
        client.close()
        return
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--rate", "0", "--seed", "pytest"]
    command += ["--log-level", "error"]  # what becomes of requests is in the timeline of a test that fails
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EMULATOR_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  # our own command
        try:
            assert process.stdout is not None
            ready = _READY.search(process.stdout.readline())
            assert ready, "the emulator did not start; its log is above"
            client = Client(ready[0])
            yield client
            client.close()
        finally:
            process.terminate()


@pytest.fixture
def failover_url(failover_emulator: Client) -> str:
    """The emulator's base URL, which takes the place of both of the provider's."""
    return failover_emulator.url


@pytest.fixture
def failover(request: pytest.FixtureRequest, failover_emulator: Client) -> Iterator[Application]:
    """An application for this test alone, with its own clock; it is reset afterwards."""
    marker = request.node.get_closest_marker("failover")
    if marker and marker.args:
        raise pytest.UsageError(f"the marker failover takes its values by name: failover(scenario={marker.args[0]!r})")
    wanted: dict[str, Any] = dict(marker.kwargs) if marker else {}
    unknown = wanted.keys() - {"scenario", "seed", "rate"}
    if unknown:
        raise pytest.UsageError(f"the marker failover has scenario, seed and rate, not {', '.join(sorted(unknown))}")
    application = failover_emulator.application(_name(request, wanted.get("seed")))
    application.set_rate(wanted.get("rate", 0))
    if "scenario" in wanted:
        application.scenario(wanted["scenario"])
    yield application
    application.reset()


@pytest.fixture
def failover_credentials(failover: Application) -> tuple[str, str]:
    """Id and secret of this test's application, for the code under test."""
    return failover.id, failover.secret


@pytest.fixture
def failover_receiver(request: pytest.FixtureRequest) -> Iterator[Receiver]:
    """A webhook receiver for this test, on a real socket."""
    from emulator.testing.receiver import Receiver

    public = request.config.getoption("--failover-receiver-host")
    with Receiver("0.0.0.0" if public else "127.0.0.1", public) as receiver:  # noqa: S104  # a container must reach it
        yield receiver


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the timeline of a test's application to the report of the test, if it failed."""
    report = yield
    application = getattr(item, "funcargs", {}).get("failover")
    if report.when == "call" and report.failed and application is not None:
        from emulator.errors import EmulatorError

        try:
            timeline = application.timeline()
        except EmulatorError as error:
            timeline = str(error)
        report.sections.append((f"failover-emulator: {application.id}", timeline))
    return report


def _name(request: pytest.FixtureRequest, seed: object) -> str:
    """The id of a test's application: the same for the same test and seed, so that the draws are the same too. On an
    emulator that others may use as well, a test without a seed gets an id that nobody else has.
    """
    shared = bool(request.config.getoption("--failover-emulator-url"))
    salt = str(seed) if seed is not None else os.urandom(4).hex() if shared else ""
    digest = hashlib.blake2b(f"{request.node.nodeid} {salt}".encode(), digest_size=4).hexdigest()
    return f"{re.sub('[^A-Za-z0-9]+', '-', request.node.name)[:40].strip('-')}-{digest}"
