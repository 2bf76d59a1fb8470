"""What a channel will report of one step, and the defaults: how each status of each channel is reached. Pure.

An *outcome* is a way, a choice between outcomes by weight, or a sequence of them by the number of the request. A *way*
is a list of lines, one for each report. A line's time counts from the line before it (`after` in a file) or from the
step's start (`at`); it is fixed, drawn, or a share of the step's ttl. Random numbers come in as a function that returns
uniform numbers in [0, 1) and is called only where one is needed.
"""

from __future__ import annotations

from operator import attrgetter
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from emulator.channels.table import Cause, Channel, Reason
from emulator.clock.delays import Delay, Draw, Fixed
from emulator.flow.reply import PlannedReply, Reply
from emulator.flow.state import Parts, Plan, PlannedReport

_AT: Final = attrgetter("at")


class Share(Struct, frozen=True):
    """A time as a share of the step's ttl: 1.0 is its end, and more is later."""

    of_ttl: float


class Said(Struct, frozen=True):
    """The time at which all is said in a call, which only the call itself knows."""


class Line(Struct, frozen=True):
    """One report to come. `time` counts from the step's start if `since_start`, else from the line before."""

    status: str
    time: Delay | Share | Said
    since_start: bool = False
    reason: Reason = Reason()
    cause: Cause = ""


class Way(Struct, frozen=True):
    """A list of reports; without any, the channel stays silent. `parts` of an Sms fail as the others are Delivered. In
    an answered call, these `keys` are pressed, or a `machine` has answered; it is `answered` so long after the step's
    start, and what comes before that comes by then. What has arrived gets `replies`, each so long after that.
    """

    lines: tuple[Line, ...] = ()
    parts: Parts = ()
    keys: tuple[str, ...] = ()
    machine: bool = False
    replies: tuple[tuple[Delay, Reply], ...] = ()
    answered: Delay | None = None

    @property
    def fixed(self) -> bool:
        """Whether it depends neither on draws nor on the ttl."""
        times = (*(line.time for line in self.lines), *(after for after, _ in self.replies), self.answered)
        return all(time is None or isinstance(time, Fixed | Said) for time in times)

    def plan(self, rule: str, ttl: int = 0, draw: Draw = float) -> Plan:
        """The plan of a step under the rule of this name, as `reports` has it."""
        reports = self.reports(ttl, draw)
        replies = tuple(PlannedReply(after.pick(draw), reply) for after, reply in self.replies)
        said = any(isinstance(line.time, Said) for line in self.lines)
        return Plan(reports, rule, self.parts, self.keys, self.machine, replies, said)

    def reports(self, ttl: int, draw: Draw) -> tuple[PlannedReport, ...]:
        """The reports sorted by time, in milliseconds after the step's start. `ttl` is the step's in milliseconds, 0 if
        it has none.
        """
        reports, last = list[PlannedReport](), 0
        for line in self.lines:
            if isinstance(line.time, Said):
                continue
            time = round(line.time.of_ttl * ttl) if isinstance(line.time, Share) else line.time.pick(draw)
            last = time if line.since_start else last + time
            if line.status == "InProgress" and self.answered is not None:
                last = self.answered.pick(draw)
                reports = [replace(each, at=min(each.at, last)) for each in reports]
            reason = line.reason
            reports.append(PlannedReport(last, line.status, reason.detailed_status, reason.description, line.cause))
        return tuple(sorted(reports, key=_AT))

    def way(self, _request_to: int, _draw: Draw, _own: Draw = float) -> Way:
        """Itself: a way leaves nothing to choose."""
        return self


class Choice(Struct, frozen=True):
    """Outcomes with their weights, of which one is drawn for each step; or once for each recipient, `per_recipient`,
    whose later steps get the same.
    """

    options: tuple[tuple[float, Outcome], ...]
    per_recipient: bool = False

    def way(self, request_to: int, draw: Draw, own: Draw = float) -> Way:
        """The way of the drawn outcome; `own` are the draws that belong to the recipient for ever."""
        left = (own if self.per_recipient else draw)() * sum(weight for weight, _ in self.options)
        for weight, outcome in self.options:
            left -= weight
            if left < 0:
                return outcome.way(request_to, draw, own)
        return self.options[-1][1].way(request_to, draw, own)


class Sequence(Struct, frozen=True):
    """Outcomes in the order of the requests to one recipient; the last one repeats."""

    outcomes: tuple[Outcome, ...]

    def way(self, request_to: int, draw: Draw, own: Draw = float) -> Way:
        """The way for the recipient's request of this number, from 1."""
        return self.outcomes[min(request_to, len(self.outcomes)) - 1].way(request_to, draw, own)


Outcome = Way | Choice | Sequence


def has_sequence(outcome: Outcome) -> bool:
    """Whether an outcome depends on the number of the request to its recipient."""
    if isinstance(outcome, Choice):
        return any(has_sequence(option) for _, option in outcome.options)
    return isinstance(outcome, Sequence)


# --- the defaults -----------------------------------------------------------------------------------------------


def _after(*reports: tuple[int, str]) -> Way:
    """A way of (milliseconds since the report before, status)."""
    return Way(tuple(Line(status, Fixed(ms)) for ms, status in reports))


_RINGING: Final = ((1000, "Initiated"), (2000, "Ringing"))
_TALKING: Final = (*_RINGING, (5000, "InProgress"))

SILENCE: Final = Way()
"""No report: the step ends with its ttl, a call because nobody answers."""

WAYS: Final = MappingProxyType(
    {
        Channel.SMS: MappingProxyType(
            {
                "Queued": SILENCE,
                "Sent": _after((1000, "Sent")),
                "Delivered": _after((1000, "Sent"), (2000, "Delivered")),
                "Undelivered": _after((1000, "Sent"), (3000, "Undelivered")),
                "Failed": _after((1000, "Failed")),
                "Unsent": _after((1000, "Unsent")),
            }
        ),
        Channel.VIBER: MappingProxyType(
            {
                "QUEUED": SILENCE,
                "DELIVERED": _after((2000, "DELIVERED")),
                "SEEN": _after((2000, "DELIVERED"), (10_000, "SEEN")),
                "UNDELIVERED": _after((2000, "UNDELIVERED")),
                "EXPIRED": Way((Line("EXPIRED", Share(1.0), since_start=True),)),
                "FAILED": _after((1000, "FAILED")),
                "UNSENT": _after((1000, "UNSENT")),
            }
        ),
        Channel.VOICE: MappingProxyType(
            {
                "Queued": SILENCE,
                "Initiated": _after((1000, "Initiated")),
                "Ringing": _after(*_RINGING),
                "InProgress": _after(*_TALKING),
                "Completed": Way((*_after(*_TALKING).lines, Line("Completed", Said()))),
                "Busy": _after((1000, "Initiated"), (2000, "Busy")),
                "NoAnswer": _after(*_RINGING, (25_000, "NoAnswer")),
                "Failed": _after((1000, "Initiated"), (2000, "Failed")),
                "Unknown": _after(*_RINGING, (5000, "Unknown")),
                "Unsent": _after((1000, "Unsent")),
                "Terminated": _after(*_TALKING, (10_000, "Terminated")),
            }
        ),
    }
)
"""The default way to each status of each channel, for scenarios that only name the status. The times are invented,
since the provider documents none.
"""

HAPPY: Final = MappingProxyType(
    {
        Channel.SMS: WAYS[Channel.SMS]["Delivered"],
        Channel.VIBER: WAYS[Channel.VIBER]["DELIVERED"],
        Channel.VOICE: WAYS[Channel.VOICE]["Completed"],
    }
)
"""The default way to each channel's success."""
