"""The command `serve`, which runs the emulator."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Sequence

import click
from msgspec import convert, json

from emulator.cli.options import links, option, settings_options, unknown
from emulator.settings import Settings

log = logging.getLogger(__name__)


@click.command()
@settings_options()
@option("--until-stdin-ends", "Stop when standard input ends, as with the process that holds it.", default=False)
@option("--workers", "How many processes serve the port; more than one need a store on PostgreSQL.", default=1)
@click.option("--sockets", default="", hidden=True)
@click.option("--worker", default=0, hidden=True)
def serve(*, until_stdin_ends: bool, workers: int, sockets: str, worker: int, **options: object) -> None:
    """Start the emulator; it runs until interrupted."""
    from emulator import server
    from emulator.cli import logs
    from emulator.cli.running import run

    settings = convert(options, Settings)
    logs.configure(settings.log_format, settings.log_level, worker)
    for each in links():
        log.warning("%s is the address of a service, not a setting, and is ignored", each)
    for each in unknown():
        log.warning(each)
    if workers > 1:
        from emulator.cli.workers import serve as several

        run(several(workers, settings, lambda line: click.echo(line, nl=False), until_stdin_ends=until_stdin_ends))
        return
    given = [socket.socket(fileno=int(number)) for number in sockets.split(",") if number]
    run(
        server.serve(
            settings,
            lambda urls, rate: announce(urls, rate, settings),
            until_stdin_ends=until_stdin_ends,
            sockets=given,
        )
    )


def announce(urls: Sequence[str], rate: float | str, settings: Settings) -> None:
    """Print that requests are served, and how fast time runs, for people or, if the log is for machines, as a line of
    JSON.
    """
    from emulator.store.places import shown

    about = {"scenario": settings.scenario, "rate": rate, "store": shown(settings.store) or "memory"}
    if settings.log_format == "json":
        secure = {"tls": urls[1]} if urls[1:] else {}
        click.echo(json.encode({"event": "ready", "url": urls[0]} | secure | about))
    else:
        listed = ", ".join(f"{name} {value}" for name, value in about.items())
        click.echo(f"failover-emulator is ready on {' and '.join(urls)} ({listed})")
    sys.stdout.flush()
