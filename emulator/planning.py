"""Making a request's plans: which rule each step falls under, and what its channel will report.

Every step is planned when the request is accepted, so a flow in progress keeps its plan whatever happens to the
scenario. A step's draws are its own: they follow from the seed, the application, the request's number and the step.
"""

from __future__ import annotations

from emulator import numbers
from emulator.draws import Draws, identifier
from emulator.machine import ttl_ms
from emulator.model import Flow, Plan, Request, SmsStep, Step, ViberStep, VoiceStep, recipient
from emulator.ordinals import Ordinals
from emulator.scenario import Question, Scenario


class Planner:
    """Plans the steps of requests by one scenario."""

    def __init__(self, seed: str, scenario: Scenario, ordinals: Ordinals) -> None:
        self._seed = seed
        self._scenario = scenario
        self._ordinals = ordinals

    def flow(self, application: str, request: Request, now: int) -> Flow:
        """A new flow for the application's next request, planned but not started."""
        ordinal = self._ordinals.request(application)
        counts = self._counts(application, request)
        plans = tuple(
            self._plan(_question(application, ordinal, request, step, counts), step, index)
            for index, step in enumerate(request.flow)
        )
        name = identifier(self._seed, "flow", application, ordinal)
        return Flow(name, application, ordinal, now, now, request, plans, self._scenario.name)

    def _counts(self, application: str, request: Request) -> dict[str, int]:
        """For each recipient of a request, which of the application's requests to it this is."""
        if not self._scenario.counts_recipients:
            return {}
        recipients = dict.fromkeys(recipient(step) for step in request.flow)
        return {each: self._ordinals.to(application, each) for each in recipients}

    def _plan(self, question: Question, step: Step, index: int) -> Plan:
        draws = Draws(self._seed, "draws", question.application, question.request, index)
        planned = self._scenario.plan_for(question, index, 0, ttl_ms(step) or None, draws)
        return Plan(planned.reports, planned.rule)


def _question(application: str, ordinal: int, request: Request, step: Step, counts: dict[str, int]) -> Question:
    number = recipient(step)
    text, label = _content(step)
    return Question(
        channel=step.channel,
        to=number,
        sender="" if isinstance(step, ViberStep) else step.sender,
        text=text,
        label=label,
        sender_info_tracking_id=step.sender_info_tracking_id if isinstance(step, ViberStep) else "",
        application=application,
        steps=len(request.flow),
        order=1 + sum(other.order < step.order for other in request.flow),
        request=ordinal,
        request_to=counts.get(number, 1),
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
