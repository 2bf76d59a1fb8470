"""What happens to a flow on its way: steps, statuses, its end. The flow's machine writes these, unless said otherwise.

Steps are numbered from 1, in the order in which the request has them.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import Final

from msgspec import UNSET, UnsetType, field

from emulator.channels.table import CHANNELS, Channel
from emulator.journal.entry import Details, Kind

CODES: Final = MappingProxyType(
    {
        "0": "the provider's server failed",
        "1": "out of credit",
        "2": "all channels tried",
        "3": "this status doesn't trigger failover",
    }
)
"""What a failed flow's statusCode means."""

NOT_TAKEN: Final = "rejected"
"""What stands in place of a rule's name where no rule decides, since the channel does not take a step."""


class Started(Details, frozen=True, gc=False):
    """A step starts after another, or the first one after it was held back; else `Accepted` tells its start.

    `step` is its number, `channel` its channel; `rule` names the scenario's rule that decides what the channel reports.
    `held` is true if the flow was Queued until then, `delivered` if the step before was delivered, and the request has
    this one follow even so; `callback` and `lost` are as in `Status`.
    """

    kind = Kind.STARTED
    step: int
    channel: Channel
    rule: str
    callback: str | UnsetType = UNSET
    lost: bool | UnsetType = UNSET
    held: bool | UnsetType = UNSET
    delivered: bool | UnsetType = UNSET

    def text(self) -> str:
        """Which step, by which rule, why, and whether the customer is told."""
        why = "since the step before ended in one of its failoverOnStatuses"
        if self.held:
            why = "after it was queued"
        if self.delivered:
            why = "since the ttl after the delivery of the step before is over"
        return f"{self.channel} as step {self.step} ({titled(self.rule)}), {why}{announced(self.callback, self.lost)}"


class Status(Details, frozen=True, gc=False):
    """A channel reported a status that changed the step's message.

    `step` and `channel` are those of the message, `status` is in the channel's spelling. `reason` is the reported
    detailedStatus, if it is not the usual one of the status; `parts` are those of an Sms that failed, with their
    statuses, while the others were delivered. `callback` is the id of the callback that tells the
    customer, if one does; `lost` is true if the scenario has that callback lost.
    """

    kind = Kind.STATUS
    step: int
    channel: Channel
    status: str
    reason: str | UnsetType = UNSET
    callback: str | UnsetType = UNSET
    lost: bool | UnsetType = UNSET
    parts: dict[int, str] | UnsetType = UNSET

    def text(self) -> str:
        """The status, its reason, the parts that failed, and whether the customer is told."""
        reason = self.reason or _usual(self.channel, self.status)
        failed = ", ".join(f"part {part} is {status}" for part, status in (self.parts or {}).items())
        told = f"{self.channel} {self.status}{f' ({reason})' if reason else ''}{f': {failed}' if failed else ''}"
        return f"{told}{announced(self.callback, self.lost)}"


class Ignored(Details, frozen=True, gc=False):
    """A report or a cancellation that doesn't fit the flow changed nothing.

    `step`, `channel`, `status` and `reason` are those of the report, as in `Status`; a cancellation has none of them.
    `why` says why it doesn't fit.
    """

    kind = Kind.IGNORED
    step: int | UnsetType = UNSET
    channel: Channel | UnsetType = UNSET
    status: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    why: str = ""

    def text(self) -> str:
        """What was ignored, and why."""
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.channel} {self.status}{reason}, since {self.why}" if self.status else self.why


class Completed(Details, frozen=True, gc=False):
    """The flow ended by itself. Written right after the `Status` that ended it.

    `status` is Succeeded or Failed, `statusCode` the API's code of the failure, null if there is none.
    """

    kind = Kind.COMPLETED
    status: str
    status_code: str | None = field(name="statusCode")

    @property
    def why(self) -> str:
        """Why it failed; empty if it did not."""
        return CODES.get(self.status_code or "", "")

    def text(self) -> str:
        """How it ended, and why if it failed."""
        code = f", statusCode {self.status_code}" if self.status_code else ""
        return f"{self.status}{code}{self.why and f': {self.why}'}"


class Cancelled(Details, frozen=True, gc=False):
    """The flow was cancelled from outside, and so failed.

    `why` is the reason that was given for it; `status` and `statusCode` are as in `Completed`, `callback` and `lost` as
    in `Status`: nobody is told of a single message.
    """

    kind = Kind.CANCELLED
    status: str
    status_code: str | None = field(name="statusCode")
    why: str
    callback: str | UnsetType = UNSET
    lost: bool | UnsetType = UNSET

    def text(self) -> str:
        """How it ended, and the reason that was given."""
        code = f", statusCode {self.status_code}" if self.status_code else ""
        return f"{self.status}{code}: {self.why}{announced(self.callback, self.lost)}"


class Verification(Details, frozen=True, gc=False):
    """A code that the flow had sent was answered, its verification was cancelled, or its time ran out.

    `status` is where the verification stands, Pending after a wrong answer that may be followed by another; `tried`
    counts the answers, `answer` is the one that was given; `callback` and `lost` are as in `Status`.
    """

    kind = Kind.VERIFICATION
    status: str
    tried: int
    answer: str | UnsetType = UNSET
    callback: str | UnsetType = UNSET
    lost: bool | UnsetType = UNSET

    def text(self) -> str:
        """Where it stands, the answer, and whether the customer is told."""
        right = "" if self.status == "Verified" else "wrong "
        answer = f", {right}answer {self.answer} (number {self.tried})" if self.answer else ""
        return f"{self.status}{answer}{announced(self.callback, self.lost)}"


class Stranded(Details, frozen=True, gc=False):
    """The flow is parked, since deciding about it raised `error`; its timer is cleared. Written by the store."""

    kind = Kind.STRANDED
    error: str

    def text(self) -> str:
        """The error."""
        return f"the flow is parked, since deciding about it failed: {self.error}"


def titled(rule: str) -> str:
    """A rule's name after the word for what it is, which the names of nameless rules and of overrides have already; or
    that there is none.
    """
    if rule == NOT_TAKEN:
        return "not taken by its channel"
    return rule if rule.startswith(("rule ", "override ")) else f"rule {rule}"


def announced(callback: str | UnsetType, lost: bool | UnsetType) -> str:  # noqa: FBT001
    """What a text says at its end about the callback that tells the customer."""
    return ", callback lost" if lost else ", callback" if callback else ""


@cache
def _usual(channel: Channel, status: str) -> str:
    """The reason that a status has unless its channel reports another."""
    reason = CHANNELS[channel].reasons.get(status)
    if reason is None:
        return ""
    description = reason.description.removesuffix(".")
    return (
        description if reason.detailed_status.lower() == status.lower() else f"{reason.detailed_status}: {description}"
    )
