"""The command `check-webhook`, which tries a receiver of yours."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from emulator.cli.options import ENDPOINTS, option, settings_options
from emulator.errors import EmulatorError
from emulator.validation.printing import printable_json


@click.command()
@click.argument("url")
@option(
    "--timeout",
    "Seconds that the receiver has to answer.",
    variable="WEBHOOK_TIMEOUT",
    default=2.0,
    kind=click.FloatRange(0.001),
)
@option(
    "--endpoint",
    "Whose callbacks: of flows, of one-time passwords, of single messages, or of codes.",
    variable="WEBHOOK_ENDPOINT",
    default="failover",
    kind=click.Choice(ENDPOINTS),
)
@settings_options("callback_ca", "callback_insecure")
@option("--junit", "File to write the verdicts to, as JUnit XML.", kind=click.Path(dir_okay=False))
@option("--json", "Print JSON instead of a table.", default=False)
def check_webhook(  # noqa: PLR0913, PLR0917  # click hands the options over by name
    url: str,
    timeout: float,
    endpoint: str,
    callback_ca: str,
    callback_insecure: bool,  # noqa: FBT001  # click hands it over by name
    junit: str | None,
    json: bool,  # noqa: FBT001  # as above
) -> None:
    """Fire every documented callback at your receiver, and judge its answers by the provider's rules.

    The exit status is 0 if all are good.
    """
    from rich.console import Console

    from emulator.testing.webhook_check import verdict

    verdicts = verdict.check(url, timeout, callback_ca, insecure=callback_insecure, endpoint=endpoint)
    if json:
        click.echo(printable_json(verdicts))
    else:
        Console().print(verdict.table(verdicts))
    if junit:
        try:
            Path(junit).write_bytes(verdict.junit(verdicts))
        except OSError as error:
            raise EmulatorError(f"--junit {junit}: {error.strerror}") from error
    good = sum(each.good for each in verdicts)
    if not json:
        click.echo(f"{good} of {len(verdicts)} good")
    sys.exit(0 if good == len(verdicts) else 1)
