"""The callbacks that a customer's receiver must cope with: every shape, and what delivery makes of them. Pure.

No body is written by hand: each case is a flow of its own, which the emulator's reading, planner, machine and rendering
play. Ids and times are always the same, so a second run posts the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, json
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.callbacks import posts
from emulator.channels.senders import sender_name
from emulator.channels.table import CHANNELS, Channel, Kind
from emulator.clock.delays import Fixed
from emulator.errors import Json
from emulator.fakes import samples
from emulator.flow import machine, verifying
from emulator.flow.request import Callback, Strategy
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.provider import requests
from emulator.provider.otp.request import SEND
from emulator.provider.services import Renderings
from emulator.scenario.outcomes import HAPPY, WAYS, Line, Way
from emulator.scenario.rules import CODED, Rule, Scenario

APPLICATION: Final = "5b223c27e4b04b9cdaa70001"
"""The application whose flows these are."""
SENT_AT: Final = 1_772_442_944_440
"""When each flow is created: 2026-03-02T09:15:44.44Z."""


class Case(Struct, frozen=True):
    """What a receiver must cope with: JSON bodies, posted in this order. Each must be answered 200, except the first
    `unjudged` ones.
    """

    name: str
    purpose: str
    bodies: tuple[bytes, ...]
    unjudged: int = 0


class Script(Struct, frozen=True):
    """How a case is made: a flow of these steps, or a `single` message, whose channels go these ways; `path` says
    where it is sent, if that does not follow. `posts` are the callbacks that the receiver is sent, as their indexes
    among those of the flow; None for all of them.
    """

    name: str
    purpose: str
    steps: tuple[Json, ...]
    ways: Mapping[Channel, Way] = HAPPY
    strategy: Strategy = Strategy.ON_STEP
    posts: tuple[int, ...] | None = None
    unjudged: int = 0
    single: Json | None = None
    path: str = ""

    def case(self) -> Case:
        """Play the flow, and pick the callbacks."""
        sent = {"flow": self.steps, "callback": {"strategy": self.strategy, "url": _HOOK}}
        posts = self.played(self.single or sent).posts
        picked = posts if self.posts is None else [posts[index] for index in self.posts]
        return Case(self.name, self.purpose, tuple(post.body for post in picked), self.unjudged)

    def played(self, sent: Json) -> Rehearsed:
        """What this body comes to."""
        asked = requests.read(json.encode(sent), self.path)
        request = asked.request if asked.kind != CODED else replace(asked.request, callback=_TOLD)
        scenario = Scenario(self.name, "", (Rule(self.name, plan=dict(self.ways)),))
        rehearsal = Rehearsal(scenario, seed=self.name, renderings=_RENDERINGS)
        return rehearsal.play(request, APPLICATION, SENT_AT, asked.kind)


_RENDERINGS: Final = Renderings(lambda: (Prices(), sender_name))
_HOOK: Final = "https://shop.test/hook"
_TOLD: Final = Callback(Strategy.ON_CHANGE, _HOOK)
"""The callback of a code, which its request does not name."""
_KINDS: Final = MappingProxyType({Kind.PROGRESS: "goes on", Kind.SUCCESS: "ended well", Kind.FAILURE: "failed"})
_TO: Final = "+306912345678"
_TEXT: Final = "Parcel 71 is ready"
_SECOND: Final = 1000
_CHANNELS: Final = MappingProxyType({"sms": Channel.SMS, "viber": Channel.VIBER, "voice": Channel.VOICE})


def cases(endpoint: str = "failover") -> tuple[Case, ...]:
    """All cases of flows, or of what a call to this endpoint sends, in the order in which they are posted; their names
    are unique. The endpoints are failover, transactional, otp, sms, viber, voice and 2step.
    """
    if endpoint in _FLOWS:
        return tuple(script.case() for script in _FLOWS[endpoint]())
    return tuple(codes() if endpoint == CODED else (script.case() for script in singles(_CHANNELS[endpoint])))


def singles(channel: Channel) -> Iterator[Script]:
    """How each case of single messages on a channel is made."""
    for status, kind in CHANNELS[channel].statuses.items():
        way = WAYS[channel][status]
        last = len(way.lines)  # the one before all reports tells of the start
        yield _single(channel, f"{channel} {status}", f"The message {_KINDS[kind]}.", {channel: way}, posts=(last,))
    yield _single(channel, "OnChange", f"Each change is told, {CHANNELS[channel].initial} first.")
    if channel is not Channel.VIBER:  # which has one way only
        yield _single(channel, "OnCompletion", "The end is told.", strategy=Strategy.ON_COMPLETION)
    if channel is Channel.SMS:
        purpose = "A long Sms has a callback for each part."
        yield _single(channel, "parts", purpose, posts=(-3, -2, -1), text=_LONG["body"])
    purpose = "The same callback comes twice; both must be answered 200."
    yield _single(channel, "duplicate", purpose, posts=(-1, -1))
    yield _single(channel, "out of order", "The later callback comes first; both must be answered 200.", posts=(-1, -2))
    purpose = "The same callback again, after an answer that was too slow to count."
    yield _single(channel, "retry", purpose, posts=(-1, -1), unjudged=1)


def _single(  # noqa: PLR0913  # as a Script has them
    channel: Channel,
    name: str,
    purpose: str,
    ways: Mapping[Channel, Way] = HAPPY,
    *,
    strategy: Strategy = Strategy.ON_CHANGE,
    posts: tuple[int, ...] | None = None,
    unjudged: int = 0,
    text: str = _TEXT,
) -> Script:
    sent = {
        Channel.SMS: samples.sms(_TO, text, _HOOK, strategy) | {"label": "june"},
        Channel.VIBER: samples.viber(_TO, text, _HOOK) | {"label": "june"},
        Channel.VOICE: samples.call(_TO, text, _HOOK, strategy),
    }
    return Script(name, purpose, (), ways, strategy, posts, unjudged, sent[channel])


def codes() -> Iterator[Case]:
    """The cases of codes, which are told of at their end."""
    played = Script("2step", "", ()).played(samples.code(_TO))
    assert played.accepted is not None
    assert played.accepted.verification is not None
    flow, code = machine.accept(played.accepted).flow, played.accepted.verification.code
    wrong = [flow := verifying.answered(flow, "", SENT_AT).flow for _ in range(3)]
    ends = {
        "Verified": verifying.answered(wrong[0], code, SENT_AT + _SECOND),
        "Failed": verifying.answered(wrong[-1], "", SENT_AT + _SECOND),
        "Cancelled": verifying.cancelled(wrong[0], SENT_AT + _SECOND),
    }
    told = {name: posts.change(end, _RENDERINGS).posts[0].body for name, end in ends.items()}
    for name, body in (told | {"Expired": played.posts[-1].body}).items():
        yield Case(f"2step {name}", f"The verification is {name}.", (body,))
    verified = told["Verified"]
    yield Case("duplicate", "The same callback comes twice; both must be answered 200.", (verified, verified))
    purpose = "The same callback again, after an answer that was too slow to count."
    yield Case("retry", purpose, (verified, verified), 1)


def scripts() -> Iterator[Script]:
    """How each case is made: first the callback of each status of each channel, then all others."""
    for channel, traits in CHANNELS.items():
        for status, kind in traits.statuses.items():
            purpose, way = f"The {channel} step {_KINDS[kind]}.", WAYS[channel][status]
            last = len(way.lines)  # the one before all reports tells of the start
            yield Script(f"{channel} {status}", purpose, (_step(channel),), {channel: way}, posts=(last,))
    yield from _SHAPES
    yield from _ENDS
    yield from _DISORDER


def templated() -> Iterator[Script]:
    """The same of flows whose Viber messages are templates, without the cases that only free-form ones have."""
    kept = ("type", "to", "ttl", "order", "failoverOnStatuses")
    for script in scripts():
        if not any({"expireOnDelivery"} & step.keys() or "action" in step.get("message", {}) for step in script.steps):
            steps = tuple(
                samples.templated(_TO, **{name: each[name] for name in kept if name in each})
                if each["type"] == Channel.VIBER
                else each
                for each in script.steps
            )
            yield replace(script, steps=steps, path=requests.TRANSACTIONAL)


def passwords() -> Iterator[Script]:
    """How each case of one-time passwords is made. Nothing tells of their start, and nothing is told twice."""
    for channel in (Channel.VIBER, Channel.SMS):
        for status, way in WAYS[channel].items():
            if way.lines:
                purpose = f"The {channel} step {_KINDS[CHANNELS[channel].statuses[status]]}."
                yield _password(f"{channel} {status}", purpose, {channel: way}, channel, posts=(len(way.lines) - 1,))
    expires = {Channel.VIBER: WAYS[Channel.VIBER]["EXPIRED"]}
    yield _password("failover", "Viber expires, Sms delivers; each change is told.", HAPPY | expires)
    yield _password(
        "late report", "SEEN comes after the flow ended; it stays Succeeded.", _viber("SEEN"), Channel.VIBER
    )
    yield _password("statusCode 0", "A server error ended the flow.", _SERVER_ERROR, Channel.VIBER, posts=(-1,))
    yield _password("statusCode 1", "Lack of balance ended the flow.", _viber("UNSENT"), Channel.VIBER, posts=(-1,))
    yield _password("statusCode 2", "The last step failed.", _viber("UNDELIVERED"), Channel.VIBER, posts=(-1,))


def _password(
    name: str,
    purpose: str,
    ways: Mapping[Channel, Way],
    *channels: Channel,
    posts: tuple[int, ...] | None = None,
) -> Script:
    sent = samples.otp(channels or (Channel.VIBER, Channel.SMS), _TO, f"Your code is {samples.PIN}.", _HOOK)
    return Script(name, purpose, (), ways, posts=posts, single=sent, path=SEND)


_FLOWS: Final = MappingProxyType({"failover": scripts, "transactional": templated, "otp": passwords})
"""How the cases are made of what has several steps, by its endpoint."""

_OWN: Final[Mapping[Channel, Json]] = MappingProxyType(
    {
        Channel.SMS: {"ttl": 120, "message": {"body": _TEXT, "label": "june"}},
        Channel.VIBER: {"ttl": 2.5, "label": "june", "inboundUrl": "https://shop.test/inbound"},
        Channel.VOICE: {"to": {"phone": _TO}},
    }
)
"""What the steps of cases have beyond the sample's."""


def _step(channel: Channel, order: int = 1, **more: Any) -> Json:
    """A step over this channel, with `more` members or others."""
    return samples.step(channel, _TO, _TEXT, **_OWN[channel] | more, order=order)


_LONG: Final = {"body": "Your parcel is ready. " * 15, "label": "june"}
_BUTTON: Final = {
    "text": "Ready",
    "imageUrl": "https://shop.test/a.png",
    "action": {"caption": "Track", "targetUrl": "https://shop.test/71"},
}
_SMS, _VIBER = (_step(Channel.SMS),), (_step(Channel.VIBER),)
_BOTH: Final = (_step(Channel.VIBER), _step(Channel.SMS, order=2))
_UNLISTED: Final = (_step(Channel.VIBER, failoverOnStatuses=["EXPIRED"]),)


def _viber(status: str) -> Mapping[Channel, Way]:
    """All goes well, except that Viber comes to this status."""
    return {**HAPPY, Channel.VIBER: WAYS[Channel.VIBER][status]}


_SERVER_ERROR: Final = {Channel.VIBER: Way((Line("FAILED", Fixed(1000), cause="server"),))}

_SHAPES: Final = (
    Script(
        "Sms in parts",
        "A long Sms has one message for each part.",
        (_step(Channel.SMS, message=_LONG),),
        posts=(-1,),
    ),
    Script(
        "Viber with a button",
        "A Viber message with an image and a button.",
        (_step(Channel.VIBER, message=_BUTTON),),
        posts=(-1,),
    ),
    Script(
        "Viber not seen",
        "Delivered, not seen in time: expiredOnDeliveryAt is set.",
        (_step(Channel.VIBER, expireOnDelivery=True),),
    ),
)
_ENDS: Final = (
    Script("failover OnStep", "Viber fails over to Sms; each change is told.", _BOTH, _viber("UNDELIVERED")),
    Script(
        "failover OnCompletion",
        "Viber fails over to Sms; the end is told.",
        _BOTH,
        _viber("UNDELIVERED"),
        Strategy.ON_COMPLETION,
    ),
    Script("statusCode 0", "A server error ended the flow.", _VIBER, _SERVER_ERROR, posts=(-1,)),
    Script("statusCode 1", "Lack of balance ended the flow.", _VIBER, _viber("UNSENT"), posts=(-1,)),
    Script("statusCode 2", "The last step failed.", _VIBER, _viber("UNDELIVERED"), posts=(-1,)),
    Script(
        "statusCode 3",
        "A step failed in a way that is not in failoverOnStatuses.",
        _UNLISTED,
        _viber("UNDELIVERED"),
        posts=(-1,),
    ),
)
_DISORDER: Final = (
    Script("late report", "SEEN comes after the flow ended; it stays Succeeded.", _VIBER, _viber("SEEN")),
    Script("duplicate", "The same callback comes twice; both must be answered 200.", _SMS, posts=(-1, -1)),
    Script("out of order", "The later callback comes first; both must be answered 200.", _SMS, posts=(2, 1)),
    Script(
        "retry",
        "The same callback again, after an answer that was too slow to count.",
        _SMS,
        posts=(-1, -1),
        unjudged=1,
    ),
)
