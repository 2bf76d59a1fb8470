"""The commands about what the provider's documentation leaves open: `choices` lists it, `compare` finds the answers in
recorded traffic.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from emulator.cli.options import option, read, settings_options
from emulator.errors import EmulatorError
from emulator.validation.printing import printable, printable_json

if TYPE_CHECKING:
    from emulator.recording.comparing import Cases, Explanation
    from emulator.recording.likening import Difference

MOST: Final = 50
"""How many differences are listed; JSON has all."""


@click.command()
@settings_options("choose")
@option("--json", "Print JSON instead of text.", default=False)
def choices(choose: str, json: bool) -> None:  # noqa: FBT001  # click hands it over by name
    """List what the provider's documentation leaves open, and the answer to each that --choose puts in force."""
    from emulator.choices.given import chosen
    from emulator.choices.table import by_name, rows

    in_force = by_name(chosen(choose))
    if json:
        click.echo(printable_json(in_force))
        return
    for row in rows():
        click.echo(f"{row.name}: {row.told.question}")
        for answer in row.answers:
            mark, usual = "*" if answer == in_force[row.name] else " ", " (taken)" if answer == row.taken else ""
            click.echo(f"  {mark} {answer}{usual}: {row.told.answers[answer]}")
        click.echo(f"    {row.told.source}.")


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
    from emulator.recording import captures, comparing
    from emulator.recording.recorded import RecordingError
    from emulator.testing.replaying import Replay

    start = chosen(choose)
    try:
        found = comparing.cases(captures.read(read(capture)))
    except (captures.CaptureError, RecordingError) as error:
        raise EmulatorError(f"{capture.name}: {error}") from error
    if not found.cases:
        raise EmulatorError(f"{capture.name}: no request in it can be played; {captures.FORM}")
    with Replay(prices=prices) as replay:
        explained = comparing.explained(found, start, replay.play)
    if output:
        try:
            Path(output).write_text(written(explained.chosen), "utf-8")
        except OSError as error:
            raise EmulatorError(f"{output}: {error.strerror}") from error
    click.echo(printable_json(explained) if json else _told(found, explained))
    sys.exit(1 if explained.left else 0)


def _told(found: Cases, explained: Explanation) -> str:
    """What was found, in words."""
    asked = sum(len(case.exchanges) for case in found.cases)
    bodies = sum(len(case.bodies) for case in found.cases)
    lines = [f"{asked} requests and {bodies} callbacks are compared, {found.others} others are not."]
    if not explained.found:
        return "\n".join([*lines, "Nothing differs."])
    lines += [f"Differences: {len(explained.found)}", *_listed(explained.found)]
    for name, answer in explained.chosen.items():
        others = explained.alternatives[name]
        instead = f"; so would {' or '.join(others)}" if others else ""
        lines.append(f"--choose {name}={answer} explains {explained.explains[name]}{instead}")
    if explained.left:
        lines += [f"No choice explains {len(explained.left)}:", *_listed(explained.left)]
    return "\n".join(lines)


def _listed(differences: tuple[Difference, ...]) -> list[str]:
    """The first differences, one a line."""
    more = [f"  and {len(differences) - MOST} more (--json lists all)"] if len(differences) > MOST else []
    return [f"  {printable(str(each))}" for each in differences[:MOST]] + more
