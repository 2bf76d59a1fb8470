"""Making a request's plans: which rule each step falls under, what its channel will report, and the facts about it.

Every step is planned when the request is accepted, so a flow in progress keeps its plan whatever happens to the
scenario. A step's draws are its own: they follow from the seed, the application, the request's number and the step.
"""

from __future__ import annotations

from msgspec import UNSET

from emulator import numbers
from emulator.draws import Draws, identifier
from emulator.machine import ttl_ms
from emulator.model import Flow, Plan, Request, SmsStep, Step, ViberStep, recipient
from emulator.names import sender_name
from emulator.prices import Prices, unit
from emulator.scenario import Question, Scenario
from emulator.sms import count, prepared


class Planner:
    """Plans the steps of requests by one scenario."""

    def __init__(self, seed: str, scenario: Scenario, prices: Prices) -> None:
        self._seed = seed
        self._scenario = scenario
        self._prices = prices

    def flow(self, application: str, ordinal: int, request: Request, now: int) -> Flow:
        """A new flow for the application's request of this number, planned but not started."""
        plans = tuple(self._plan(application, ordinal, request, index) for index in range(len(request.flow)))
        name = identifier(self._seed, "flow", application, ordinal)
        return Flow(name, application, ordinal, now, now, request, plans, self._scenario.name)

    def _plan(self, application: str, ordinal: int, request: Request, index: int) -> Plan:
        step = request.flow[index]
        number = recipient(step)
        draws = Draws(self._seed, "draws", application, ordinal, index)
        question = _question(application, ordinal, request, step)
        planned = self._scenario.plan_for(question, index, 0, ttl_ms(step) or None, draws)
        country = numbers.country(number)
        return Plan(
            id=identifier(self._seed, "message", application, ordinal, index),
            reports=planned.reports,
            rule=planned.rule,
            country=country,
            operator=numbers.operator(number) if isinstance(step, SmsStep) else "",
            sender_name=sender_name(step.sender_info_tracking_id) if isinstance(step, ViberStep) else "",
            price=unit(self._prices, step, country),
            parts=count(_sent(step)) if isinstance(step, SmsStep) else 1,
        )


def _sent(step: SmsStep) -> str:
    return prepared(step.message.body, step.message.transcode is True)


def _question(application: str, ordinal: int, request: Request, step: Step) -> Question:
    raise NotImplementedError
