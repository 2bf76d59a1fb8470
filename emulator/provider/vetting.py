"""Completes a request by what is known of its application, and finds the steps that their channels would not take.

The provider does not document what a wrong template or sender comes to in a flow. Here the request is taken, since that
service knows only shapes, and the step fails; a scenario may have the request refused instead. What a service does that
sends single messages is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import UNSET, Struct
from msgspec.structs import replace

from emulator.accounts.taking import taken
from emulator.accounts.tokens import ANYBODY, Account
from emulator.flow.request import Callback, Request, SmsStep, Step, ViberStep
from emulator.planning.planner import NO_STEPS
from emulator.provider.errors import ApiError
from emulator.provider.merging import merged
from emulator.provider.service import Parts


class Vetted(Struct, frozen=True):
    """A completed request, remarks on it, and why channels do not take some of its steps, by the steps' indices."""

    request: Request
    remarks: tuple[str, ...] = ()
    rejected: Mapping[int, str] = NO_STEPS


class Vetting:
    """Completes requests by the settings, contacts and templates of their applications, and knows the senders.
    `callback` is that of requests that name none, `not_taken` makes the error for a step that its channel does not
    take, if there is one.
    """

    def __init__(
        self,
        parts: Parts,
        callback: Callable[[Account], Callback | None],
        not_taken: Callable[[Step, str], ApiError] | None,
    ) -> None:
        self._callback = callback
        self._not_taken = not_taken
        self._accounts = parts.accounts
        self._contacts = parts.contacts
        self._templates = parts.templates
        self._senders = parts.senders
        self._open = parts.senders.open
        known = (ANYBODY, *parts.accounts.values())
        self.idle = self._open and not any(each.transcode or callback(each) for each in known)
        """Whether each request without templates and places passes."""

    def passes(self, application: str, request: Request) -> bool:
        """Whether a request without templates and places is complete as it is, and all its steps are taken."""
        return self.completed(application, request) == request and not any(map(self._senders.wrong, request.flow))

    def completed(self, application: str, request: Request) -> Request:
        """A request with the settings of its application where it says nothing itself."""
        account = self._accounts.get(application, ANYBODY)
        if request.callback is UNSET and (default := self._callback(account)):
            request = replace(request, callback=default)
        return replace(request, flow=list(map(transcoded, request.flow))) if account.transcode else request

    async def vetted(self, application: str, request: Request, now: int, *, places: bool) -> Vetted:
        """An application's request, completed at `now` on its clock. `places` says whether its texts may have some for
        what is known of recipients. Raises ApiError, if the service has one for a step that its channel does not take.
        """
        request = self.completed(application, request)
        remarks: tuple[str, ...] = ()
        if places:
            request, remarks = await merged(self._contacts, application, request)
        templates = [
            step.template.template_id for step in request.flow if isinstance(step, ViberStep) and step.template
        ]
        rejected: Mapping[int, str] = NO_STEPS
        if templates or not self._open:
            found = {each: await self._templates.find(application, each, now) for each in templates}
            known = {name: each for name, each in found.items() if each}
            request, rejected = taken(request, known, self._senders, complete=self._templates.complete)
        if self._not_taken is not None:
            for index, why in rejected.items():
                raise self._not_taken(request.flow[index], why)
        return Vetted(request, remarks + told(rejected) if rejected else remarks, rejected)


def told(rejected: Mapping[int, str]) -> tuple[str, ...]:
    """What is remarked on steps that their channels do not take."""
    return tuple(f"flow[{index}] will fail: {why}" for index, why in rejected.items())


def transcoded(step: Step) -> Step:
    """A step that is transcoded, if it is an Sms that does not say whether it is."""
    if not isinstance(step, SmsStep) or step.message.transcode is not UNSET:
        return step
    return replace(step, message=replace(step.message, transcode=True))
