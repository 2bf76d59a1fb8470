"""Making a request's plans: which rule each step falls under, and what its channel will report.

Every step is planned when the request is accepted, so a flow in progress keeps its plan whatever happens to the
scenario. A step's draws are its own: they follow from the seed, the application, the request's number and the step.
"""

from __future__ import annotations

from emulator import numbers
from emulator.draws import Draws, identifier
from emulator.machine import ttl_ms
from emulator.model import Flow, Plan, Request, SmsStep, Step, ViberStep, VoiceStep, recipient
from emulator.scenario import Question, Scenario


class Planner:
    """Plans the steps of requests by one scenario."""

    def __init__(self, seed: str, scenario: Scenario) -> None:
        self._seed = seed
        self._scenario = scenario

    def flow(self, application: str, ordinal: int, request: Request, now: int) -> Flow:
        """A new flow for the application's request of this number, planned but not started."""
        plans = tuple(self._plan(application, ordinal, request, index) for index in range(len(request.flow)))
        name = identifier(self._seed, "flow", application, ordinal)
        return Flow(name, application, ordinal, now, now, request, plans, self._scenario.name)

    def _plan(self, application: str, ordinal: int, request: Request, index: int) -> Plan:
        step = request.flow[index]
        draws = Draws(self._seed, "draws", application, ordinal, index)
        question = _question(application, ordinal, request, step)
        planned = self._scenario.plan_for(question, index, 0, ttl_ms(step) or None, draws)
        return Plan(planned.reports, planned.rule)


def _question(application: str, ordinal: int, request: Request, step: Step) -> Question:
    text, label = _content(step)
    return Question(
        channel=step.channel,
        to=recipient(step),
        sender="" if isinstance(step, ViberStep) else step.sender,
        text=text,
        label=label or "",
        sender_info_tracking_id=step.sender_info_tracking_id if isinstance(step, ViberStep) else "",
        application=application,
        steps=len(request.flow),
        order=1 + sum(other.order < step.order for other in request.flow),
        request=ordinal,
        country_of=numbers.country,
    )


def _content(step: Step) -> tuple[str, str]:
    """A step's text and label, as rules see them."""
    match step:
        case SmsStep():
            return step.message.body, step.message.label or ""
        case ViberStep():
            return step.message.text or "", step.label or ""
        case VoiceStep():
            verbs = [verb for plan in step.dial_plans for verb in plan.verbs]
            return " ".join(verb["message"]["text"] for verb in verbs if verb["type"] == "SAY"), ""
