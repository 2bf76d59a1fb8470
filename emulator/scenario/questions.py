"""The facts that rules compare: of one step of a request, or of a request that has no steps. Pure.

A StepQuestion works out a fact only when a rule asks for it, since most rules only ask for the recipient.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, Protocol

from msgspec import UNSET, Struct

from emulator.channels import numbers
from emulator.channels.table import Channel
from emulator.flow.content import text
from emulator.flow.kinds import Name
from emulator.flow.request import Request, SmsStep, Step, ViberStep, VoiceStep, position
from emulator.scenario.past import NOTHING, Looking, Past
from emulator.seed import Draws

Endpoint = Literal[Name, "2step-confirm", "2step-cancel", "token", "tracking", "any"]
"""Which of the provider's endpoints a request came to; `any` is the gateway before all of them."""
ANY: Final[Endpoint] = "any"
"""The gateway, where rules hold back all calls alike."""


class Question(Protocol):
    """The facts of a step. For a request without steps (a token, tracking), the step's own facts are empty, and `steps`
    and `order` are 1.
    """

    @property
    def channel(self) -> Channel | None:
        """The step's channel; None for a request without steps, for a token or for tracking."""

    @property
    def to(self) -> str:
        """The step's recipient."""

    @property
    def sender(self) -> str:
        """The `from` of an Sms or a call; empty for Viber."""

    @property
    def text(self) -> str:
        """What is sent or said."""

    @property
    def label(self) -> str:
        """The label of an Sms or a Viber message."""

    @property
    def sender_info_tracking_id(self) -> str:
        """The id of a Viber message's sender."""

    @property
    def video(self) -> str:
        """The URL of a Viber message's video."""

    @property
    def application(self) -> str:
        """The OAuth client's id."""

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint that the request came to."""

    @property
    def steps(self) -> int:
        """How many steps the flow has."""

    @property
    def order(self) -> int:
        """The step's position in the flow, from 1; steps of one `order` share it."""

    @property
    def request(self) -> int:
        """The number of this request among the application's, from 1."""

    @property
    def request_to(self) -> int:
        """The number of this request among the application's to this recipient, from 1."""

    @property
    def country(self) -> str:
        """The recipient's country as two capital letters; empty if unknown."""

    @property
    def operator(self) -> str:
        """The network of the recipient's number, as callbacks name it: a known or an invented one, never empty."""

    @property
    def time(self) -> int:
        """When the request came, in milliseconds on its application's clock."""

    @property
    def since(self) -> int:
        """How many milliseconds that is after the application's first request under its scenario; 0 unless the scenario
        asks for it.
        """

    @property
    def rate(self) -> Mapping[int, int]:
        """The number of this request among those of the present period on the clock, by the length of each period, in
        milliseconds, that the scenario asks for.
        """

    @property
    def replied(self) -> str:
        """What the recipient has last written back to the application; empty if nothing, or unless the scenario asks
        for it.
        """

    @property
    def share(self) -> float:
        """A number from 0 to below 1 that belongs to the recipient for ever: it follows from the recipient alone."""

    @property
    def share_since(self) -> tuple[float, int]:
        """The `share` and `since` together."""


class Facts(Looking, Struct, frozen=True):
    """A Question whose facts are given."""

    channel: Channel | None = None
    to: str = ""
    sender: str = ""
    text: str = ""
    label: str = ""
    sender_info_tracking_id: str = ""
    application: str = ""
    endpoint: Endpoint = "failover"
    steps: int = 1
    order: int = 1
    request: int = 1
    request_to: int = 1
    country: str = ""
    operator: str = ""
    time: int = 0
    share: float = 1.0
    video: str = ""
    past: Past = NOTHING


class StepQuestion(Looking, Struct, frozen=True, gc=False):
    """A Question about a `step` of the request that `came`; facts that are no members are worked out on demand."""

    application: str
    request: int
    channel: Channel
    to: str
    request_to: int
    came: Request
    step: Step
    endpoint: Endpoint = "failover"
    time: int = 0
    past: Past = NOTHING

    @property
    def sender(self) -> str:
        """See Question."""
        return "" if isinstance(self.step, ViberStep) else self.step.sender

    @property
    def text(self) -> str:
        """See Question."""
        return text(self.step)

    @property
    def label(self) -> str:
        """See Question."""
        match self.step:
            case SmsStep(message=message):
                return message.label or ""
            case ViberStep(label=label):
                return label or ""
            case VoiceStep():
                return ""

    @property
    def sender_info_tracking_id(self) -> str:
        """See Question."""
        return self.step.sender_info_tracking_id if isinstance(self.step, ViberStep) else ""

    @property
    def video(self) -> str:
        """See Question."""
        video = self.step.message.viber_video if isinstance(self.step, ViberStep) else UNSET
        return "" if video is UNSET else video.video_url

    @property
    def steps(self) -> int:
        """See Question."""
        return len(self.came.flow)

    @property
    def order(self) -> int:
        """See Question."""
        return position(self.step, self.came.flow)

    @property
    def country(self) -> str:
        """See Question."""
        return numbers.country(self.to)

    @property
    def operator(self) -> str:
        """See Question."""
        return numbers.network(self.to)

    @property
    def share(self) -> float:
        """See Question."""
        return _share(self.to)


@lru_cache(4096)
def _share(to: str) -> float:
    return Draws("share", to)()


def questions(  # noqa: PLR0913, PLR0917  # all facts that a request has
    application: str,
    number: int,
    request: Request,
    counts: Mapping[str, int] = MappingProxyType({}),
    endpoint: Endpoint = "failover",
    time: int = 0,
    past: Past = NOTHING,
) -> tuple[StepQuestion, ...]:
    """One question for each step of an application's request, in the order of the body. `number` is the request's among
    the application's, from 1; `counts` has its number among those to each recipient, 1 for recipients that are missing;
    `endpoint` is the service that took it, `time` when it came, `past` what went before.
    """
    made = []
    for step in request.flow:
        to = str(step.to)
        number_to = counts.get(to, 1)
        made.append(StepQuestion(application, number, step.channel, to, number_to, request, step, endpoint, time, past))
    return tuple(made)
