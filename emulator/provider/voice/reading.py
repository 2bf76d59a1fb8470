"""Reads the bodies of POST /voice/conversation: a valid request, or all that is wrong with it. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import UNSET, convert

from emulator.channels.table import VOICE
from emulator.errors import Json
from emulator.flow.request import Callback, DialPlan, Request, Strategy, VoiceStep, VoiceTarget
from emulator.provider.reading.leniency import Read
from emulator.provider.reading.respelling import form
from emulator.validation.strict import Invalid, Malformed
from emulator.validation.wording import noted

__all__ = ["Invalid", "Malformed", "Read", "read", "read_stored"]

ENTITY: Final = "VoiceConversation"
"""What the provider calls a request for a call in its errors: not documented."""
STRATEGY: Final = Strategy.ON_CHANGE
"""When a callback without a strategy is called: not documented."""
_SPELLINGS: Final = {"dialPlan": ("dialplan", "dialPlans")}
_NEEDED: Final = frozenset(("to", "dialPlan", "message"))


def read_stored(body: bytes) -> Request:
    """The request of a body that was accepted before."""
    return read(body).request


def read(body: bytes) -> Read:
    """The request of a body. Raises Malformed or Invalid."""
    found = form(body, "voice-conversation", "to, from and a dialPlan", _SPELLINGS, _NEEDED)
    told = dict(found.told)
    if _dials(found.value) > 1:
        noted(told, "dialPlan.verbs", "can have one DIAL")
    if told:
        raise Invalid(ENTITY, told)
    return Read(_request(found.value), found.remarks)


def _dials(value: Json) -> int:
    """How many DIAL verbs a dial plan has, whatever else is wrong with it."""
    plan = value.get("dialPlan")
    verbs = plan.get("verbs") if isinstance(plan, dict) else None
    return (
        sum(isinstance(verb, dict) and verb.get("type") == "DIAL" for verb in verbs) if isinstance(verbs, list) else 0
    )


def _request(value: Json) -> Request:
    """The request of a valid value, with its defaults filled in."""
    plan = value.get("dialPlan")
    made = VoiceStep(
        value["from"],
        convert(value["to"], VoiceTarget),
        [DialPlan(plan["verbs"])] if plan else [],
        1,
        list(VOICE.default_failover),
        value.get("machineDetection", UNSET),
        value.get("dialPlanUrl", UNSET),
        *(int(value[name]) if name in value else UNSET for name in ("hangupDelay", "maxDuration")),
    )
    found = value.get("callback")
    return Request([made], convert({"strategy": STRATEGY} | found, Callback) if found else UNSET)
