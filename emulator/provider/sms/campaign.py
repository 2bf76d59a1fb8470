"""A campaign: one text to many recipients. What it is answered as, and what becomes of its messages. Pure.

The names of states after the first, the members `contacts` and `recipientsPerGroup` of the analysis and the numbers of
errors about names are not documented: they are decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import UNSET, Struct, json, to_builtins
from msgspec.structs import replace

from emulator.accounts.prices import FREE, Prices, cost, exact, unit
from emulator.channels import numbers
from emulator.channels.placeholders import merged, unmet
from emulator.channels.text import count
from emulator.clock import instants
from emulator.errors import Json, plural
from emulator.flow.content import outgoing
from emulator.flow.request import Callback, Campaign, Request, SmsStep
from emulator.flow.state import START, Flow, Report
from emulator.provider.reading.leniency import without_plus
from emulator.provider.rendering.elements import standing
from emulator.provider.sms import reading
from emulator.provider.sms.analysis import analysed
from emulator.provider.sms.request import doubtful, with_plus
from emulator.validation.hints import quoted

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
CALLED_OFF: Final = "Cancelled"
IDLE: Final = MappingProxyType(
    {
        "campaignCallback": "nothing is posted there, since what is posted is not documented",
        "reminder": "nobody is reminded",
        "respectQuietHours": "no hours are quiet here",
    }
)
"""The members of a campaign that are accepted and change nothing, and what does not happen."""
GROUPS: Final = ("All", "NotListed")
"""The groups that there are, each of which has every contact: the customer's own are not emulated."""


_SHARED: Final = ("from", "flash", "callback", "ttl", "urlShortener", "restrictions", "transcode")


class Recipient(Struct, frozen=True):
    """A number, and what is known of it by label."""

    to: str
    values: Mapping[str, str]


class Made(Struct, frozen=True):
    """A message of a campaign: the body that it would have by itself, its request, and remarks on it."""

    body: bytes
    request: Request
    remarks: tuple[str, ...]


def doubts(value: Json) -> dict[str, tuple[str, ...]]:
    """Remarks on recipients that lack their + and may be meant otherwise, by the number that each was read as."""
    given = {each.strip() for each in value.get("to", ())}
    return {with_plus(each): (f"to {without_plus(each)}",) for each in given if doubtful(each)}


def messages(value: Json, to: Sequence[Recipient], default: Callback | None) -> list[Made]:
    """The messages of a campaign, which has no id and no name yet; with the `default` callback if it has none."""
    shared = {key: value[key] for key in _SHARED if key in value}
    made, doubtful_to = [], doubts(value)
    for recipient in to:
        text = merged(value["body"], recipient.values)
        body = shared | {"to": recipient.to, "body": text}
        request = reading.request(body)
        callback = request.callback or default or UNSET
        request = replace(request, callback=callback, campaign=Campaign("", ""))
        stays = tuple(f"{place} stays, since {recipient.to} has no value for it" for place in unmet(text))
        made.append(Made(json.encode(body), request, doubtful_to.get(recipient.to, ()) + stays))
    return made


def remarks(value: Json, starts_at: int, now: int) -> tuple[str, ...]:
    """What a campaign asks for and does not get. It starts at `starts_at`; both in ms."""
    idle = [f"{member} is accepted, but {why}" for member, why in IDLE.items() if value.get(member)]
    past = f"scheduledDate {value.get('scheduledDate')} has passed: the messages are sent at once"
    return (*idle, *unknown_groups(value), *([past] if 0 < starts_at < now else []))


def unknown_groups(value: Json) -> list[str]:
    """The groups that a campaign names and nobody knows, in words."""
    listed = " and ".join(GROUPS)
    named = [each for each in value.get("groups", ()) if each not in GROUPS]
    return [f"the group {quoted(each)} is not known here, only {listed}" for each in named]


def summary(name: str, made: Sequence[Made], remarks: Sequence[str]) -> str:
    """What the log says of an accepted campaign: how many messages it has, and the remarks on it and on the first of
    them that has some.
    """
    remarked = [each.remarks for each in made if each.remarks]
    more = f"{plural(len(remarked) - 1, 'more message')} with such remarks" if len(remarked) > 1 else ""
    counted = plural(len(made), "message")
    told = [f"{counted} of the campaign {name}", *remarks, *(remarked[0] if remarked else ()), more]
    return "; ".join(filter(None, told))


def completed(flow: Flow, campaign: Campaign, starts_at: int) -> Flow:
    """A planned message with the campaign that it is of; it is held back until `starts_at`, in ms."""
    agenda = (Report(starts_at, 0, START),) if starts_at > flow.created_at else flow.agenda
    return replace(flow, request=replace(flow.request, campaign=campaign), agenda=agenda)


def details(value: Json, asked: Sequence[Request], in_groups: int, now: int, prices: Prices) -> Json:
    """What is told of a campaign when it is accepted, but for its id, its state and the counts of its messages.
    `in_groups` is how many contacts each group has, `now` is in ms.
    """
    steps = [step for request in asked for step in request.flow if isinstance(step, SmsStep)]
    countries = {step.to: numbers.country(step.to) for step in steps}
    of = "" if "urlShortener" in value else None  # all short links are as long
    parts = [count(outgoing(step.message.body, of, step.message.transcode is True)) for step in steps]
    price = sum(exact(unit(prices, s, countries[s.to])) * number for s, number in zip(steps, parts, strict=True))
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
        "smsAnalysis": analysis(value, steps, in_groups),
        "flash": value.get("flash", False),
        **optional,
        "cost": float(price),
        "totalMessages": sum(parts),
    }


def analysis(value: Json, steps: Sequence[SmsStep], in_groups: int) -> Json:
    """What the recipients and the text of a campaign come to, which has these messages; `in_groups` as in `details`."""
    countries = {step.to: numbers.country(step.to) for step in steps}
    groups = {group: in_groups if group in GROUPS else 0 for group in value.get("groups", ())}
    return {
        "numberOfRecipients": len(steps),
        "recipientsPerCountry": dict(Counter(countries.values())),
        "recipientCountries": countries,
        "contacts": {},
        "recipientsPerGroup": groups,
        "totalInGroups": max(groups.values(), default=0),
        "bodyAnalysis": to_builtins(analysed(value["body"])),
    }


def shown(campaign: Campaign, flows: Sequence[Flow], prices: Prices) -> Json:
    """A campaign with its messages as they stand, and what these cost; without flows, as it is answered when it is
    accepted.
    """
    told = dict(campaign.details or {})
    tail: Json = {key: told.pop(key) for key in ("callback", "cost", "totalMessages") if key in told}
    stand = [(flow, standing(flow, 0)) for flow in flows]
    found = Counter(message.status for _, message in stand)
    statuses = {status: found[status] for status in STATUSES if status in found or status != UNSENT}
    ended = bool(flows) and all(flow.status.final for flow in flows)
    off = sum(flow.status.final and not flow.messages for flow in flows)  # which have not run
    state = RUNNING if found[QUEUED] + off < len(flows) else QUEUED
    if ended:
        tail["endedAt"] = instants.written(max(flow.updated_at for flow in flows))
        state = ENDED if any(flow.messages for flow in flows) else CALLED_OFF
    if flows:
        tail["cost"] = float(sum([cost(flow, message, prices) for flow, message in stand], FREE))
    whole: Json = {"campaignName": campaign.name, "trackingId": campaign.tracking_id, "type": "Sms", "state": state}
    return whole | told | {"statuses": statuses} | tail
