"""Completes a request by what is known of its application, and finds the steps that their channels would not take.

The provider does not document what a wrong template comes to. Here POST /failover/transactional takes the request,
since that service knows only shapes, and the step fails; a scenario may have the request refused instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET, Struct
from msgspec.structs import replace

from emulator.channels.templates import TemplateError, filled
from emulator.flow.request import Request, Step, ViberMessage, ViberStep
from emulator.planning.planner import NO_STEPS
from emulator.provider.merging import merged
from emulator.provider.service import Parts
from emulator.validation.hints import quoted


class Vetted(Struct, frozen=True):
    """A completed request, remarks on it, and why channels do not take some of its steps, by the steps' indices."""

    request: Request
    remarks: tuple[str, ...] = ()
    rejected: Mapping[int, str] = NO_STEPS


class Vetting:
    """Completes requests by the contacts and the templates of their applications."""

    def __init__(self, parts: Parts) -> None:
        self._contacts = parts.store
        self._templates = parts.templates

    async def vetted(self, application: str, request: Request, now: int, *, places: bool) -> Vetted:
        """An application's request, completed at `now` on its clock. `places` says whether its texts may have some for
        what is known of recipients.
        """
        remarks: tuple[str, ...] = ()
        if places:
            request, remarks = await merged(self._contacts, application, request)
        steps, rejected = list[Step](), dict[int, str]()
        for index, step in enumerate(request.flow):
            try:
                steps.append(await self._filled(application, step, now))
            except TemplateError as error:
                steps.append(step)
                rejected[index] = str(error)
        remarks += tuple(f"flow[{index}] will fail: {why}" for index, why in rejected.items())
        return Vetted(replace(request, flow=steps), remarks, rejected)

    async def _filled(self, application: str, step: Step, now: int) -> Step:
        """A step with the text of its template, if it has one that is known. Raises TemplateError."""
        if not isinstance(step, ViberStep) or step.template is UNSET:
            return step
        asked = step.template
        found = await self._templates.find(application, asked.template_id, now)
        if found is None:
            if self._templates.complete:
                raise TemplateError(f"there is no template {quoted(asked.template_id)}")
            return step
        text = filled(found, step.sender_info_tracking_id, asked.template_lang, asked.template_params)
        return replace(step, message=ViberMessage(text))
