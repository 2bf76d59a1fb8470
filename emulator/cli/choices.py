"""The commands about what the provider's documentation leaves open: `choices` lists it, `compare` finds the answers in
recorded traffic.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click
from click.core import ParameterSource
from msgspec import structs

from emulator.cli.options import connected, option, read, settings_options
from emulator.errors import EmulatorError, plural
from emulator.validation.printing import printable, printable_json

if TYPE_CHECKING:
    from emulator.recording.cases import Cases
    from emulator.recording.comparing import Explanation
    from emulator.recording.likening import Difference

MOST: Final = 50
"""How many differences are listed; JSON has all."""


@click.command()
@settings_options("choose")
@option("--url", "A running emulator whose answers are listed, in place of those of --choose.", default="")
@option("--application", "Whose: by its scenario; without it, those for everybody.", variable="CHOICES_APPLICATION")
@option("--token", "The emulator's control token, if it has one.", variable="CONTROL_TOKEN", default="")
@option("--json", "Print JSON instead of text.", default=False)
def choices(choose: str, url: str, application: str | None, token: str, json: bool) -> None:  # noqa: FBT001  # click hands it over by name
    """List what the provider's documentation leaves open, and the answer to each that is in force: at the emulator of
    --url, or with --choose.
    """
    from emulator.choices.given import chosen
    from emulator.choices.table import by_name, rows

    mine = click.get_current_context().get_parameter_source("choose") is ParameterSource.COMMANDLINE
    if url and not mine:
        with connected(url, token) as client:
            listed = client.control("GET", "/choices", application=application)["choices"]
    else:
        in_force = by_name(chosen(choose))
        listed = [
            {"name": row.name, "inForce": in_force[row.name], "taken": row.taken}
            | {"question": row.told.question, "answers": row.told.answers, "source": row.told.source}
            for row in rows()
        ]
    if json:
        click.echo(printable_json({"application": application if url and not mine else None, "choices": listed}))
        return
    for each in listed:
        click.echo(printable(f"{each['name']}: {each['question']}"))
        for answer, does in each["answers"].items():
            mark, usual = "*" if answer == each["inForce"] else " ", " (taken)" if answer == each["taken"] else ""
            click.echo(printable(f"  {mark} {answer}{usual}: {does}"))
        click.echo(printable(f"    {each['source']}."))


@click.command()
@click.argument("capture", type=click.File("rb"))
@settings_options("choose", "prices")
@option("--output", "File to write the choices to that explain what differs; --choose takes it.", default="")
@option("--json", "Print JSON instead of text.", default=False)
def compare(capture: BinaryIO, choose: str, prices: str, output: str, json: bool) -> None:  # noqa: FBT001  # as above
    """Tell where an emulator would differ from a CAPTURE of traffic with the provider, and which choices explain that.

    A capture is HAR, or has one JSON text a line: {"request": {"method", "path", "headers", "body"}, "answer":
    {"status", "body"}, "at": TIME} and {"callback": BODY, "at": TIME, "answer": {"status"}}. Each request is played at
    the time at which it came, under a scenario made from callbacks and trackings. Exits with 1 if the choices do not
    explain all that differs.
    """
    from emulator.choices.given import chosen, written
    from emulator.recording import captures, cases, comparing
    from emulator.testing.replaying import Replay

    start = chosen(choose)
    try:
        found = cases.cases(captures.read(read(capture)))
    except captures.CaptureError as error:
        raise EmulatorError(f"{capture.name}: {error}") from error
    if not found.cases:
        why = f" ({_counted(found)})" if found.others else ""
        raise EmulatorError(f"{capture.name}: no request in it can be played{why}; {captures.FORM}")
    with Replay(prices=prices) as replay:
        explained = comparing.explained(found, start, replay.play)
        unproven = comparing.unproven(found, start, explained.chosen, replay.play)
    if output:
        try:
            Path(output).write_text(written(explained.chosen, explained.alternatives, unproven), "utf-8")
        except OSError as error:
            raise EmulatorError(f"{output}: {error.strerror}") from error
    if json:
        click.echo(printable_json(structs.asdict(explained) | {"unproven": unproven}))
    else:
        click.echo(_told(found, explained))
        click.echo(f"Not shown, so it stays as it was: {', '.join(unproven)}" if unproven else "All choices are shown.")
    sys.exit(1 if explained.left else 0)


def _told(found: Cases, explained: Explanation) -> str:
    """What was found, in words."""
    asked = sum(len(case.exchanges) for case in found.cases)
    bodies = sum(len(case.bodies) for case in found.cases)
    lines = [f"Compared: {plural(asked, 'request')} and {plural(bodies, 'callback')}."]
    lines += [f"Not compared: {_counted(found)}."] if found.others else []
    if not explained.found:
        return "\n".join([*lines, "Nothing differs."])
    lines += [f"Differences: {len(explained.found)}", *_listed(explained.found)]
    for name, answer in explained.chosen.items():
        others = explained.alternatives[name]
        instead = f"; so would {' or '.join(others)}" if others else ""
        lines.append(f"--choose {name}={answer} explains {explained.explains[name]}{instead}")
    if explained.left:
        lines += [f"No choice explains {len(explained.left)}:", *_listed(explained.left)]
    for choice, proof in explained.disproved.items():
        against = printable(str(proof.against[0]))
        lines.append(f"{choice} would explain {proof.explains}; against it ({len(proof.against)}): {against}")
    return "\n".join(lines)


def _counted(found: Cases) -> str:
    """What is not compared, by kind."""
    return "; ".join(f"{printable(kind)}: {number}" for kind, number in found.others.items())


def _listed(differences: tuple[Difference, ...]) -> list[str]:
    """The first differences, one a line."""
    more = [f"  and {len(differences) - MOST} more (--json lists all)"] if len(differences) > MOST else []
    return [f"  {printable(str(each))}" for each in differences[:MOST]] + more
