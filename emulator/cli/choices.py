"""The command `choices`: what the provider's documentation leaves open, and how it is answered."""

from __future__ import annotations

import click

from emulator.cli.options import option, settings_options
from emulator.validation.printing import printable_json


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
