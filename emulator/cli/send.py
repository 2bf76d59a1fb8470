"""The command `send`: one flow or message, from the request to its end. It speaks the provider's API, as any client
does, and looks once whether time stands still.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

import click

from emulator.cli.options import connected, option, read, url_option
from emulator.errors import EmulatorError, Json

if TYPE_CHECKING:
    from emulator.client.client import Application

INTERVALS: Final = (0.2, 0.3, 0.5, 1.0)
"""Real seconds between two looks at a flow: the first ones, and then the last one for as long as it takes."""
RENEWALS: Final = 3
"""How many tokens in a row may have expired before they are used."""


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@url_option()
@option("--application", "Application id to send as.", default="demo")
@option("--secret", "The application's secret.", default="demo")
@option(
    "--endpoint",
    "Where it goes: a flow, or a single message.",
    variable="SEND_ENDPOINT",
    default="failover",
    kind=click.Choice(["failover", "sms"]),
)
@option("--channels", "Channels of the sample flow, in order.", default="Viber,Sms")
@option("--to", "Recipient of the sample.", default="+306912345678")
@option("--callback", "URL that the sample's callbacks go to.", default="")
@option(
    "--strategy",
    "When the sample's callback is called: at each change, or once at the end.",
    default="OnStep",
    kind=click.Choice(["OnStep", "OnChange", "OnCompletion"]),
)
def send(file: BinaryIO | None, url: str, application: str, secret: str, **wanted: str) -> None:
    """Send a flow or a single message, FILE or a sample, and show its progress until it ends.

    The exit status is 0 once it has ended, well or not.
    """
    from emulator.cli.tables import progress

    endpoint = wanted.pop("endpoint")
    service = SERVICES[endpoint]
    body = read(file).encode() if file else service.sample(**wanted)
    with connected(url) as client:
        sender = client.application(application, secret)
        renewing = Renewing(sender)
        created = renewing.call("POST", f"/{endpoint}", body)
        try:
            standing = sender.clock().rate == 0
        except EmulatorError:  # without the control token, this can't be told
            standing = False
        if standing:
            click.echo("Time stands still; `failover-emulator advance 24h` moves it.", err=True)

        def tracked() -> Iterator[Json]:
            for number in itertools.count():
                flow = service.flow(renewing.call("GET", f"{service.tracking}/{created['trackingId']}"))
                yield flow
                if flow["status"] in ("Succeeded", "Failed"):
                    return
                time.sleep(INTERVALS[min(number, len(INTERVALS) - 1)])

        progress(len(created.get("flow", "1")), tracked())


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


def single(channels: str, to: str, callback: str, strategy: str) -> Json:
    """A single message. It has no channels; each change is told under the name that it has there."""
    from emulator.fakes import samples

    del channels
    return samples.sms(
        to, "Your parcel is ready.", callback, "OnCompletion" if strategy == "OnCompletion" else "OnChange"
    )


def as_flow(parts: list[Json]) -> Json:
    """A tracked message, given by its parts, as a flow of one step."""
    names = [part["status"]["status"] for part in parts]
    ended = [name for name in names if name not in ("Queued", "Sent")]
    good = all(name == "Delivered" for name in names)
    return {
        "trackingId": parts[0]["messageId"],
        "status": "InProgress" if len(ended) < len(names) else "Succeeded" if good else "Failed",
        "statusCode": None,
        "terminationChannel": "Sms" if ended else None,
        "totalPrice": round(sum(part["price"] for part in parts), 4),
        "messages": [
            part
            | {"type": "Sms", "order": 1}
            | {"status": part["status"] | {"name": name, "updatedDate": part["status"]["date"]}}
            for part, name in zip(parts, names, strict=True)
        ],
    }


class Service(NamedTuple):
    """How an endpoint is used: what makes a sample, where it is tracked, and how that looks as a flow."""

    sample: Callable[..., Json]
    tracking: str
    flow: Callable[..., Json]


SERVICES: Final = {
    "failover": Service(sample, "/failover/tracking", lambda flow: flow),
    "sms": Service(single, "/sms/tracking/single", as_flow),
}
