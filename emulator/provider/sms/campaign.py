"""A campaign: one text to many recipients. What it is answered as, and what becomes of its messages. Pure.

The names of states after the first, the members `contacts` and `recipientsPerGroup` of the analysis and the numbers of
errors about names are not documented: they are decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import UNSET, Struct, json, to_builtins
from msgspec.structs import replace

from emulator.accounts.prices import Prices, exact, unit
from emulator.channels import numbers
from emulator.channels.placeholders import merged
from emulator.channels.text import count
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.content import outgoing
from emulator.flow.request import Callback, Campaign, Request, SmsStep
from emulator.flow.state import START, Flow, Report
from emulator.provider.sms import reading
from emulator.provider.sms.analysis import analysed

NAME_TAKEN: Final = "409009002"
"""What a name has as its code that another campaign has: not documented."""
NOT_FOUND: Final = "404009001"
NO_RECIPIENTS: Final = "004"
STATUSES: Final = ("Queued", "Sent", "Failed", "Delivered", "Undelivered", "Unsent")
UNSENT: Final = "Unsent"
"""The status that is told only if a message has it."""
QUEUED: Final = "Queued"
RUNNING: Final = "Running"
ENDED: Final = "Finished"


_SHARED: Final = ("from", "flash", "callback", "ttl", "urlShortener", "restrictions", "transcode")


class Recipient(Struct, frozen=True):
    """A number, and what is known of it by label."""

    to: str
    values: Mapping[str, str]


def messages(value: Json, name: str, to: Sequence[Recipient], default: Callback | None) -> list[tuple[bytes, Request]]:
    """The body and the request of each message of a campaign of this name, which has no id yet; with the `default`
    callback if it has none.
    """
    shared = {key: value[key] for key in _SHARED if key in value}
    made = []
    for recipient in to:
        body = shared | {"to": recipient.to, "body": merged(value["body"], recipient.values)}
        request = reading.request(body)
        callback = request.callback or default or UNSET
        request = replace(request, callback=callback, campaign=Campaign("", name))
        made.append((json.encode(body), request))
    return made


def completed(flow: Flow, campaign: Campaign, starts_at: int) -> Flow:
    """A planned message with the campaign that it is of; it is held back until `starts_at`, in ms."""
    agenda = (Report(starts_at, 0, START),) if starts_at > flow.created_at else flow.agenda
    return replace(flow, request=replace(flow.request, campaign=campaign), agenda=agenda)


def details(value: Json, asked: Sequence[Request], now: int, prices: Prices) -> Json:
    """What is told of a campaign, but for its id, its state, the counts of its messages and its end; `now` in ms."""
    steps = [step for request in asked for step in request.flow if isinstance(step, SmsStep)]
    countries = {step.to: numbers.country(step.to) for step in steps}
    parts = [count(outgoing(s.message.body, None, transcode=s.message.transcode is True)) for s in steps]
    cost = sum(exact(unit(prices, s, countries[s.to])) * number for s, number in zip(steps, parts, strict=True))
    listed: Json = {key: value[key] for key in ("to", "contacts", "groups", "scheduledDate") if key in value}
    optional: Json = {key: value[key] for key in ("fallbackValues", "reminder") if key in value}
    callback = next((request.callback for request in asked), UNSET)
    if callback:
        optional["callback"] = {"url": callback.url, "strategy": callback.strategy}
    return {
        "createdAt": instants.written(now),
        "respectQuietHours": value.get("respectQuietHours", False),
        "from": value["from"],
        **listed,
        "body": value["body"],
        "smsAnalysis": analysis(value, steps),
        "flash": value.get("flash", False),
        **optional,
        "cost": float(cost),
        "totalMessages": sum(parts),
    }


def analysis(value: Json, steps: Sequence[SmsStep]) -> Json:
    """What the recipients and the text of a campaign come to; it has these messages."""
    countries = {step.to: numbers.country(step.to) for step in steps}
    return {
        "numberOfRecipients": len(steps),
        "recipientsPerCountry": dict(Counter(countries.values())),
        "recipientCountries": countries,
        "contacts": {},
        "recipientsPerGroup": dict.fromkeys(value.get("groups", ()), len(steps)),
        "totalInGroups": len(steps) if value.get("groups") else 0,
        "bodyAnalysis": to_builtins(analysed(value["body"])),
    }


def shown(campaign: Campaign, flows: Sequence[Flow]) -> Json:
    """A campaign with its messages as they stand; without flows, as it is answered when it is accepted."""
    told = dict(campaign.details or {})
    tail: Json = {key: told.pop(key) for key in ("callback", "cost", "totalMessages") if key in told}
    found = Counter(flow.messages[-1].status if flow.messages else "Queued" for flow in flows)
    statuses = {status: found[status] for status in STATUSES if status in found or status != UNSENT}
    ended = bool(flows) and all(flow.status.final for flow in flows)
    begun = found["Queued"] < len(flows)
    whole: Json = {
        "campaignName": campaign.name,
        "trackingId": campaign.tracking_id,
        "type": "Sms",
        "state": ENDED if ended else RUNNING if begun else QUEUED,
        **told,
        "statuses": statuses,
        **tail,
    }
    return whole | ({"endedAt": instants.written(max(flow.updated_at for flow in flows))} if ended else {})
