"""Reads the body of a request to whichever service sends messages, told apart by its members. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from emulator.flow.request import Request
from emulator.provider.failover import reading as flows
from emulator.provider.otp import reading as otp
from emulator.provider.otp.request import SEND
from emulator.provider.otp.request import VIBER as VIBER_OTP
from emulator.provider.reading.forgiving import parse
from emulator.provider.sms import reading as sms
from emulator.provider.twostep import reading as twostep
from emulator.provider.viber import reading as viber
from emulator.provider.voice import reading as voice
from emulator.scenario.questions import Endpoint
from emulator.validation.strict import Invalid, Malformed

__all__ = ["TRANSACTIONAL", "Asked", "Invalid", "Malformed", "read", "request_of"]

TRANSACTIONAL: Final = "/failover/transactional"
"""Where flows with templates go."""


class Asked(Struct, frozen=True):
    """A request, the kind of the service that it is for, and remarks on it in words."""

    kind: Endpoint
    request: Request
    remarks: tuple[str, ...] = ()


def read(body: bytes, path: str = "") -> Asked:
    """The request in a body without `flow`: for a code if it has a `recipient`, for a Viber message or a call if it has
    a `senderInfoTrackingId` or a dial plan, for an Sms if it has a `body`, or a `to` without a type; else of a flow,
    which brings a one-time password if a step of it says so, and is transactional if one has a template and no message,
    or if the request's `path` says so. Raises Malformed or Invalid.
    """
    value = parse(body)
    steps = value.get("flow") if isinstance(value, dict) else None
    listed = [each for each in steps if isinstance(each, dict)] if isinstance(steps, list) else []
    if path == SEND or any(each.get("type") == VIBER_OTP for each in listed):
        password = otp.read(body)
        return Asked("otp", password.request, password.remarks)
    if isinstance(value, dict) and "flow" not in value:
        if "senderInfoTrackingId" in value:
            return _viber(body)
        if not _PLANS.isdisjoint(value):
            call = voice.read(body)
            return Asked("voice", call.request, call.remarks)
        if "recipient" in value:
            return _code(body)
        if isinstance(value.get("to"), list) or not _MANY.isdisjoint(value):
            raise Malformed(OF_MANY)
        if "body" in value or ("to" in value and "type" not in value):
            return _sms(body)
    templated = any("templateId" in each and not each.get("message") for each in listed)
    kind: Endpoint = "transactional" if path == TRANSACTIONAL or templated else "failover"
    flow = flows.read(body, form=flows.FORMS[kind])
    return Asked(kind, flow.request, flow.remarks)


OF_MANY: Final = "A campaign is many messages: give one of them, as a body of POST /sms, whose to is one number"
_MANY: Final = frozenset(("campaignName", "contacts", "groups", "fallbackValues"))
"""Members that only a campaign has, as is a `to` with several numbers."""
_PLANS: Final = frozenset(("dialPlan", "dialplan", "dialPlans", "dialPlanUrl"))
"""The members of which a call has one."""


def _sms(body: bytes) -> Asked:
    try:
        single = sms.read(body)
    except sms.BadSender as error:
        raise Invalid(sms.ENTITY, {"from": str(error)}) from error
    return Asked("sms", single.request, single.remarks)


def _viber(body: bytes) -> Asked:
    try:
        read = viber.read(body)
    except viber.Refused as error:
        raise Invalid(viber.ENTITY, {"body": str(error)}) from error
    return Asked("viber", read.request, read.remarks)


def _code(body: bytes) -> Asked:
    try:
        read = twostep.read(body)
    except twostep.BadSender as error:
        raise Invalid(twostep.ENTITY, {"originator": str(error)}) from error
    except twostep.NoPin as error:
        raise Invalid(twostep.ENTITY, {"template": "must have @@pin, where the code stands"}) from error
    return Asked("2step", read.request, read.remarks)


def request_of(body: bytes) -> Request:
    """The request alone."""
    return read(body).request
