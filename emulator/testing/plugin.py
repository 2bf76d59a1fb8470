"""The pytest plugin: an emulator for the session, an application for each test, a receiver, and a timeline of failures.

    def test_a_parcel_is_announced(failover, failover_receiver):
        flow = failover.send(..., callback=failover_receiver.url)
        failover.finish(flow)
        failover.assert_succeeded(flow, on="Sms")

Each test has an application of its own with its own clock, which stands still until the test moves it. So tests never
meet, however many run at once. `@pytest.mark.failover("all-fail", seed=7, rate=60)` sets it up differently.

A wheel has this file as the module `failover_emulator_plugin`, which every pytest run of its users loads, also in a
project that has an `emulator` of its own. So it imports nothing of the package before a fixture is used.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emulator.client.client import Application, Client
    from emulator.client.twins import AsyncApplication
    from emulator.testing.receiver import Receiver

_APPLICATION: pytest.StashKey[Application] = pytest.StashKey()
"""The application of a test, of its module, or of the session, kept at that node."""
_SHARED: pytest.StashKey[str] = pytest.StashKey()
"""The folder by which a run's workers share one emulator, kept by their controller; with `--dist each` the last."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options, each of which has a variable FAILOVER_... as its default, and its ini values."""
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
    parser.addini("failover_scenarios", "Folder of scenario files, which the emulator that is started knows by name.")
    parser.addini("failover_options", "More options of `serve` for the emulator that is started.", type="args")


def pytest_configure(config: pytest.Config) -> None:
    """Add the plugin's marker."""
    marker = "failover(scenario, seed=..., rate=...): what this test's application meets; its clock stands still at 0"
    config.addinivalue_line("markers", marker)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist on this machine the folder by which all share one emulator. The controller holds
    the pipe on which that emulator lives, so it ends with the controller, whichever worker started it. With
    `--dist each` all workers run the same tests, whose applications would meet, so each has a folder of its own.
    """
    config: pytest.Config = node.config
    if not node.gateway.spec.popen or not hasattr(os, "mkfifo"):
        return
    if config.getoption("dist") == "each" or _SHARED not in config.stash:
        folder = config.stash[_SHARED] = tempfile.mkdtemp(prefix="failover-emulator-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.mkfifo(f"{folder}/alive")
        alive = open(f"{folder}/alive", "r+b", buffering=0)  # noqa: PTH123, SIM115  # held until the run ends
        config.add_cleanup(alive.close)
        os.register_at_fork(after_in_child=alive.close)
    node.workerinput["failover_emulator"] = config.stash[_SHARED]


@pytest.fixture(scope="session")
def failover_emulator(pytestconfig: pytest.Config) -> Iterator[Client]:
    """A client of the session's emulator: one that runs already, if its URL is given, or else one that is started."""
    _check_package(pytestconfig)
    from emulator.client.client import Client

    with (
        _running(pytestconfig) as url,
        Client(url, token=pytestconfig.getoption("--failover-emulator-token")) as client,
    ):
        yield client


@pytest.fixture
def failover_url(failover_emulator: Client) -> str:
    """The emulator's base URL, which takes the place of both of the provider's."""
    return failover_emulator.url


@pytest.fixture
def failover(request: pytest.FixtureRequest, failover_emulator: Client) -> Iterator[Application]:
    """An application for this test alone, with its own clock; it is reset afterwards."""
    yield from _application(request, failover_emulator)


@pytest.fixture
def failover_async(failover: Application) -> Iterator[AsyncApplication]:
    """The same application for a test with a running event loop: each call is awaited."""
    from emulator.client.twins import AsyncApplication

    with AsyncApplication(failover) as application:
        yield application


@pytest.fixture(scope="module")
def failover_module(request: pytest.FixtureRequest, failover_emulator: Client) -> Iterator[Application]:
    """An application that all tests of a module share, for fixtures of that scope; the module's marks set it up."""
    yield from _application(request, failover_emulator)


@pytest.fixture(scope="session")
def failover_session(request: pytest.FixtureRequest, failover_emulator: Client) -> Iterator[Application]:
    """An application that all tests of the session share, for fixtures of that scope."""
    yield from _application(request, failover_emulator)


@pytest.fixture
def failover_credentials(failover: Application) -> tuple[str, str]:
    """Id and secret of this test's application, for the code under test."""
    return failover.id, failover.secret


@pytest.fixture
def failover_receiver(pytestconfig: pytest.Config) -> Iterator[Receiver]:
    """A webhook receiver for this test, on a real socket."""
    _check_package(pytestconfig)
    from emulator.testing.receiver import Receiver

    public = pytestconfig.getoption("--failover-receiver-host")
    with Receiver("0.0.0.0" if public else "127.0.0.1", public) as receiver:  # noqa: S104  # a container must reach it
        yield receiver


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a mark that would do nothing: one of a test whose application is its module's or the session's."""
    wide, marked = _wide(item), any(node is item for node, _ in item.iter_markers_with_node("failover"))
    if wide and marked and "failover" not in item.fixturenames:  # type: ignore[attr-defined]  # whoever has wide ones
        raise pytest.UsageError(
            f"the mark failover of {item.name} would do nothing, since its application is that of {min(wide)}; "
            "mark the module (pytestmark), or use the fixture failover"
        )


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Say whose `emulator` was found, where a test's file imports from a package of that name of its own."""
    report = yield
    if report.failed:
        _explain_import(report, collector.config.rootpath)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the timelines of a test's applications to the report of the test, if it failed. An assertion of the client's
    has its flow's timeline in its message, which is enough.
    """
    report = yield
    if report.when == "teardown" or not report.failed or call.excinfo is None:
        return report
    if call.excinfo.traceback[-1].frame.f_globals.get("__name__") == "emulator.client.assertions":
        return report
    nodes = item.listchain() if _wide(item) else [item]
    for application in (node.stash[_APPLICATION] for node in nodes if _APPLICATION in node.stash):
        from emulator.errors import EmulatorError

        try:
            timeline = application.timeline()
        except EmulatorError as error:
            timeline = str(error)
        report.sections.append((f"failover-emulator: {application.id}", timeline))
    return report


def _wide(item: pytest.Item) -> set[str]:
    """The fixtures of a test by which it shares an application with other tests."""
    return {"failover_module", "failover_session"} & set(getattr(item, "fixturenames", ()))


def _check_package(config: pytest.Config) -> None:
    """Raises UsageError if the name `emulator` means another package here than the one that this plugin is of."""
    spec = find_spec("emulator")
    places = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    if not any((place / "testing" / "launch.py").is_file() for place in places):
        found = Path(next(iter(places), (spec and spec.origin) or "nowhere"))
        raise pytest.UsageError(
            f"failover-emulator's package is called `emulator`, but here that name leads to {found}, so its fixtures "
            f"can't be used. {_way_out(config, found.parent)}, or give that one another name"
        )


def _way_out(config: pytest.Config, folder: Path) -> str:
    """What helps where another package `emulator`, which is in this folder, comes first."""
    if "emulator" in sys.modules:
        return "These tests import that one: do without the fixtures and call `failover-emulator serve` over HTTP"
    leading = {"pythonpath": config.getini("pythonpath"), "PYTHONPATH": os.getenv("PYTHONPATH", "").split(os.pathsep)}
    named = [name for name, places in leading.items() if folder in {Path(place).resolve() for place in places if place}]
    start = "start `pytest --import-mode importlib`, not `python -m pytest`, which puts the current folder first"
    return f"Take {folder} out of `{named[0]}` and {start}" if named else start.capitalize()


def _explain_import(report: pytest.CollectReport, folder: Path) -> None:
    """Add to a report that a module of the own `emulator` of a project was looked for in this plugin's package."""
    own = next((place for place in (folder / "emulator", folder / "src" / "emulator") if place.is_dir()), None)
    looked_for = re.search(r"No module named 'emulator\.|cannot import name .* from 'emulator", str(report.longrepr))
    spec = find_spec("emulator") if own and looked_for else None
    if own and spec and spec.origin and (found := Path(spec.origin).parent) != own:
        told = f"`emulator` leads to failover-emulator's package here, {found}, and not to {own}. Tests that import "
        told += f"that one need `pythonpath = {own.parent}`; they can't use the fixtures, unless it gets another name"
        report.sections.append(("failover-emulator", told))


@contextmanager
def _running(config: pytest.Config) -> Iterator[str]:
    """The URL of the emulator to use: the one that is given, the one that all workers share, or one of this process."""
    from emulator.testing import launch

    options = list(config.getini("failover_options"))
    if scenarios := config.getini("failover_scenarios"):
        beside = config.inipath.parent if config.inipath else config.rootpath
        options += ["--scenarios", str(beside / scenarios)]
    folder = Path(getattr(config, "workerinput", {}).get("failover_emulator", "none"))
    if url := config.getoption("--failover-emulator-url"):
        yield url
    elif (folder / "alive").exists():
        yield launch.shared(folder, options)
    else:
        with launch.alone(options) as url:
            yield url


def _application(request: pytest.FixtureRequest, emulator: Client) -> Iterator[Application]:
    """An application as the marks of the request's node want it, until it is reset."""
    wanted = _wanted(request.node)
    application = emulator.application(_name(request, wanted.get("seed")))
    request.node.stash[_APPLICATION] = application
    try:
        application.set_rate(wanted.get("rate", 0))
        if wanted.get("scenario") is not None:
            application.scenario(wanted["scenario"])
        yield application
    finally:
        del request.node.stash[_APPLICATION]
        application.reset()


def _wanted(node: pytest.Item | pytest.Collector) -> dict[str, Any]:
    """What the marks of a test, its class and its module say together: what stands nearer to the test wins. Raises
    UsageError for what no mark has.
    """
    from emulator.validation.hints import hint

    wanted: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("failover"))):
        given = dict(zip(("scenario",), mark.args, strict=False))
        if len(mark.args) > 1 or given.keys() & mark.kwargs.keys():
            raise pytest.UsageError("the mark failover takes one value without a name, the scenario")
        for name in mark.kwargs.keys() - {"scenario", "seed", "rate"}:
            close = hint(name, ("scenario", "seed", "rate"))
            raise pytest.UsageError(f"the mark failover has scenario, seed and rate, not {name}{close}")
        wanted |= given
        wanted |= mark.kwargs
    return wanted


def _name(request: pytest.FixtureRequest, seed: object) -> str:
    """The id of an application: the same for the same test and seed, so that the draws are the same too. On an emulator
    that others may use as well, one without a seed gets an id that nobody else has; what several tests share has its
    worker's name in it, as each worker has its own.
    """
    salt = "" if seed is None else str(seed)
    if request.config.getoption("--failover-emulator-url") and seed is None:
        salt = os.urandom(4).hex()
    elif request.scope != "function":
        salt += os.environ.get("PYTEST_XDIST_WORKER", "")
    digest = hashlib.blake2b(f"{request.node.nodeid} {salt}".encode(), digest_size=4).hexdigest()
    named = re.sub("[^A-Za-z0-9]+", "-", request.node.name)[:40].strip("-") or request.scope
    return f"{named}-{digest}"
