"""The commands that run a server: `serve` and `demo`."""

from __future__ import annotations

import logging
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
def serve(until_stdin_ends: bool, **options: object) -> None:  # noqa: FBT001  # click hands it over by name
    """Start the emulator; it runs until interrupted."""
    from emulator import server
    from emulator.cli import logs
    from emulator.http.listener import run

    settings = convert(options, Settings)
    logs.configure(settings.log_format, settings.log_level)
    for each in links():
        log.warning("%s is the address of a service, not a setting, and is ignored", each)
    for each in unknown():
        log.warning(each)
    run(server.serve(settings, lambda urls, rate: announce(urls, rate, settings), until_stdin_ends=until_stdin_ends))


@click.command()
@settings_options("port")
@option("--browser/--no-browser", "Open the page.", default=True)
def demo(port: int, browser: bool) -> None:  # noqa: FBT001  # click hands it over by name
    """Start an emulator, open its page, and play a small story on it; it runs until interrupted."""
    from emulator import server
    from emulator.cli import demo as story
    from emulator.cli import logs
    from emulator.http.listener import run

    settings = Settings(port=port)
    logs.configure(settings.log_format, settings.log_level)

    def ready(urls: Sequence[str], rate: float | str) -> None:
        announce(urls, rate, settings)
        click.echo(f"The page is {urls[0]}/_emulator/")
        story.begin(urls[0], browser=browser)

    run(server.serve(settings, ready))


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
