"""How the JSON of flows of POST /failover is worded where the provider's documentation leaves that open. Pure.

`elements` and `shown` make the usual JSON; here it is changed for flows under other choices, after it is made.
"""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, to_builtins

from emulator.choices.table import TAKEN
from emulator.errors import Json
from emulator.flow.request import Request, ViberStep
from emulator.flow.state import Flow
from emulator.provider.rendering.shown import Shown

_STATUSES: Final = "failoverOnStatuses"


def worded(flow: Flow, made: Shown) -> Shown | Json:
    """What a callback or a tracking says of a flow, by the choices that it began under."""
    choices = flow.choices
    if choices is TAKEN:
        return made
    told: Json = to_builtins(made)
    told["messages"] = [_message(flow, each) for each in told["messages"]]
    if choices.originating_service == "failover":
        told["originatingService"] = told["originatingService"].lower()
    if choices.termination_channel == "at-once" and made.messages:
        told["terminationChannel"] = made.messages[-1].type
    if told["statusCode"] is None and choices.status_code_without_failure != "null":
        told["statusCode"] = ""
        if choices.status_code_without_failure == "left-out":
            del told["statusCode"]
    return told


def echoed(flow: Flow) -> Request | Json:
    """What the answer to a request says of it."""
    if flow.choices is TAKEN:
        return flow.request
    told: Json = to_builtins(flow.request)
    for step in told["flow"]:
        _spell(flow, step)
    return told


def _message(flow: Flow, told: Json) -> Json:
    """A message, or a part of one."""
    choices = flow.choices
    _spell(flow, told)
    if "templateId" in told and choices.absent_seq == "left-out":
        asked = next(step for step in flow.request.flow if step.order == told["order"] and isinstance(step, ViberStep))
        if asked.template is not UNSET and not asked.template.seq:
            told.pop("seq", None)
    other = {"body": "message"} if told["type"] == "Sms" and choices.sms_text_key == "message" else {}
    if told["type"] == "Viber" and choices.viber_body_keys == "imageURL" and "body" in told:
        told["body"] = renamed(told["body"], {"imageUrl": "imageURL", "action": "viberAction"})
    if choices.expire_on_delivery_place == "status" and "expireOnDelivery" in told:
        status = told["status"] | {name: told.pop(name) for name in ("expireOnDelivery", "expiredOnDeliveryAt")}
        told["status"] = status
    return renamed(told, other)


def _spell(flow: Flow, told: Json) -> None:
    """Spell what answers, callbacks and trackings have alike of a step."""
    choices = flow.choices
    if choices.statuses_spelling == "upper-case" and _STATUSES in told:
        told[_STATUSES] = [status.upper() for status in told[_STATUSES]]
    if choices.statuses_shape == "text" and _STATUSES in told:
        told[_STATUSES] = ",".join(told[_STATUSES])
    if choices.dial_plan_shape == "object" and told.get("dialPlans"):
        told["dialPlan"] = told.pop("dialPlans")[0]


def renamed(told: object, names: dict[str, str]) -> Json:
    """The same members in their order, some of them under other names."""
    members: Json = to_builtins(told)
    return {names.get(name, name): value for name, value in members.items()}
