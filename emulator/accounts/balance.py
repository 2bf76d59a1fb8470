"""Money: what an application's account has left, and what becomes of a flow that it does not cover.

What a flow will cost is known when it is accepted, since its plans are: they are run to their end, and what that costs
is put aside at once. A step that cannot be paid for gets another plan: its message is not sent, or its call is cut off.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from emulator.accounts.prices import UNSENT, Prices, cost
from emulator.channels.table import Channel
from emulator.errors import EmulatorError
from emulator.flow import machine
from emulator.flow.state import Flow, Message, Plan, PlannedReport

UNPAID: Final = {Channel.SMS: "Failed", Channel.VIBER: "UNSENT", Channel.VOICE: "Unsent"}
"""What becomes of a message that is not paid. The provider has the status Unsent for an Sms too, but not in a flow."""
CUT_OFF: Final = "Terminated"
ANSWERED: Final = "InProgress"
_AFTER: Final = 1000
_EXACT: Final = 1e-9


class BalanceError(EmulatorError):
    """The balance does not cover a request."""


def left(balance: float, spent: float) -> float:
    """What is left of a balance, to four decimals; never less than nothing."""
    return round(max(balance - spent, 0.0), 4)


def pay(flow: Flow, left: float, prices: Prices, *, refuse: bool) -> tuple[Flow, float]:
    """The flow with plans that cost no more than is `left`, and what they cost. Raises BalanceError if its own plans
    cost more and `refuse`.
    """
    paid, price = _paid(flow, left, prices)
    if refuse and paid is not flow:
        raise BalanceError(f"the request costs more than the {left:g} that are left")
    return paid, price


def _paid(flow: Flow, left: float, prices: Prices) -> tuple[Flow, float]:
    """The flow with plans that cost no more than is left, and what they cost."""
    while True:
        spent = 0.0
        for message in machine.run_out(flow).flow.messages:
            price = cost(flow, message, prices)
            if spent + price > left + _EXACT or (spent >= left and message.status not in UNSENT):
                flow = _with_plan(flow, message, _cut(flow, message, left - spent, price))
                break
            spent += price
        else:
            return flow, spent


def _with_plan(flow: Flow, message: Message, plan: Plan) -> Flow:
    plans = (*flow.plans[: message.step], plan, *flow.plans[message.step + 1 :])
    return replace(flow, plans=plans)


def _cut(flow: Flow, message: Message, left: float, price: float) -> Plan:
    """The plan of a step that would cost more than is left."""
    channel, plan = flow.step(message).channel, flow.plans[message.step]
    answered = next((report for report in plan.reports if report.status == ANSWERED), None)
    talked = (message.updated_at - (message.answered_at or message.updated_at)) / 1000
    seconds = int(left / price * talked) if price else 0
    if channel is Channel.VOICE and answered is not None and seconds > 0:
        before = tuple(report for report in plan.reports if report.at <= answered.at)
        end = PlannedReport(answered.at + seconds * 1000, CUT_OFF, cause="balance")
        return Plan((*before, end), plan.rule)
    return Plan((PlannedReport(_AFTER, UNPAID[channel], cause="balance"),), plan.rule)
