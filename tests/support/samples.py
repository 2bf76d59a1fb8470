"""Values that several test modules build on: steps, requests, plans and flows with sensible defaults."""

from __future__ import annotations

from typing import cast

from msgspec import UNSET, UnsetType

from emulator.channels.table import CHANNELS, Cause, Channel
from emulator.flow.request import (
    Callback,
    DialPlan,
    Request,
    SmsMessage,
    SmsStep,
    Step,
    Strategy,
    ViberMessage,
    ViberStep,
    VoiceStep,
)
from emulator.flow.state import Flow, Plan, PlannedReport
from emulator.scenario.questions import Question

NUMBER = "+306912345678"
NOW = 1_772_442_944_440
"""2026-03-02T09:15:44.44Z."""
SECOND = 1000
MINUTE = 60_000
HOUR = 3_600_000


def sms(order: int = 1, on: list[str] | None = None, ttl: int = 120, to: str = NUMBER, body: str = "Hi") -> SmsStep:
    """An Sms step."""
    return SmsStep(
        sender="Shop", to=to, ttl=ttl, message=SmsMessage(body), order=order, failover_on_statuses=_on(Channel.SMS, on)
    )


def viber(
    order: int = 1,
    on: list[str] | None = None,
    ttl: float = 2.5,
    *,
    to: str = NUMBER,
    expire_on_delivery: bool = False,
) -> ViberStep:
    """A Viber step."""
    return ViberStep(
        sender_info_tracking_id="3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10",
        to=to,
        ttl=ttl,
        message=ViberMessage(text="Hi"),
        order=order,
        failover_on_statuses=_on(Channel.VIBER, on),
        expire_on_delivery=expire_on_delivery,
    )


def voice(order: int = 1, on: list[str] | None = None, to: str = NUMBER) -> VoiceStep:
    """A Voice step."""
    say = {"type": "SAY", "message": {"language": "el-GR", "text": "Parcel ready"}}
    return VoiceStep(
        sender="302100000000",
        to=to,
        dial_plans=[DialPlan([say])],
        order=order,
        failover_on_statuses=_on(Channel.VOICE, on),
    )


def _on(channel: Channel, on: list[str] | None) -> list[str]:
    return list(CHANNELS[channel].default_failover) if on is None else on


def callback(strategy: Strategy = Strategy.ON_STEP, url: str = "http://127.0.0.1:9/hook") -> Callback:
    """A callback's configuration."""
    return Callback(strategy, url)


def plan(*reports: tuple[int, str], cause: Cause = "") -> Plan:
    """A plan for a step: reports as (milliseconds after the step's start, status)."""
    return Plan(tuple(PlannedReport(at, status, cause=cause) for at, status in reports), "test")


class _Watched:
    """Passes on what it is asked, and notes it."""

    def __init__(self, question: Question, asked: list[str]) -> None:
        self._question = question
        self._asked = asked

    def __getattr__(self, fact: str) -> object:
        self._asked.append(fact)
        return getattr(self._question, fact)


def watched(question: Question, asked: list[str]) -> Question:
    """A question that notes the facts that it is asked for."""
    return cast(Question, _Watched(question, asked))


def flow(
    steps: list[Step],
    plans: tuple[Plan, ...] | None = None,
    callback: Callback | UnsetType = UNSET,
    name: str = "flow-1",
    application: str = "app",
    ordinal: int = 1,
) -> Flow:
    """A planned flow that has not started."""
    planned = plans if plans is not None else tuple(plan() for _ in steps)
    return Flow(name, application, ordinal, NOW, NOW, Request(steps, callback), planned, "test")
