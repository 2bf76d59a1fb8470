"""`python -m tests.benchmarks`: every figure side by side with a bare Starlette application, as a table.

Machines differ and are noisy, so CPU time and ratios count, not rates. With `--against TREE` the emulator of another
checkout, such as an older commit, is measured turn by turn with this one, by the same load, bodies and receiver.
"""

from __future__ import annotations

import json
import sys
from inspect import getdoc
from pathlib import Path

import click
from msgspec.structs import replace

from tests.benchmarks import machine, results
from tests.benchmarks.figures import FIGURES, Figure, crossings
from tests.benchmarks.metering import Subject
from tests.benchmarks.processes import ROOT
from tests.benchmarks.results import Result
from tests.benchmarks.values import Missing, Value, medians


def measured(figure: Figure, subject: Subject, against: Subject | None, rounds: int) -> Result:
    """Measure a figure in several rounds, in each of which both subjects take a turn, and keep the medians. A figure
    that fails becomes a result that says so, and the run goes on.
    """
    name, title = figure.__name__, (getdoc(figure) or "").rstrip(".")
    here: list[list[Value]] = []
    there: list[list[Value]] = []
    try:
        for _ in range(rounds):
            here.append(list(figure(subject)))
            if against:
                there.append(list(figure(against)))
    except Missing as error:
        return Result(name, title, missing=str(error))
    except Exception as error:
        return Result(name, title, failed=f"{type(error).__name__}: {error}")
    return Result(name, title, medians(here), medians(there))


def printed(figure: Figure, subject: Subject, against: Subject | None, rounds: int) -> Result:
    """Measure a figure and print it."""
    result = measured(figure, subject, against, rounds)
    click.echo("\n".join(results.lines(result)))
    return result


@click.command(epilog=f"Figures: {', '.join(each.__name__ for each in FIGURES)}.")
@click.argument("names", nargs=-1, type=click.Choice([each.__name__ for each in FIGURES]), metavar="[FIGURE]...")
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures there too.")
@click.option("--detail", is_flag=True, help="Then list the crossings of `crossings` one by one.")
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another checkout, whose emulator is measured turn by turn with this one.",
)
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True, help="Rounds to take the medians of.")
@click.option(
    "--requests", type=click.IntRange(60), default=Subject().requests, show_default=True, help="Requests of a load."
)
@click.option(
    "--flows",
    type=click.IntRange(1000),
    default=Subject().flows,
    show_default=True,
    help="Live flows at which the curve ends.",
)
def main(
    names: tuple[str, ...],
    file: Path | None,
    against: Path | None,
    rounds: int,
    requests: int,
    flows: int,
    *,
    detail: bool,
) -> None:
    """Measure these figures, or all; exit with 1 if one misses its bound.

    Bounds in µs, ms and per second are meant for a machine on which the bare application takes 29 µs of CPU a request.
    On a slower one look at the ratios, and leave --requests as it is, since fixed costs weigh more in small loads.
    """
    subject = Subject(ROOT, requests, flows)
    other = replace(subject, tree=against.resolve()) if against else None
    click.echo(results.heading(machine.commit(other.tree) or str(other.tree) if other else ""))
    wanted = [each for each in FIGURES if not names or each.__name__ in names]
    taken = [printed(each, subject, other, rounds) for each in wanted]
    if detail:
        click.echo("\n".join(crossings.details(subject.tree)))
    if file:
        commits = {"commit": machine.commit(ROOT)} | ({"against": machine.commit(other.tree)} if other else {})
        about = machine.surroundings() | commits | {"rounds": rounds, "requests": requests, "flows": flows}
        written = json.dumps(about | {"figures": [results.plain(each) for each in taken]}, indent=2, ensure_ascii=False)
        file.write_text(written + "\n")
    sys.exit(not all(each.good for each in taken))


if __name__ == "__main__":
    main()
