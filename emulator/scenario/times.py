"""Times that a rule can demand: times of day, weekdays and dates of a calendar; or from one moment to another. Pure.

A time is read in its zone only when a rule asks for it. Where the zone's clock is put forward or back, it counts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from msgspec import Struct

from emulator.clock import durations, instants
from emulator.scenario.amounts import SINCE

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""The days as a file names them."""


class UnknownZone(ValueError):
    """No time zone of this name is known here."""


class When(Struct, frozen=True):
    """Times of the calendar of a `zone`; what is empty does not matter. `between` are a beginning and an end as
    HH:MM, the end excluded; over midnight, the hours until the end belong to the day before. `weekdays` are among
    WEEKDAYS, `dates` pairs of a first and a last date as YYYY-MM-DD.
    """

    between: tuple[str, str] | None = None
    weekdays: tuple[str, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    zone: str = "UTC"

    def __contains__(self, ms: object) -> bool:
        """Whether a time in milliseconds is one of these."""
        assert isinstance(ms, int)
        local = self._local(ms)
        if self.between is not None:
            (begin, end), time = self.between, local.strftime("%H:%M")
            if not (begin <= time < end if begin < end else time >= begin or time < end):
                return False
            local -= timedelta(days=begin > end > time)
        weekday, day = WEEKDAYS[local.weekday()], local.date().isoformat()
        return (not self.weekdays or weekday in self.weekdays) and (
            not self.dates or any(first <= day <= last for first, last in self.dates)
        )

    def never(self) -> str:
        """Why no time is one of these; empty if one may be."""
        fit = (_days(first, last) for first, last in self.dates)
        apart = self.dates and self.weekdays and not any(days & {*self.weekdays} for days in fit)
        return f"none of these dates falls on such a weekday: {self}" if apart else ""

    def shown(self, ms: int) -> str:
        """A time as people of this zone read it, such as Mon 2026-03-02 23:15 UTC."""
        return f"{self._local(ms):%a %Y-%m-%d %H:%M} {self.zone}"

    def _local(self, ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, zone(self.zone))

    def __str__(self) -> str:
        dates = (first if first == last else f"{first}..{last}" for first, last in self.dates)
        parts = ["..".join(self.between) if self.between else "", ", ".join(self.weekdays), ", ".join(dates), self.zone]
        return " ".join(filter(None, parts))


class Span(Struct, frozen=True):
    """The times from `first` up to `last`, which is excluded, in milliseconds; None for no limit. They count `since`
    the application's first request, or else are moments.
    """

    first: int | None
    last: int | None
    since: bool

    def __contains__(self, ms: object) -> bool:
        """Whether a time is one of these."""
        assert isinstance(ms, int)
        return (self.first is None or ms >= self.first) and (self.last is None or ms < self.last)

    def within(self, other: Span) -> bool:
        """Whether each of these times is one of the other, too."""
        begins = other.first is None or (self.first is not None and self.first >= other.first)
        ends = other.last is None or (self.last is not None and self.last <= other.last)
        return self.since == other.since and begins and ends

    def apart(self, other: Span) -> bool:
        """Whether no time is one of both."""
        pairs = ((self.last, other.first), (other.last, self.first))
        over = (end is not None and begin is not None and end <= begin for end, begin in pairs)
        return self.since == other.since and any(over)

    def never(self) -> str:
        """Why no request comes at one of these times; empty if one may."""
        over = self.since and self.last is not None and self.last <= 0
        return f"no request comes before the first one: {self}" if over else ""

    def shown(self, ms: int) -> str:
        """A time as people read it."""
        return f"{durations.written(ms)} {SINCE}" if self.since else instants.written(ms)

    def __str__(self) -> str:
        written = durations.written if self.since else instants.written
        ends = ("" if end is None else written(end) for end in (self.first, self.last))
        return "..".join(ends) + (f" {SINCE}" if self.since else "")


def moment(text: str, name: str = "UTC") -> int:
    """The milliseconds of an ISO 8601 time, in the zone of this name unless it has an offset. Raises ValueError."""
    read = datetime.fromisoformat(text.strip())
    return round((read if read.tzinfo else read.replace(tzinfo=zone(name))).timestamp() * 1000)


def _days(first: str, last: str) -> set[str]:
    """The weekdays of the dates from the first to the last."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return {WEEKDAYS[(begin.weekday() + ahead) % 7] for ahead in range(min((end - begin).days + 1, 7))}


@lru_cache(32)
def zone(name: str) -> tzinfo:
    """The time zone of this name, such as Europe/Athens. Raises UnknownZone."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        raise UnknownZone(name) from error
