"""Holds the steps of a request against what an account has: its templates and its senders."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET
from msgspec.structs import replace

from emulator.accounts.senders import Senders
from emulator.channels.templates import OTP, Template, TemplateError, filled
from emulator.flow.request import Request, Step, ViberMessage, ViberStep
from emulator.validation.hints import quoted


def taken(
    request: Request, templates: Mapping[str, Template], senders: Senders, *, complete: bool
) -> tuple[Request, dict[int, str]]:
    """A request with the text of each template that is known, by id; and why channels do not take some of its steps, by
    the steps' indices. `complete` says whether there are no other templates. A step that brings a one-time password
    comes with a text, in case nothing is known of its template; once it has its text, its template is left out.
    """
    otp = request.code is not UNSET
    steps, rejected = list[Step](), dict[int, str]()
    for index, step in enumerate(request.flow):
        made, why = step, senders.wrong(step)
        try:
            if not why:
                made = _filled(step, templates, complete=complete, otp=otp)
        except TemplateError as error:
            why = str(error)
        if why:
            rejected[index] = why
            if isinstance(step, ViberStep) and step.template:
                made = replace(step, message=ViberMessage())
        steps.append(made)
    return replace(request, flow=steps), rejected


def _filled(step: Step, templates: Mapping[str, Template], *, complete: bool, otp: bool) -> Step:
    """A step with the text of its template, if it has one that is known. A step of an `otp` has parameters for
    templates of any type, of which its own takes some. Raises TemplateError.
    """
    if not isinstance(step, ViberStep) or step.template is UNSET:
        return step
    asked = step.template
    found = templates.get(asked.template_id)
    if found is None:
        if complete:
            raise TemplateError(f"there is no template {quoted(asked.template_id)}")
        return replace(step, template=UNSET) if otp else step
    values = asked.template_params
    if otp:
        if found.category != OTP:
            raise TemplateError(f"the template {quoted(found.id)} is {found.category}; it brings no one-time password")
        values = {name: values[name] for name in found.places if name in values}
    text = filled(found, step.sender_info_tracking_id, asked.template_lang, values)
    return replace(step, message=ViberMessage(text), template=UNSET if otp else asked)
