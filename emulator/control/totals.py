"""What flows came to: how many reached their recipients, over which channels, in what time, at what cost, and how the
customer's receivers took it. Counts are added up flow by flow and joined block by block. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Final

from emulator.accounts.prices import ANYWHERE, FREE, Prices, cost, exact
from emulator.channels import numbers
from emulator.channels.text import count
from emulator.flow.content import sent
from emulator.flow.request import SmsStep, sequence
from emulator.flow.state import Flow, FlowStatus
from emulator.scenario.questions import text
from emulator.store.blocks import Posted, Standing

SPANS: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400)
"""Seconds up to which deliveries are counted together; what took longer is counted after the last."""
NEVER: Final = (10**18, -(10**18))
"""The times from the first to the last of no flows."""
WAITING: Final = "waiting"
FAILING: Final = "failing"
RECEIVED: Final = "received"
GIVEN_UP: Final = "given up"


def standing(post: Posted) -> str:
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


class Total:
    """The counts of some flows. `began` has the times from the first to the last at which they were created; `rescued`
    counts those that another channel than the first reached, by that channel; of each channel, `started` counts
    messages, `moved_on` those after which the next step started, `won` the flows that it reached; `statuses` counts
    messages by channel and status; `spans` has for each of SPANS, and for what took longer, the flows that were
    delivered within it; `troubled` counts flows with a callback that fails or was given up.
    """

    def __init__(self) -> None:
        self.began = NEVER
        self.flows = Counter[FlowStatus]()
        self.rescued = Counter[str]()
        self.started = Counter[str]()
        self.moved_on = Counter[str]()
        self.won = Counter[str]()
        self.statuses = Counter[tuple[str, str]]()
        self.spans = Counter[int]()
        self.troubled = 0
        self.cost = self.by_sms = FREE
        self.receivers = defaultdict[str, Receiver](Receiver)

    def add(self, given: Standing, prices: Prices) -> None:
        """Count one flow."""
        flow = given.flow
        self._span((flow.created_at, flow.created_at))
        self.flows[flow.status] += 1
        for message in flow.messages:
            channel = flow.step(message).channel
            self.started[channel] += 1
            self.statuses[channel, message.status] += 1
            self.cost += cost(flow, message, prices)
        for message in flow.messages[:-1]:
            self.moved_on[flow.step(message).channel] += 1
        if flow.messages:
            self.by_sms += by_sms(flow, prices)
        if flow.status is FlowStatus.SUCCEEDED:
            self._reached(flow)
        for post in given.posts:
            receiver, stands = self.receivers[post.origin], standing(post)
            receiver.posts[stands] += 1
            if stands == RECEIVED and post.ms is not None:
                receiver.took[post.ms] += 1
        self.troubled += any(standing(post) in {FAILING, GIVEN_UP} for post in given.posts)

    def _reached(self, flow: Flow) -> None:
        last = flow.messages[-1]
        channel = flow.step(last).channel
        self.won[channel] += 1
        if len(flow.messages) > 1:
            self.rescued[channel] += 1
        took = (last.reached_at or last.updated_at) - flow.created_at
        self.spans[bisect_left(SPANS, took / 1000)] += 1

    def join(self, other: Total) -> None:
        """Add the counts of other flows."""
        self._span(other.began)
        for name in ("flows", "rescued", "started", "moved_on", "won", "statuses", "spans"):
            getattr(self, name).update(getattr(other, name))
        self.troubled += other.troubled
        self.cost += other.cost
        self.by_sms += other.by_sms
        for origin, receiver in other.receivers.items():
            self.receivers[origin].join(receiver)

    def _span(self, other: tuple[int, int]) -> None:
        self.began = min(self.began[0], other[0]), max(self.began[1], other[1])


def by_sms(flow: Flow, prices: Prices) -> Decimal:
    """What a flow would have cost as an Sms alone, sent once and taken by the network: the text of its first Sms, or of
    its first step if it has none, in as many parts as that takes, at the price of an Sms to that recipient.
    """
    if flow.verification is not None:
        return exact(prices.two_step.sms)
    steps = [flow.request.flow[index] for index in sequence(flow.request)]
    step = next((each for each in steps if isinstance(each, SmsStep)), steps[0])
    parts = count(sent(flow, step) if isinstance(step, SmsStep) else text(step))
    return exact(prices.sms.get(numbers.country(str(step.to)), prices.sms[ANYWHERE])) * parts
