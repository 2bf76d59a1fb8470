"""The command `send`: one flow, message or code, from the request to its end. It speaks the provider's API, as any
client does, and looks once whether time stands still, or which code was sent.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

import click

from emulator.cli.options import ENDPOINTS, connected, option, read, url_option
from emulator.errors import EmulatorError, Json
from emulator.validation.printing import printable_json

if TYPE_CHECKING:
    from emulator.client.client import Application

INTERVALS: Final = (0.2, 0.3, 0.5, 1.0)
"""Real seconds between two looks at a flow: the first ones, and then the last one for as long as it takes."""
TEXT: Final = "Your parcel is ready."
"""What a sample says."""
RENEWALS: Final = 3
"""How many tokens in a row may have expired before they are used."""


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@url_option()
@option("--application", "Application id to send as.", default="demo")
@option("--secret", "The application's secret.", default="demo")
@option(
    "--endpoint",
    "Where it goes: a flow, a one-time password, a single message, or a code.",
    variable="SEND_ENDPOINT",
    default="failover",
    kind=click.Choice(ENDPOINTS),
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
@option("--json", "Print only what became of it, as JSON.", default=False)
def send(file: BinaryIO | None, url: str, application: str, secret: str, json: bool, **wanted: str) -> None:  # noqa: FBT001  # click hands it over by name
    """Send a flow, a password, a single message or a code, FILE or a sample, and show its progress until it ends.

    The exit status is 0 once it has ended, well or not; of a code, once it was sent.
    """
    from emulator.cli.tables import progress

    endpoint = wanted.pop("endpoint")
    service = SERVICES[endpoint]
    body = read(file).encode() if file else service.sample(**wanted)
    with connected(url) as client:
        sender = client.application(application, secret)
        renewing = Renewing(sender)
        created = renewing.call("POST", service.path, body)
        if endpoint == "2step":
            click.echo(printable_json(created) if json else standing_of(created, sender))
            return
        if stands(sender):
            click.echo("Time stands still; `failover-emulator advance 24h` moves it.", err=True)
        name = created.get("trackingId") or created["flowId"]
        if name is None:
            raise EmulatorError(f"nothing was sent: {created['error']}")

        def tracked() -> Iterator[Json]:
            for number in itertools.count():
                flow = service.flow(renewing.call("GET", f"{service.tracking}/{name}"))
                yield flow
                if flow["status"] in ("Succeeded", "Failed"):
                    return
                time.sleep(INTERVALS[min(number, len(INTERVALS) - 1)])

        if json:
            *_, ended = tracked()
            click.echo(printable_json(ended))
        else:
            progress(len(created.get("flow", "1")), tracked())


def stands(sender: Application) -> bool:
    """Whether time stands still for an application. Taken to run if that can't be told."""
    try:
        return bool(sender.clock().rate == 0)
    except EmulatorError:
        return False


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


def sample(channels: str, to: str, callback: str, strategy: str, *, transactional: bool = False) -> Json:
    """A flow over these channels (names between commas), in their order. Raises click.BadParameter."""
    from emulator.channels.table import Channel
    from emulator.fakes import samples

    chosen = chosen_of(channels, tuple(Channel))
    return samples.body(chosen, to, TEXT, callback, strategy, transactional=transactional)


def password(channels: str, to: str, callback: str, strategy: str) -> Json:
    """A one-time password over these channels; each change is told. Raises click.BadParameter."""
    from emulator.fakes import samples

    del strategy
    return samples.otp(chosen_of(channels, ("Viber", "Sms")), to, f"Your code is {samples.PIN}.", callback)


def chosen_of(channels: str, known: tuple[str, ...]) -> list[str]:
    """The channels of these names between commas. Raises click.BadParameter."""
    chosen = [each.strip().capitalize() for each in channels.split(",")]
    if unknown := [each for each in chosen if each not in known]:
        message = f"unknown channel {', '.join(unknown)}; known are {', '.join(known)}"
        raise click.BadParameter(message, param_hint="--channels")
    return chosen


def standing_of(created: Json, sender: Application) -> str:
    """How a code stands that was sent, and how it is answered. Whoever needs a control token is not told the code."""
    name = created["trackingId"]
    try:
        code = sender.flow(name).code
    except EmulatorError:
        code = "CODE"
    how = f'POST /2step/{name} {{"answer": "{code}"}} confirms it'
    return f"{name} {created['status']} until {created['expiresAt']}; {how}"


def single(make: str) -> Callable[..., Json]:
    """What makes a sample of a single message, by its name. It has no channels; each change is told under the name that
    it has there.
    """

    def made(channels: str, to: str, callback: str, strategy: str) -> Json:
        from emulator.fakes import samples

        del channels
        text, told = TEXT, "OnCompletion" if strategy == "OnCompletion" else "OnChange"
        match make:
            case "viber":
                return samples.viber(to, text, callback)
            case "voice":
                return samples.call(to, text, callback, told)
            case "2step":
                return samples.code(to)
        return samples.sms(to, text, callback, told)

    return made


def as_flow(channel: str, parts: list[Json]) -> Json:
    """A tracked message on a channel, given by its parts, as a flow of one step."""
    from emulator.channels.table import CHANNELS, Channel, Kind

    kinds = [CHANNELS[Channel(channel)].statuses[part["status"]["status"]] for part in parts]
    over = Kind.PROGRESS not in kinds
    good = all(kind is Kind.SUCCESS for kind in kinds)
    return {
        "trackingId": parts[0].get("messageId") or parts[0]["trackingId"],
        "status": "InProgress" if not over else "Succeeded" if good else "Failed",
        "statusCode": None,
        "terminationChannel": channel if over else None,
        "totalPrice": round(sum(part["price"] for part in parts), 4),
        "messages": [
            part
            | {"type": channel, "order": 1}
            | {"status": part["status"] | {"name": part["status"]["status"], "updatedDate": part["status"]["date"]}}
            for part in parts
        ],
    }


def of_story(told: Json) -> Json:
    """The story of a one-time password as a flow. One whose last message goes on is not over, though its story calls it
    Succeeded, since nothing can follow.
    """
    from emulator.channels.table import CHANNELS, Channel, Kind

    messages, goes_on = [], False
    for order, step in enumerate(told["steps"], 1):
        channel = Channel(step["channel"].capitalize())
        status = CHANNELS[channel].spell(step["status"]) or step["status"]
        goes_on = CHANNELS[channel].statuses[status] is Kind.PROGRESS
        since = step.get("delivered_at") or step["created_at"]
        reason = {"detailedStatus": step.get("detailed_status", "")}
        shown = {"name": status, "updatedDate": since, "reason": reason}
        messages.append({"type": channel, "order": order, "to": step["phone_number"], "status": shown})
    return {
        "trackingId": told["flowId"],
        "status": "InProgress" if goes_on and told["status"] == "Succeeded" else told["status"],
        "statusCode": told["statusCode"],
        "totalPrice": told["total_cost"],
        "messages": messages,
    }


class Service(NamedTuple):
    """How an endpoint is used: its path, what makes a sample, where it is tracked, and how that looks as a flow."""

    path: str
    sample: Callable[..., Json]
    tracking: str = ""
    flow: Callable[..., Json] = dict


SERVICES: Final = {
    "failover": Service("/failover", sample, "/failover/tracking"),
    "transactional": Service("/failover/transactional", partial(sample, transactional=True), "/failover/tracking"),
    "otp": Service("/failover-otp/otp/send-failover", password, "/failover-otp/otp/failover", of_story),
    "sms": Service("/sms", single("sms"), "/sms/tracking/single", partial(as_flow, "Sms")),
    "viber": Service("/viber", single("viber"), "/viber/tracking", lambda found: as_flow("Viber", [found])),
    "voice": Service(
        "/voice/conversation",
        single("voice"),
        "/voice/tracking/conversation",
        lambda found: as_flow("Voice", found["content"]),
    ),
    "2step": Service("/2step", single("2step")),
}
