"""The commands for scenarios: `check` reads them, `explain` and `paths` say what a request comes to, `record` writes
one. Only `record` talks to an emulator, and only if it is given no file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from emulator.cli.options import (
    DEFAULTS,
    Instant,
    connected,
    control_options,
    option,
    read,
    settings_options,
    url_option,
)
from emulator.errors import EmulatorError
from emulator.settings import Settings
from emulator.validation.printing import printable, printable_json, printable_lines

if TYPE_CHECKING:
    from emulator.cli.checking import Found
    from emulator.provider.requests import Asked


FILES: Final = ("senders", "templates", "contacts", "credentials", "default_callback")
"""The settings that decide, beside the scenario and the prices, what a request comes to."""
STARTS: Final = "2026-01-01T00:00Z"
"""When a request is sent if nobody says: where a standing clock starts."""


@click.command()
@click.argument("scenarios", nargs=-1)
@option("--strict", "Let warnings count as errors.", variable="CHECK_STRICT", default=False)
@settings_options("set", "prices", *FILES)
@option("--json", "Print a line of JSON for each file.", default=False)
def check(scenarios: tuple[str, ...], strict: bool, json: bool, **declaring: Any) -> None:  # noqa: FBT001  # click hands it over by name
    """Check SCENARIOS: files, folders of them, or names; without any, list and check the shipped ones.

    What a scenario expects of itself is tried out, with the files that serve would have; of --credentials, the first
    application sends the requests. What it says in vain is told as a warning. Of a folder, those below it are read too;
    files in one named `stories` are stories, those in one named `parts` only there to be included.
    """
    from msgspec import to_builtins

    from emulator.cli import checking
    from emulator.provider.beforehand import beforehand
    from emulator.shipped import folder

    wrong, there, homes = False, beforehand(Settings(**declaring)), dict[str, Path]()
    for each in scenarios or (str(folder("scenarios")),):
        heading = ""
        for found in checking.found(each, declaring["set"], there, homes):
            good = not found.problems and not (strict and found.warnings)
            wrong |= not good
            if json:
                click.echo(printable_json(to_builtins(found) | {"good": good}))
                continue
            if found.group != heading:
                click.echo(printable(f"{found.group}/"))
            heading = found.group
            _show(found, strict=strict)
    sys.exit(1 if wrong else 0)


def _show(found: Found, *, strict: bool) -> None:
    """Print what a file is to standard output, and what is wrong with it to standard error."""
    if found.name:
        kind = " (story)" if found.kind == "story" else ""
        click.echo(printable(f"{found.name}{kind}: {found.purpose}"))
    if found.balance:
        click.echo(f"  {found.balance}")
    for problem in (*found.problems, *(each if strict else each.warned for each in found.warnings)):
        click.echo(printable_lines(str(problem)), err=True)


@click.command()
@click.argument("request", type=click.File("rb"), nargs=-1)
@option("--scenario", "The scenario, by its name or file.", default=DEFAULTS.scenario)
@option(
    "--diff",
    "Say instead what differs between two scenarios, by their names or files; for several requests, one after another,"
    " or without any for those in the journal of the emulator at --url. Ends with 1 if anything differs.",
    variable="EXPLAIN_DIFF",
    kind=click.Tuple([str, str]),
)
@option("--seed", "What draws follow from.", default=DEFAULTS.seed)
@option(
    "--application",
    "Application that sends the request.  [default: app, or the first of --credentials]",
    variable="EXPLAIN_APPLICATION",
    default="",
)
@option(
    "--number",
    "Which of its application's requests this is; those before it are the same; not with --diff.",
    variable="EXPLAIN_NUMBER",
    default=1,
    kind=click.IntRange(1),
)
@option("--at", "When it is sent, such as 2026-03-02T23:30Z.", variable="EXPLAIN_AT", default=STARTS, kind=Instant())
@option(
    "--began",
    "When its application's first request came, from which phases count; without it, this is the first.",
    variable="EXPLAIN_BEGAN",
    default=None,
    kind=Instant(),
)
@settings_options("set", "prices", *FILES)
@url_option("The emulator's address, for --diff without requests.")
@option("--token", "Its control token, if it has one.", variable="CONTROL_TOKEN", default="")
@option("--json", "Print JSON instead of tables.", default=False)
def explain(  # noqa: PLR0913, PLR0917  # click hands the options over by name
    request: tuple[BinaryIO, ...],
    scenario: str,
    diff: tuple[str, str] | None,
    seed: str,
    application: str,
    number: int,
    at: int,
    began: int | None,
    url: str,
    token: str,
    json: bool,  # noqa: FBT001
    **declaring: Any,
) -> None:
    """Say what a REQUEST would come to, and why each rule applies or not; REQUEST is the file of a body, - is stdin."""
    from emulator.cli import diffing, tables
    from emulator.planning.explanation import explained
    from emulator.planning.rehearsal import Rehearsal
    from emulator.provider.beforehand import beforehand
    from emulator.scenario import files

    there = beforehand(Settings(**declaring))
    if diff and number != 1:
        raise click.UsageError("--diff needs no --number: name a file as often as it is sent")
    if diff:
        asking = diffing.Asking(request, application, at, began, url, token)
        sys.exit(diffing.printed(diffing.found(asking, diff, there, seed), as_json=json))
    if len(request) != 1:
        raise click.UsageError("it explains one REQUEST; --diff A B takes several, or those of a journal")
    application = application or there.application
    body = there.held(read_from(request[0]), application)
    chosen = files.find(files.setting(scenario, declaring["set"]))
    rehearsal = Rehearsal(chosen, seed, there.declared.prices, rejected=there.rejected)
    rehearsal.begin(application, at if began is None else began)
    rehearsal.repeat(number - 1, body.request, application, at, body.kind)
    explanation = explained(chosen, body.request, rehearsal, application, at, body.remarks, body.kind, began)
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
    from msgspec.structs import replace

    from emulator.recording import captures, cases, writing

    if file is None:
        with connected(url, token) as client:
            click.echo(writing.from_journal(client.journal(application=application)), nl=False)
        return
    try:
        capture = captures.read(read(file))
    except captures.CaptureError as error:
        raise EmulatorError(f"{file.name}: {error}") from error
    told = [replace(each, where=f"{file.name}: {each.where}") for each in cases.told(capture)]
    click.echo(writing.from_told(told), nl=False)
