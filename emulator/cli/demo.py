"""The command `demo`: an emulator with its page open, on which a story is played."""

from __future__ import annotations

from collections.abc import Sequence

import click
from msgspec import convert

from emulator.cli.options import option, settings_options
from emulator.cli.serve import announce
from emulator.settings import Settings


@click.command()
@settings_options("port", "scenarios", "senders")
@option("--story", "The story: shop, bank-code, clinic, or one of your own.", default="shop")
@option("--browser/--no-browser", "Open the page.", default=True)
def demo(story: str, browser: bool, **options: object) -> None:  # noqa: FBT001  # click hands it over by name
    """Start an emulator, open its page, and play a small story on it; it runs until interrupted.

    A story of your own is a file in the folder `stories` inside that of --scenarios.
    """
    from emulator import server
    from emulator.cli import logs, telling
    from emulator.cli.running import run
    from emulator.control.stories.story import find

    settings = convert(options, Settings)
    find(story, settings.scenarios)
    logs.configure(settings.log_format, settings.log_level)

    def ready(urls: Sequence[str], rate: float | str) -> None:
        announce(urls, rate, settings)
        click.echo(f"The page is {urls[0]}/_emulator/")
        telling.begin(urls[0], story, browser=browser)

    run(server.serve(settings, ready))
