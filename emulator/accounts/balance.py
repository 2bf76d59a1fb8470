"""Balances: how much an application has left, and what becomes of a flow that the balance does not cover. Pure.

A flow is planned when it is accepted, so its cost is known then: its plans are run to their end, and the cost is
charged at once. A step that can't be paid for gets another plan: its message is not sent, or its call is cut off. If
somebody makes the flow go on otherwise, what was charged is settled to what it comes to then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from emulator.accounts.prices import DECIMALS, FREE, ONE_EACH, Charging, Prices, cost, exact
from emulator.channels.table import Channel
from emulator.errors import EmulatorError
from emulator.flow import machine
from emulator.flow.state import Flow, Message, Plan, PlannedReport
from emulator.flow.usage import UNSENT
from emulator.store.records import ApplicationState, Change, Settled

UNPAID: Final = {Channel.SMS: "Failed", Channel.VIBER: "UNSENT", Channel.VOICE: "Unsent"}
"""The status of a message that can't be paid for. The provider has Unsent for an Sms too, but not in a flow."""
UNPAID_OF_MANY: Final = "Unsent"
"""That of an Sms which is one of a campaign's."""
CUT_OFF: Final = "Terminated"
ANSWERED: Final = "InProgress"
_AFTER: Final = 1000
"""How many milliseconds after its start a step ends that can't be paid for."""
GIVEN: Final = 1000.0
"""What is on an account whose scenario has no balance, before its messages are charged: an own choice, since nothing
tells how much a customer has.
"""
_NONE: Final = -1
"""The number of no balance."""


class BalanceError(EmulatorError):
    """A request costs more than its application has left."""


def limit(balance: float | None, state: ApplicationState) -> float | None:
    """What an application can spend under a scenario with this balance. Without one, money runs out only once somebody
    has set what is left of the amount that is GIVEN; None until then.
    """
    return GIVEN if balance is None and state.top_ups else balance


def left(balance: float, spent: float) -> float:
    """How much is left of a balance, which has at most DECIMALS; never less than 0."""
    return round(max(balance - spent, 0.0), DECIMALS)


def charge(flow: Flow, prices: Charging) -> float:
    """What a flow costs, whether it is new, in progress or over: what it comes to at its end."""
    over = not flow.agenda and (flow.messages or flow.status.final)
    end = flow if over else machine.run_out(flow).flow
    return float(sum([cost(end, message, prices) for message in end.messages], FREE))


def settled(before: Flow, change: Change, prices: Prices) -> Change:
    """A change that was made of the flow `before` otherwise than it was planned, with what its application has spent
    settled to what it comes to now.
    """
    flow, priced = change.flow, charge(change.flow, prices)
    paid, spent = flow.charge, 0.0
    if paid is not None:
        amount = charge(flow, ONE_EACH) if paid.each else priced
        spent = amount - paid.amount
        flow = replace(flow, charge=replace(paid, amount=amount))
    more = priced - charge(before, prices)
    if not spent and not more:
        return change
    return replace(change, flow=flow, settled=Settled(spent, _NONE if paid is None else paid.balance, more))


def pay(flow: Flow, left: float, prices: Charging, *, refuse: bool) -> tuple[Flow, float]:
    """The flow with plans that cost at most `left`, and their cost. Raises BalanceError if `refuse` is set and the
    flow's own plans cost more.
    """
    paid, price = _paid(flow, exact(left), prices)
    if refuse and paid is not flow:
        raise BalanceError(f"the request costs more than the {left:.15g} that are left")
    return paid, float(price)


def _paid(flow: Flow, left: Decimal, prices: Charging) -> tuple[Flow, Decimal]:
    """Run the flow to its end; at the first message that costs too much, change its plan and run again, until all is
    paid for. Answers the flow and its cost.
    """
    while True:
        spent = FREE
        for message in machine.run_out(flow).flow.messages:
            price = cost(flow, message, prices)
            if spent + price > left or (spent >= left and message.status not in UNSENT):
                plan = _cheaper(flow, message, left - spent, price)
                plans = (*flow.plans[: message.step], plan, *flow.plans[message.step + 1 :])
                flow = replace(flow, plans=plans)
                break
            spent += price
        else:
            return flow, spent


def _cheaper(flow: Flow, message: Message, left: Decimal, price: Decimal) -> Plan:
    """The plan for a step whose message would cost `price`, which is more than is `left`: a call is cut off after the
    seconds that are paid for; any other message, or a call without a paid second, is not sent.
    """
    channel, plan = flow.step(message).channel, flow.plans[message.step]
    answered = next((report for report in plan.reports if report.status == ANSWERED), None)
    talked = message.updated_at - (message.reached_at or message.updated_at)
    seconds = int(left * talked / price / 1000) if price else 0
    if channel is Channel.VOICE and answered is not None and seconds > 0:
        before = tuple(report for report in plan.reports if report.at <= answered.at)
        end = PlannedReport(answered.at + seconds * 1000, CUT_OFF, cause="balance")
        return Plan((*before, end), plan.rule)
    unpaid = UNPAID[channel] if flow.request.campaign is UNSET else UNPAID_OF_MANY
    return Plan((PlannedReport(_AFTER, unpaid, cause="balance"),), plan.rule)
