"""A failover request: its steps by channel, their contents, and the callback.

The structs are both what is stored and what the API echoes: encoding one gives the provider's JSON, with absent fields
left out (``UNSET``). Times to live are in minutes, as in the API.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Protocol

from msgspec import UNSET, Struct, UnsetType, field

from emulator.channels.table import Channel, Word
from emulator.errors import Json
from emulator.flow.verification import Terms


class Strategy(Word):
    """When the customer's URL is called (`callback.strategy`): on each change of a message, or once at the end. A flow
    and a single message have different words for the former.
    """

    ON_STEP = "OnStep"
    ON_CHANGE = "OnChange"
    ON_COMPLETION = "OnCompletion"


class UrlShortener(Struct, frozen=True, gc=False, rename="camel"):
    """Shortens the links of an Sms; `url_validity` in seconds."""

    url_validity: int = 2_592_000


class SmsMessage(Struct, frozen=True, gc=False, rename="camel"):
    """The content of an Sms step."""

    body: str
    flash: bool = False
    label: str | UnsetType = UNSET
    transcode: bool | UnsetType = UNSET
    url_shortener: UrlShortener | UnsetType = UNSET


class Action(Struct, frozen=True, gc=False, rename="camel"):
    """The button of a Viber message."""

    caption: str
    target_url: str


class ViberFile(Struct, frozen=True, gc=False, rename="camel"):
    """A file sent over Viber."""

    file_name: str
    file_type: str
    file_url: str


class ViberVideo(Struct, frozen=True, gc=False, rename="camel"):
    """A video sent over Viber; `file_size` in MB, `duration` in seconds."""

    video_url: str
    video_thumbnail: str
    file_size: int | float
    duration: int | float


class ViberMessage(Struct, frozen=True, gc=False, rename="camel"):
    """The content of a Viber step: text, image, button, file or video, in the combinations that Viber has."""

    text: str | UnsetType = UNSET
    image_url: str | UnsetType = UNSET
    action: Action | UnsetType = UNSET
    viber_file: ViberFile | UnsetType = UNSET
    viber_video: ViberVideo | UnsetType = UNSET


class VoiceTarget(Struct, frozen=True, gc=False):
    """The long form of a Voice step's `to`; at least one member is set. As a text it is the number or address that is
    called: its first member that is set.
    """

    phone: str | UnsetType = UNSET
    viber: str | UnsetType = UNSET
    sip: str | UnsetType = UNSET

    def __str__(self) -> str:
        return next(value for value in (self.phone, self.viber, self.sip) if value)


class DialPlan(Struct, frozen=True, gc=False):
    """What a call does: its verbs, as they were sent. A step of a flow has only SAY and PLAY."""

    verbs: list[Json]


class SmsStep(Struct, frozen=True, gc=False, rename="camel", tag_field="type", tag="Sms"):
    """One Sms step, defaults filled in; `ttl` in minutes."""

    channel: ClassVar[Channel] = Channel.SMS
    sender: str = field(name="from")
    to: str
    ttl: int | float
    message: SmsMessage
    order: int
    failover_on_statuses: list[str]
    url_shortener: UrlShortener | UnsetType = UNSET
    restrictions: Json | UnsetType = UNSET


class ViberTemplate(Struct, frozen=True, gc=False, rename="camel"):
    """The template that a Viber step of a transactional flow sends, and its parameters; `seq` as the request has it."""

    template_id: str
    template_lang: str
    template_params: dict[str, str | int | float] = {}
    delivery_scope: str = "PRIMARY_DEVICE"
    seq: str | UnsetType = UNSET


class ViberStep(Struct, frozen=True, gc=False, rename="camel", tag_field="type", tag="Viber"):
    """One Viber step, defaults filled in; `ttl` in minutes. With `expire_on_delivery` the ttl may count anew from the
    delivery (`ttl_since_delivery`), and then the next step starts and the message stays delivered. One with a
    `template` has as its message the text that this makes; nothing, if the template is not known.
    """

    channel: ClassVar[Channel] = Channel.VIBER
    sender_info_tracking_id: str
    to: str
    ttl: int | float
    message: ViberMessage
    order: int
    failover_on_statuses: list[str]
    expire_on_delivery: bool = False
    inbound_url: str | UnsetType = UNSET
    label: str | UnsetType = UNSET
    is_session_message: bool | UnsetType = UNSET
    ttl_since_delivery: bool | UnsetType = UNSET
    template: ViberTemplate | UnsetType = UNSET


class VoiceStep(Struct, frozen=True, gc=False, rename="camel", tag_field="type", tag="Voice"):
    """One Voice step, defaults filled in; it has no ttl. A plain call may have its plan asked for at a URL, and times
    in seconds: how long it rings, and how long it lasts.
    """

    channel: ClassVar[Channel] = Channel.VOICE
    sender: str = field(name="from")
    to: str | VoiceTarget
    dial_plans: list[DialPlan]
    order: int
    failover_on_statuses: list[str]
    machine_detection: Json | UnsetType = UNSET
    dial_plan_url: str | UnsetType = UNSET
    hangup_delay: int | UnsetType = UNSET
    max_duration: int | UnsetType = UNSET


Step = SmsStep | ViberStep | VoiceStep


class Callback(Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """The URL that callbacks are posted to, and when; `each_part` if each part of an Sms has a callback of its own.
    Where `bare`, the start of the flow is not told, and no callback is repeated.
    """

    strategy: Strategy
    url: str
    each_part: bool = False
    bare: bool = False


class Campaign(Struct, frozen=True, gc=False, rename="camel"):
    """The campaign that a message is of: its id and its name. The first message of it has the `details` of the whole
    campaign, as its service wants to have them.
    """

    tracking_id: str
    name: str
    details: Json | UnsetType = UNSET


class Request(Struct, frozen=True, gc=False):
    """A valid failover request, its steps in the order of the body's array; or one message, maybe of a `campaign`, or
    with the code of a `verification`, whose place its text has. A service that answers steps as it got them has them
    in `asked`, and in `code` the one that the customer sends.
    """

    flow: list[Step]
    callback: Callback | UnsetType = UNSET
    restrictions: Json | UnsetType = UNSET
    campaign: Campaign | UnsetType = UNSET
    verification: Terms | UnsetType = UNSET
    asked: list[Json] | UnsetType = UNSET
    code: str | UnsetType = UNSET


class Ordered(Protocol):
    """Anything with an `order`, as a step has one."""

    @property
    def order(self) -> int:
        """Steps run by ascending `order`."""


def sequence(request: Request) -> list[int]:
    """The indices of a request's steps in the order in which they run; equal orders keep the array's order."""
    if len(request.flow) == 1:
        return [0]
    orders = [step.order for step in request.flow]
    return sorted(range(len(orders)), key=orders.__getitem__)


def position(step: Ordered, steps: Iterable[Ordered]) -> int:
    """A step's position among its flow's steps, from 1, as rules see it; steps of equal `order` share one."""
    return 1 + sum(other.order < step.order for other in steps)


def ttl_ms(step: Step) -> int:
    """A step's ttl in milliseconds; 0 for Voice, which has none."""
    return 0 if isinstance(step, VoiceStep) else round(step.ttl * 60_000)
