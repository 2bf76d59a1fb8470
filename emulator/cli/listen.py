"""The command `listen`: a receiver of callbacks to try things with."""

from __future__ import annotations

import click

from emulator.cli.options import DEFAULTS, Host, option


@click.command()
@option("--host", "Address to listen on.", variable="LISTEN_HOST", default=DEFAULTS.host, kind=Host())
@option(
    "--port",
    "Port to listen on; 0 takes a free one.",
    variable="LISTEN_PORT",
    default=8081,
    kind=click.IntRange(0, 65535),
)
@option("--status", "HTTP status to answer.", variable="LISTEN_STATUS", default=200, kind=click.IntRange(200, 599))
@option(
    "--delay",
    "Seconds to wait before answering.",
    variable="LISTEN_DELAY",
    default=0.0,
    kind=click.FloatRange(0),
)
@option("--short", "Print each callback in a line, without its JSON.", variable="LISTEN_SHORT", default=False)
@option("--json", "Print each callback as a line of JSON.", default=False)
def listen(host: str, port: int, status: int, delay: float, short: bool, json: bool) -> None:  # noqa: FBT001, PLR0913, PLR0917  # click hands it over
    """Receive callbacks and print each as it comes."""
    from emulator.cli import receiving
    from emulator.cli.running import run

    if short and json:
        raise click.UsageError("--short is for people, --json for programs: give one of them")
    run(receiving.listen(host, port, status, delay, receiving.Printer(), short=short, as_json=json))
