"""The callbacks that a customer's receiver must cope with: every shape, and what delivery makes of them. Pure.

Nothing is written by hand: requests go through the emulator's own intake, planner, machine and views. Each case is a
flow of its own, always with the same ids and times, so a second run posts the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct, json

from emulator.accounts.prices import Prices
from emulator.channels.table import CHANNELS, Channel, Kind
from emulator.clock.delays import Fixed
from emulator.errors import Json
from emulator.fakes import samples
from emulator.flow.request import Strategy
from emulator.planning.rehearsal import Rehearsal
from emulator.provider.failover import reading
from emulator.provider.failover.rendering import Rendering
from emulator.scenario.defaults import HAPPY, WAYS
from emulator.scenario.outcomes import Line, Way
from emulator.scenario.rules import Rule, Scenario

APPLICATION: Final = "5b223c27e4b04b9cdaa70001"
"""The application whose flows these are."""
SENT_AT: Final = 1_772_442_944_440
"""When each flow is created: 2026-03-02T09:15:44.44Z."""

_KINDS: Final = MappingProxyType({Kind.PROGRESS: "goes on", Kind.SUCCESS: "ended well", Kind.FAILURE: "failed"})
_SERVER_ERROR: Final = Way((Line("FAILED", Fixed(1000), cause="server"),))
_LONG: Final = "Your parcel is ready. " * 15

Ways = dict[Channel, Way]


class Case(Struct, frozen=True):
    """What a receiver must cope with: JSON bodies, posted in this order. Each must be answered 200, save the first
    `unjudged` ones.
    """

    name: str
    purpose: str
    bodies: tuple[bytes, ...]
    unjudged: int = 0


def cases() -> tuple[Case, ...]:
    """All cases, in the order in which they are posted; their names are unique."""
    return (*_statuses(), *_shapes(), *_failovers(), *_codes(), *_disorder())


def _statuses() -> Iterator[Case]:
    """The callback of each status of each channel."""
    for channel, traits in CHANNELS.items():
        for status, kind in traits.statuses.items():
            if status != traits.initial:
                name, way = f"{channel} {status}", WAYS[channel][status]
                bodies = _played(name, [_step(channel)], {channel: way})
                yield Case(name, f"The {channel} step {_KINDS[kind]}.", bodies[len(way.lines) - 1 :][:1])


def _shapes() -> Iterator[Case]:
    name = "Sms in parts"
    step = _step(Channel.SMS, message={"body": _LONG, "label": "june"})
    yield Case(name, "A long Sms has one message for each part.", _played(name, [step], dict(HAPPY))[-1:])
    name = "Viber with a button"
    content = {
        "text": "Ready",
        "imageUrl": "https://shop.test/a.png",
        "action": {"caption": "Track", "targetUrl": "https://shop.test/71"},
    }
    step = _step(Channel.VIBER, message=content)
    yield Case(name, "A Viber message with an image and a button.", _played(name, [step], dict(HAPPY)))
    name = "Viber not seen"
    step = _step(Channel.VIBER, expireOnDelivery=True)
    yield Case(name, "Delivered, not seen in time: expiredOnDeliveryAt is set.", _played(name, [step], dict(HAPPY)))


def _failovers() -> Iterator[Case]:
    steps = [_step(Channel.VIBER), _step(Channel.SMS, order=2)]
    ways = dict(HAPPY) | {Channel.VIBER: WAYS[Channel.VIBER]["UNDELIVERED"]}
    for strategy, told in ((Strategy.ON_STEP, "each change"), (Strategy.ON_COMPLETION, "the end")):
        name = f"failover {strategy}"
        yield Case(name, f"Viber fails over to Sms; {told} is told.", _played(name, steps, ways, strategy))


def _codes() -> Iterator[Case]:
    """A flow that failed with each statusCode."""
    viber, listed = WAYS[Channel.VIBER], _step(Channel.VIBER)
    yield _code("0", "A server error ended the flow.", listed, _SERVER_ERROR)
    yield _code("1", "Lack of balance ended the flow.", listed, viber["UNSENT"])
    yield _code("2", "The last step failed.", listed, viber["UNDELIVERED"])
    unlisted = _step(Channel.VIBER, failoverOnStatuses=["EXPIRED"])
    yield _code("3", "A step failed in a way that is not in failoverOnStatuses.", unlisted, viber["UNDELIVERED"])


def _code(code: str, purpose: str, step: Json, way: Way) -> Case:
    name = f"statusCode {code}"
    return Case(name, purpose, _played(name, [step], {Channel.VIBER: way}))


def _disorder() -> Iterator[Case]:
    """What comes late, twice, or in another order."""
    seen = {Channel.VIBER: WAYS[Channel.VIBER]["SEEN"]}
    late = _played("late report", [_step(Channel.VIBER)], seen)
    yield Case("late report", "SEEN comes after the flow ended; it stays Succeeded.", late)
    twice = _delivered("duplicate")[-1:] * 2
    yield Case("duplicate", "The same callback comes twice; both must be answered 200.", twice)
    reverse = _delivered("out of order")[::-1]
    yield Case("out of order", "The later callback comes first; both must be answered 200.", reverse)
    again = _delivered("retry")[-1:] * 2
    yield Case("retry", "The same callback again, after an answer that was too slow to count.", again, unjudged=1)


def _delivered(name: str) -> tuple[bytes, ...]:
    """The callbacks of an Sms that is delivered."""
    return _played(name, [_step(Channel.SMS)], dict(HAPPY))


def _played(name: str, steps: list[Json], ways: Ways, strategy: Strategy = Strategy.ON_STEP) -> tuple[bytes, ...]:
    """The bodies of all callbacks of a flow whose channels go these ways."""
    callback = {"strategy": strategy, "url": "https://shop.test/hook"}
    request = reading.failover(json.encode({"flow": steps, "callback": callback}))
    rehearsal = Rehearsal(
        Scenario(name, "", (Rule(name, plan=ways),)), seed=name, renderings={"failover": Rendering(Prices())}
    )
    return tuple(post.body for post in rehearsal.play(request, APPLICATION, SENT_AT).posts)


def _step(channel: Channel, order: int = 1, **more: Any) -> Json:
    return samples.step(channel, _TO, _TEXT, **_OWN[channel] | more, order=order)


_TO: Final = "+306912345678"
_TEXT: Final = "Parcel 71 is ready"
_OWN: Final[Mapping[Channel, Json]] = MappingProxyType(
    {
        Channel.SMS: {"ttl": 120, "message": {"body": _TEXT, "label": "june"}},
        Channel.VIBER: {"ttl": 2.5, "label": "june", "inboundUrl": "https://shop.test/inbound"},
        Channel.VOICE: {"to": {"phone": _TO}},
    }
)
"""What the steps of cases have beyond the sample's."""
