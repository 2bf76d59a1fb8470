"""The commands for scenarios: `check` reads them, `explain` and `paths` say what a request comes to, `record` writes
one. Only `record` talks to an emulator, and only if it is given no file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from emulator.cli.options import DEFAULTS, Instant, connected, control_options, option, read, settings_options
from emulator.errors import EmulatorError
from emulator.settings import Settings
from emulator.validation.printing import printable, printable_json, printable_lines

if TYPE_CHECKING:
    from emulator.provider.beforehand import Beforehand
    from emulator.provider.requests import Asked


FILES: Final = ("senders", "templates", "contacts", "credentials", "default_callback")
"""The settings that decide, beside the scenario and the prices, what a request comes to."""
STARTS: Final = "2026-01-01T00:00Z"
"""When a request is sent if nobody says: where a standing clock starts."""


@click.command()
@click.argument("scenarios", nargs=-1)
@option("--strict", "Let warnings count as errors.", variable="CHECK_STRICT", default=False)
@settings_options("prices", *FILES)
def check(scenarios: tuple[str, ...], strict: bool, **declaring: Any) -> None:  # noqa: FBT001  # click hands it over by name
    """Check SCENARIOS: files, folders of them, or names; without any, list and check the shipped ones.

    What a scenario expects of itself is tried out, with the files that serve would have; of --credentials, the first
    application sends the requests. What it says in vain is told as a warning.
    """
    from emulator.provider.beforehand import beforehand
    from emulator.scenario import files
    from emulator.shipped import folder

    wrong, there = 0, beforehand(Settings(**declaring))
    for each in scenarios or (str(folder("scenarios")),):
        path = Path(each)
        inside = sorted(filter(files.is_scenario, path.iterdir())) if path.is_dir() else [path]
        if not inside:
            wrong += 1
            click.echo(f"{path} has no scenario files (.yaml, .yml or .json)", err=True)
        for one in inside:
            try:
                named = not one.exists() and not files.is_file(each)
                wrong += _checked(files.path_of(each) if named else one, there, strict=strict)
            except files.ScenarioError as error:
                wrong += 1
                click.echo(printable_lines(str(error)), err=True)
    sys.exit(1 if wrong else 0)


def _checked(path: Path, there: Beforehand, *, strict: bool) -> bool:
    """Whether something is wrong with a scenario's file; prints what. Raises ScenarioError if it can't be loaded."""
    from emulator.control.review import review
    from emulator.scenario import files

    found = review(files.text_of(path), path.stem, str(path), there)
    scenario = found.scenario
    click.echo(printable(f"{scenario.name}: {scenario.purpose}"))
    if scenario.balance is not None:
        consumed = f"is consumed by these prices: {there.declared.prices}"
        if scenario.balance_in == "messages":
            consumed = "messages is consumed by one for each, however long it is"
        click.echo(f"  the balance of {scenario.balance:.15g} {consumed}")
    for problem in found.unmet:
        click.echo(printable_lines(str(problem)), err=True)
    for warning in found.warnings:
        click.echo(printable_lines(str(warning if strict else warning.warned)), err=True)
    return bool(found.unmet or (strict and found.warnings))


@click.command()
@click.argument("request", type=click.File("rb"))
@option("--scenario", "The scenario, by its name or file.", default=DEFAULTS.scenario)
@option("--seed", "What draws follow from.", default=DEFAULTS.seed)
@option(
    "--application",
    "Application that sends the request.  [default: app, or the first of --credentials]",
    variable="EXPLAIN_APPLICATION",
    default="",
)
@option(
    "--number",
    "Which of its application's requests this is; those before it are the same.",
    variable="EXPLAIN_NUMBER",
    default=1,
    kind=click.IntRange(1),
)
@option("--at", "When it is sent, such as 2026-03-02T23:30Z.", variable="EXPLAIN_AT", default=STARTS, kind=Instant())
@settings_options("prices", *FILES)
@option("--json", "Print JSON instead of tables.", default=False)
def explain(  # noqa: PLR0913, PLR0917  # click hands the options over by name
    request: BinaryIO,
    scenario: str,
    seed: str,
    application: str,
    number: int,
    at: int,
    json: bool,  # noqa: FBT001
    **declaring: Any,
) -> None:
    """Say what a REQUEST would come to, and why each rule applies or not; REQUEST is the file of a body, - is stdin."""
    from emulator.cli import tables
    from emulator.planning.explanation import explained
    from emulator.planning.rehearsal import Rehearsal
    from emulator.provider.beforehand import beforehand
    from emulator.scenario import files

    there = beforehand(Settings(**declaring))
    application = application or there.application
    body, chosen = there.held(read_from(request), application), files.find(scenario)
    rehearsal = Rehearsal(chosen, seed, there.declared.prices, rejected=there.rejected)
    rehearsal.repeat(number - 1, body.request, application, at, body.kind)
    explanation = explained(chosen, body.request, rehearsal, application, at, body.remarks, body.kind)
    if json:
        click.echo(printable_json(explanation))
    else:
        tables.explanation(explanation)


@click.command()
@click.argument("request", type=click.File("rb"))
@settings_options(*FILES)
@option("--json", "Print JSON, with a scenario for each outcome.", default=False)
def paths(request: BinaryIO, json: bool, **declaring: Any) -> None:  # noqa: FBT001  # click hands it over by name
    """List every outcome that a REQUEST can have, with a number that has it; REQUEST is the file of a body."""
    from emulator.cli import tables
    from emulator.planning import paths as planning
    from emulator.provider.beforehand import beforehand

    there = beforehand(Settings(**declaring))
    found = planning.paths(there.held(read_from(request), there.application).request, there.rejected)
    if json:
        click.echo(printable_json(found))
    else:
        tables.all_paths(found)


def read_from(file: BinaryIO) -> Asked:
    """The request that a file has as its body, and remarks on it. Raises an EmulatorError that names the file and all
    that is wrong.
    """
    from emulator.provider import requests

    try:
        return requests.read(read(file).encode())
    except requests.Invalid as error:
        wrong = "".join(f"\n  {where}: {why}" for where, why in error.properties.items())
        raise EmulatorError(f"{file.name} breaks the rules of a request{wrong}") from error
    except requests.Malformed as error:
        raise EmulatorError(f"{file.name}: {error}") from error


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@control_options
def record(file: BinaryIO | None, url: str, token: str, application: str) -> None:
    """Turn what happened into a scenario that replays it: an emulator's journal, or a FILE of callback bodies.

    The file has the bodies as they came from the provider, one JSON text a line or a JSON array of them; or it is a
    capture as `compare` takes it. The scenario goes to standard output.
    """
    from emulator.recording import captures, writing

    if file is None:
        with connected(url, token) as client:
            click.echo(writing.from_journal(client.journal(application=application)), nl=False)
        return
    try:
        capture = captures.read(read(file))
    except captures.CaptureError as error:
        raise EmulatorError(f"{file.name}: {error}") from error
    click.echo(writing.from_bodies([callback.body for callback in capture.callbacks]), nl=False)
