"""The door to statistics: what became of all flows, of one application's, or of those of some time.

They are counted by `counting`, flow by flow as `totals` says.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from emulator.accounts.prices import CURRENCY, DECIMALS, Prices
from emulator.channels.table import CHANNELS, Channel
from emulator.clock.clock import EVERYBODY, Clocks
from emulator.control import bodies, known
from emulator.control.counting import Counting
from emulator.control.totals import FAILING, GIVEN_UP, RECEIVED, SPANS, WAITING, Counts, Receiver, Total
from emulator.flow.state import FlowStatus
from emulator.http import messages
from emulator.store.contract import Store

LISTED: Final = 100
"""How many receivers an answer has at most."""


class StatisticsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query of statistics: of the flows of this `application`, created from `since` to `until` (times such as
    2026-01-01T00:00Z); each is optional.
    """

    application: str | None = None
    since: str = ""
    until: str = ""


class Rescued(Struct):
    """How many flows another channel than the first reached: `flows` in all, and by that channel (`over`)."""

    flows: int
    over: dict[Channel, int]


class Cost(Struct, rename="camel"):
    """What all messages cost (`amount`), in a `currency`, at the prices of this emulator, which are its own unless
    --prices names yours. `bySms` is what the same flows would have cost as an Sms each, sent once: the text of the
    flow's first Sms, or of its first step if it has none, to the same recipient; `saved` is the difference, below 0 if
    more was spent.
    """

    amount: float
    by_sms: float
    saved: float
    currency: str


class Funnel(Struct, rename="camel"):
    """What became of the messages of a channel: how many were `tried`; by their `statuses`; how many flows it
    `reached`; after how many messages the next step started (`movedOn`).
    """

    channel: Channel
    tried: int
    statuses: dict[str, int]
    reached: int
    moved_on: int


class Delivered(Struct, rename="camel"):
    """How many flows were delivered in more seconds than the entry before says, and at most `upTo` (null: whatever),
    of emulated time from their request on.
    """

    up_to: int | None
    flows: int


class Posts(Struct, rename="camel"):
    """How many posts to the customer were `received`, are `waiting` for their first attempt, are `failing` (tried in
    vain, to be tried again) or were `givenUp`.
    """

    received: int
    waiting: int
    failing: int
    given_up: int


class ReceiverFigures(Posts, rename="camel", kw_only=True):
    """The same of one `receiver`, the beginning of its URLs. `success` is the percentage received of all that were
    tried, `p95` within how many real milliseconds 95 % of what it received was answered (0 where the clock stood
    still); null if there is none.
    """

    receiver: str
    success: float | None
    p95: int | None


class Statistics(Struct, rename="camel"):
    """How many flows were `sent`, `reached` their recipients (also as a percentage of those that have ended, null if
    none has), `failed`, or are `inProgress`; those `rescued` by failover; flows with callbacks that fail or were given
    up (`webhooksFailing`); the `cost`; each channel that was tried; the time `toDeliver`; all `callbacks`, and those of
    each receiver, the worst first, with `moreReceivers` than are listed; how many finished flows were `dropped` to
    save space, which count no more. `note` doubts an application of which nothing is known.
    """

    sent: int
    reached: int
    reached_percent: float | None
    failed: int
    in_progress: int
    rescued: Rescued
    webhooks_failing: int
    cost: Cost
    channels: list[Funnel]
    to_deliver: list[Delivered]
    callbacks: Posts
    receivers: list[ReceiverFigures]
    more_receivers: int
    dropped: int
    note: str | UnsetType = UNSET


class StatisticsDoor:
    """Shows statistics to users."""

    def __init__(self, store: Store, clocks: Clocks, prices: Prices) -> None:
        self._store = store
        self._clocks = clocks
        self._prices = prices
        self._counting = Counting(store)

    async def show(self, request: Request) -> Response:
        """Answer what became of flows: how many reached their recipients, over which channels, in what time, at what
        cost; and how the receivers of callbacks took them.
        """
        query = bodies.query(request, StatisticsQuery)
        since, until = bodies.period(query.since, query.until)
        counts = await self._counting.counts(query.application or EVERYBODY, since, until)
        note = UNSET if counts.results else await known.doubt(self._store, query.application, self._clocks.names())
        return messages.good(_shown(counts, self._prices, (await self._store.dropped()).flows, note))


def _shown(counts: Counts, prices: Prices, dropped: int, note: str | UnsetType) -> Statistics:
    total = Total(counts, prices)
    reached, failed = total.flows[FlowStatus.SUCCEEDED], total.flows[FlowStatus.FAILED]
    sent = total.flows.total()
    rescued = {channel: total.rescued[channel] for channel in Channel if total.rescued[channel]}
    whole = Receiver()
    for receiver in counts.receivers.values():
        whole.join(receiver)
    receivers = sorted(counts.receivers.items(), key=_worst)
    return Statistics(
        sent=sent,
        reached=reached,
        reached_percent=_percent(reached, reached + failed),
        failed=failed,
        in_progress=sent - reached - failed,
        rescued=Rescued(sum(rescued.values()), rescued),
        webhooks_failing=counts.troubled,
        cost=Cost(
            amount=round(float(total.cost), DECIMALS),
            by_sms=round(float(total.by_sms), DECIMALS),
            saved=round(float(total.by_sms - total.cost), DECIMALS),
            currency=CURRENCY["code"],
        ),
        channels=[_funnel(total, channel) for channel in Channel if total.started[channel]],
        to_deliver=[Delivered(upto, counts.spans[index]) for index, upto in enumerate((*SPANS, None))],
        callbacks=Posts(*_posts(whole)),
        receivers=[_figures(origin, receiver) for origin, receiver in receivers[:LISTED]],
        more_receivers=max(0, len(receivers) - LISTED),
        dropped=dropped,
        note=note,
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _funnel(total: Total, channel: Channel) -> Funnel:
    statuses = {each: total.statuses[channel, each] for each in CHANNELS[channel].statuses}
    found = {status: count for status, count in statuses.items() if count}
    return Funnel(channel, total.started[channel], found, total.won[channel], total.moved_on[channel])


def _posts(receiver: Receiver) -> tuple[int, int, int, int]:
    posts = receiver.posts
    return posts[RECEIVED], posts[WAITING], posts[FAILING], posts[GIVEN_UP]


def _worst(named: tuple[str, Receiver]) -> tuple[int, int, str]:
    origin, receiver = named
    return -receiver.posts[FAILING] - receiver.posts[GIVEN_UP], -receiver.posts.total(), origin


def _figures(origin: str, receiver: Receiver) -> ReceiverFigures:
    received, waiting, failing, given_up = _posts(receiver)
    success = _percent(received, received + failing + given_up)
    return ReceiverFigures(
        received, waiting, failing, given_up, receiver=origin, success=success, p95=receiver.within(0.95)
    )
