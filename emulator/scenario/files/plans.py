"""Reading `plan`: an outcome per channel."""

from __future__ import annotations

from typing import Final

from emulator.channels.table import CHANNELS, Channel
from emulator.clock.delays import Delay, Fixed
from emulator.scenario.defaults import HAPPY, SILENCE, WAYS, cause
from emulator.scenario.files import delays
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.outcomes import Choice, Line, Outcome, Sequence, Share, Way

WORDS: Final = ("happy", "silence")
"""What an outcome may be called instead of a status."""


def plan(cursor: Cursor) -> dict[Channel, Outcome]:
    """An outcome for each channel of a map; or one word for all of them."""
    if isinstance(cursor.value, str):
        word = cursor.name(WORDS)
        return {channel: HAPPY[channel] if word == "happy" else SILENCE for channel in Channel}
    members = cursor.fields(tuple(Channel))
    if cursor.value == {}:
        cursor.expected("a map with Sms, Viber or Voice")
    return {Channel(name): outcome(member, Channel(name)) for name, member in members.items()}


def outcome(cursor: Cursor, channel: Channel) -> Outcome:
    """A status, a word, a list of reports, or a map with `choose` or `sequence`."""
    if isinstance(cursor.value, list):
        return Way(tuple(_line(each, channel) for each in cursor.items("reports; for none, write silence")))
    if isinstance(cursor.value, dict):
        return _composed(cursor, channel)
    if cursor.value in WORDS:
        return HAPPY[channel] if cursor.value == "happy" else SILENCE
    status = _status(cursor, channel, WORDS)
    return WAYS[channel][status] if status else SILENCE


def _composed(cursor: Cursor, channel: Channel) -> Outcome:
    named = cursor.one_of(("choose", "sequence"))
    if named is None:
        return SILENCE
    kind, member = named
    if kind == "sequence":
        return Sequence(tuple(outcome(each, channel) for each in member.items("outcomes")))
    return Choice(tuple(_option(each, channel) for each in member.items("outcomes with their weights")))


def _option(cursor: Cursor, channel: Channel) -> tuple[float, Outcome]:
    members = cursor.fields(("weight", "plan"), needed=("plan",))
    weight = members["weight"].number(0, above=True) if "weight" in members else 1.0
    return weight, outcome(members["plan"], channel) if "plan" in members else SILENCE


def _line(cursor: Cursor, channel: Channel) -> Line:
    members = cursor.fields(("after", "at", "status", "reason", "cause"), needed=("status",))
    status = _status(members["status"], channel) if "status" in members else ""
    detailed, description = _reason(members["reason"], channel) if "reason" in members else ("", "")
    named = members["cause"].name(("balance", "server")) if "cause" in members else cause(status)
    return Line(status, _time(cursor, members, channel), "at" in members, detailed, description, named)


def _time(cursor: Cursor, members: dict[str, Cursor], channel: Channel) -> Delay | Share:
    if "at" not in members:
        if "after" in members:
            return delays.delay(members["after"])
        if isinstance(cursor.value, dict):
            cursor.wrong("a report needs a time: 'after' the report before it, or 'at' counted from the step's start")
        return Fixed(0)
    if "after" in members:
        cursor.wrong("a report has either 'after' or 'at', not both")
    time = delays.delay_or_share(members["at"])
    if isinstance(time, Share) and CHANNELS[channel].ttl is None:
        members["at"].wrong(f"{channel} has no ttl; write a duration")
    return time


def _status(cursor: Cursor, channel: Channel, words: tuple[str, ...] = ()) -> str:
    traits = CHANNELS[channel]
    status = traits.spell(cursor.value) if isinstance(cursor.value, str) else None
    if status is None:
        cursor.unknown(f"{channel} has no status", (*traits.statuses, *words))
    return status or ""


def _reason(cursor: Cursor, channel: Channel) -> tuple[str, str]:
    if channel is Channel.VOICE:
        cursor.wrong("the reports of Voice carry no reason", on_key=True)
    if not isinstance(cursor.value, dict):
        return cursor.text("text, or a map with detailedStatus and description"), ""
    members = cursor.fields(("detailedStatus", "description"))
    texts = (members[name].text() if name in members else "" for name in ("detailedStatus", "description"))
    return next(texts), next(texts)
