"""The pytest plugin: an emulator for the session, an application for each test, a receiver, and a timeline of failures.

Each test has an application of its own with its own clock, which stands still until the test moves it. So tests never
meet, however many run at once. `@pytest.mark.failover("all-fail", seed=7, rate=60)` sets it up differently.

A wheel has this file as the module `failover_emulator_plugin`, which every pytest run of its users loads, also in a
project that has an `emulator` of its own. So it imports nothing of the package before a fixture is used.
"""

from __future__ import annotations

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

_APPLICATIONS: pytest.StashKey[dict[str, Application]] = pytest.StashKey()
"""The applications of a test, of its class, module or package, or of the session, by their fixtures, at that node."""
_SCOPES = ("function", "class", "module", "package", "session")
"""From the narrowest to the widest, as pytest has them."""
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
    parser.addini("failover_url", "An emulator that runs already, where the option --failover-emulator-url names none.")
    parser.addini("failover_scenarios", "Folder of scenario files, which the emulator that is started knows by name.")
    parser.addini("failover_options", "More options of `serve` for the emulator that is started.", type="args")
    scope = "Who has an application of its own: each function (the default), class, module, package or session."
    parser.addini("failover_scope", scope, default="function")


def pytest_configure(config: pytest.Config) -> None:
    """Add the plugin's marker, and have the ini value for the emulator's URL where there is no option. Raises
    UsageError for a scope that there is not.
    """
    marker = "failover(scenario, parameters=..., seed=..., rate=...): what this test meets; its clock stands still at 0"
    config.addinivalue_line("markers", marker)
    if (scope := config.getini("failover_scope")) not in _SCOPES:
        raise pytest.UsageError(f"failover_scope is {', '.join(_SCOPES[:-1])} or {_SCOPES[-1]}, not {scope!r}")
    config.option.failover_emulator_url = config.option.failover_emulator_url or config.getini("failover_url")


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


def _scope(fixture_name: str, config: pytest.Config) -> Any:  # noqa: ARG001  # pytest hands it over by name
    """The scope that the user chooses for the application `failover` and what belongs to it."""
    return config.getini("failover_scope")


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


@pytest.fixture(scope="session")
def failover_url(failover_emulator: Client) -> str:
    """The emulator's base URL, which takes the place of both of the provider's."""
    return failover_emulator.url


@pytest.fixture(scope=_scope)
def failover(request: pytest.FixtureRequest, failover_emulator: Client) -> Iterator[Application]:
    """An application for this test, or those of the chosen scope, alone, with its own clock; it is reset afterwards."""
    yield from _application(request, failover_emulator)


@pytest.fixture(scope=_scope)
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


@pytest.fixture(scope=_scope)
def failover_credentials(failover: Application) -> tuple[str, str]:
    """Id and secret of this test's application, for the code under test."""
    return failover.id, failover.secret


@pytest.fixture(scope=_scope)
def failover_receiver(pytestconfig: pytest.Config) -> Iterator[Receiver]:
    """A webhook receiver for this test, on a real socket."""
    _check_package(pytestconfig)
    from emulator.testing.receiver import Receiver

    public = pytestconfig.getoption("--failover-receiver-host")
    with Receiver("0.0.0.0" if public else "127.0.0.1", public) as receiver:  # noqa: S104  # a container must reach it
        yield receiver


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a mark that would do nothing: one of a test, or of its class or module, that shares its application with
    others which have no such mark.
    """
    shared = _sharing(item)
    followed = {node for each in shared.values() for node in each.listchain()}
    for node, _ in item.iter_markers_with_node("failover"):
        if shared and node not in followed:
            pytest.fail(
                f"the mark failover of {node.name} would do nothing, since its application is that of {min(shared)}, "
                "which others share; mark the whole class or module that shares it, or call its scenario(...)",
                pytrace=False,
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
    for name, node in _sharing(item).items():
        if (application := node.stash.get(_APPLICATIONS, {}).get(name)) is None:
            continue
        from emulator.client.assertions import shortened
        from emulator.errors import EmulatorError

        try:
            timeline = shortened(application.timeline())
        except EmulatorError as error:
            timeline = str(error)
        report.sections.append((f"failover-emulator: {application.id}", timeline))
    return report


def _sharing(item: pytest.Item) -> dict[str, pytest.Item | pytest.Collector]:
    """The fixtures of a test that are applications, each with the node whose application it is."""
    scopes = {
        "failover": item.config.getini("failover_scope"),
        "failover_module": "module",
        "failover_session": "session",
    }
    nodes = {
        "function": item,
        "class": item.getparent(pytest.Class) or item,
        "module": item.getparent(pytest.Module) or item,
        "package": item.getparent(pytest.Package) or item.session,
        "session": item.session,
    }
    return {name: nodes[scopes[name]] for name in getattr(item, "fixturenames", ()) if name in scopes}


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
    """An application as the marks of the request's node want it, kept at that node."""
    from emulator.testing.marked import application

    for made in application(request, emulator):
        kept = request.node.stash.setdefault(_APPLICATIONS, {})
        kept[request.fixturename] = made
        try:
            yield made
        finally:
            del kept[request.fixturename]
