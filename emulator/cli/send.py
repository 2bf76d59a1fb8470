"""The command `send`: one flow, from the request to its end. It speaks the provider's API, as any client
does, and looks once whether time stands still.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from emulator.cli.options import connected, option, read
from emulator.errors import EmulatorError, Json

if TYPE_CHECKING:
    from emulator.client.client import Application

INTERVAL: Final = 0.2
"""Real seconds between two looks at a flow."""
RENEWALS: Final = 3
"""How many tokens in a row may have expired before they are used."""


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@option("--url", "The emulator's address.", default="http://127.0.0.1:8080")
@option("--application", "Application id to send as.", default="demo")
@option("--secret", "The application's secret.", default="demo")
@option("--channels", "Channels of the sample flow, in order.", default="Viber,Sms")
@option("--to", "Recipient of the sample flow.", default="+306912345678")
@option("--callback", "URL that the sample's callbacks go to.", default="")
@option(
    "--strategy",
    "When the sample's callback is called.",
    default="OnStep",
    kind=click.Choice(["OnStep", "OnCompletion"]),
)
def send(file: BinaryIO | None, url: str, application: str, secret: str, **wanted: str) -> None:
    """Send a flow, FILE or a sample, and show its progress until it ends.

    The exit status is 0 once it has ended, well or not.
    """
    from emulator.cli.tables import progress

    body = read(file).encode() if file else sample(**wanted)
    with connected(url) as client:
        sender = client.application(application, secret)
        renewing = Renewing(sender)
        created = renewing.call("POST", "/failover", body)
        try:
            standing = sender.clock().rate == 0
        except EmulatorError:  # without the control token, this can't be told
            standing = False
        if standing:
            click.echo("Time stands still; `failover-emulator advance 24h` moves it.", err=True)

        def tracked() -> Iterator[Json]:
            while True:
                flow = renewing.call("GET", f"/failover/tracking/{created['trackingId']}")
                yield flow
                if flow["status"] in ("Succeeded", "Failed"):
                    return
                time.sleep(INTERVAL)

        progress(created, tracked())


class Renewing:
    """Calls the provider's API for an application with one token, and gets another when that has expired: at the rate
    instant, a flow may take longer than a token lives.
    """

    def __init__(self, sender: Application) -> None:
        self._sender = sender
        self._token = sender.token()

    def call(self, method: str, path: str, body: object = None) -> Json:
        """See Application.call."""
        from emulator.client.connection import Refused

        for _ in range(RENEWALS):
            try:
                return self._sender.call(method, path, body, self._token)  # type: ignore[no-any-return]
            except Refused as refused:
                if refused.status != 401:
                    raise
            self._token = self._sender.token()
        return self._sender.call(method, path, body, self._token)  # type: ignore[no-any-return]


def sample(channels: str, to: str, callback: str, strategy: str) -> Json:
    """A flow over these channels (names between commas), in their order. Raises click.BadParameter."""
    from emulator.channels.table import Channel
    from emulator.fakes import samples

    chosen = [each.strip().capitalize() for each in channels.split(",")]
    unknown = [each for each in chosen if each not in list(Channel)]
    if unknown:
        message = f"unknown channel {', '.join(unknown)}; known are {', '.join(Channel)}"
        raise click.BadParameter(message, param_hint="--channels")
    return samples.body(chosen, to, "Your parcel is ready.", callback, strategy)
