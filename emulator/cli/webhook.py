"""The commands for webhooks: `listen` is a receiver to try things with, `check-webhook` tries yours."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from emulator.cli.options import DEFAULTS, ENDPOINTS, Host, option, settings_options
from emulator.errors import EmulatorError


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
def listen(host: str, port: int, status: int, delay: float, short: bool) -> None:  # noqa: FBT001  # click hands it over
    """Receive callbacks and print each as it comes."""
    from emulator.cli import listen as receiver
    from emulator.http.listener import run

    run(receiver.listen(host, port, status, delay, receiver.Printer(), short=short))


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
def check_webhook(  # noqa: PLR0913, PLR0917  # click hands the options over by name
    url: str,
    timeout: float,
    endpoint: str,
    callback_ca: str,
    callback_insecure: bool,  # noqa: FBT001  # click hands it over by name
    junit: str | None,
) -> None:
    """Fire every documented callback at your receiver, and judge its answers by the provider's rules.

    The exit status is 0 if all are good.
    """
    from rich.console import Console

    from emulator.testing.webhook_check import verdict

    verdicts = verdict.check(url, timeout, callback_ca, insecure=callback_insecure, endpoint=endpoint)
    Console().print(verdict.table(verdicts))
    if junit:
        try:
            Path(junit).write_bytes(verdict.junit(verdicts))
        except OSError as error:
            raise EmulatorError(f"--junit {junit}: {error.strerror}") from error
    good = sum(each.good for each in verdicts)
    click.echo(f"{good} of {len(verdicts)} good")
    sys.exit(0 if good == len(verdicts) else 1)
