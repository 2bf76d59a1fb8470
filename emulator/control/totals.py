"""What flows came to: how many reached their recipients, over which channels, in what time, at what cost, and how the
customer's receivers took it. Flows are counted by their results and joined block by block; only then is it looked at
what the results are. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from typing import Final

from emulator.accounts.prices import FREE, Prices, over, priced
from emulator.flow.result import Result, unpacked
from emulator.flow.state import FlowStatus
from emulator.store.blocks import Posted, Standing

SPANS: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400)
"""Seconds up to which deliveries are counted together; what took longer is counted after the last."""
NEVER: Final = (10**18, -(10**18))
"""The times from the first to the last of no flows."""
WAITING: Final = "waiting"
FAILING: Final = "failing"
RECEIVED: Final = "received"
GIVEN_UP: Final = "given up"


def stands(post: Posted) -> str:
    """How a post stands: its outcome, or FAILING if each attempt so far has failed, or WAITING."""
    return post.outcome or (FAILING if post.attempts else WAITING)


class Receiver:
    """What one receiver was posted: how many posts stand how, and how many real milliseconds the last attempts at those
    that it received took, each time with the number of posts.
    """

    def __init__(self) -> None:
        self.posts = Counter[str]()
        self.took = Counter[int]()

    def join(self, other: Receiver) -> None:
        """Add another's posts."""
        self.posts.update(other.posts)
        self.took.update(other.took)

    def within(self, part: float) -> int | None:
        """In how many milliseconds this part of its answers came; None without one."""
        left = part * self.took.total()
        for ms in sorted(self.took):
            left -= self.took[ms]
            if left <= 0:
                return ms
        return None


class Counts:
    """The counts of some flows. `began` has the times from the first to the last at which they were created; `results`
    counts them by what became of them, packed; `spans` has for each of SPANS, and for what took longer, the flows that
    were delivered within it; `troubled` counts flows with a callback that fails or was given up.
    """

    def __init__(self) -> None:
        self.began = NEVER
        self.results = Counter[bytes]()
        self.spans = Counter[int]()
        self.troubled = 0
        self.receivers = defaultdict[str, Receiver](Receiver)

    def add(self, given: Standing) -> None:
        """Count one flow."""
        self._span((given.created_at, given.created_at))
        self.results[given.result] += 1
        if given.took is not None:
            self.spans[bisect_left(SPANS, given.took / 1000)] += 1
        for post in given.posts:
            receiver, state = self.receivers[post.origin], stands(post)
            receiver.posts[state] += 1
            if state == RECEIVED and post.ms is not None:
                receiver.took[post.ms] += 1
        self.troubled += any(stands(post) in {FAILING, GIVEN_UP} for post in given.posts)

    def join(self, other: Counts) -> None:
        """Add the counts of other flows."""
        self._span(other.began)
        self.results.update(other.results)
        self.spans.update(other.spans)
        self.troubled += other.troubled
        for origin, receiver in other.receivers.items():
            self.receivers[origin].join(receiver)

    def _span(self, other: tuple[int, int]) -> None:
        self.began = min(self.began[0], other[0]), max(self.began[1], other[1])


class Total:
    """What counted flows came to. `rescued` counts those that another channel than the first reached, by that channel;
    of each channel, `started` counts messages, `moved_on` those after which the next step started, `won` the flows that
    it reached; `statuses` counts messages by channel and status.
    """

    def __init__(self, counts: Counts, prices: Prices) -> None:
        self.flows = Counter[FlowStatus]()
        self.rescued = Counter[str]()
        self.started = Counter[str]()
        self.moved_on = Counter[str]()
        self.won = Counter[str]()
        self.statuses = Counter[tuple[str, str]]()
        self.cost = self.by_sms = FREE
        for result, flows in counts.results.items():
            self._add(unpacked(result), flows, prices)

    def _add(self, result: Result, flows: int, prices: Prices) -> None:
        """Count so many flows with this result."""
        self.flows[result.status] += flows
        if not result.tried:
            return
        prices = over(prices, result.prices) if result.prices else prices
        for each in result.tried:
            self.started[each.channel] += flows
            self.statuses[each.channel, each.status] += flows
            self.cost += priced(each.used, prices) * flows
        for each in result.tried[:-1]:
            self.moved_on[each.channel] += flows
        if result.by_sms is not None:
            self.by_sms += priced(result.by_sms, prices) * flows
        if result.status is FlowStatus.SUCCEEDED:
            channel = result.tried[-1].channel
            self.won[channel] += flows
            if len(result.tried) > 1:
                self.rescued[channel] += flows
