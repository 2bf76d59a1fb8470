"""Reading `plan`, an outcome for each channel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from msgspec.structs import replace

from emulator.channels.table import CHANNELS, Cause, Channel, Kind, Reason
from emulator.clock.delays import Delay, Fixed
from emulator.flow.reply import Reply
from emulator.flow.state import PRESSED, Parts
from emulator.scenario.files import delays
from emulator.scenario.files.cursor import Cursor, shown, written
from emulator.scenario.files.named import NAME, is_reference, references, referred
from emulator.scenario.outcomes import (
    HAPPY,
    SILENCE,
    WAYS,
    Choice,
    Line,
    Outcome,
    Sequence,
    Share,
    Way,
)
from emulator.validation.hints import hint

REPORT: Final = ("after", "at", "status", "reason", "cause")
REPLY_MS: Final = 10_000
"""How long after a message has arrived it is answered, unless that is said: invented."""
ANSWERING: Final = ("HUMAN", "MACHINE", "human", "machine")
"""Who may answer a call."""
WORDS: Final = ("happy", "silence")
"""What may stand instead of a status."""
EXPECTED: Final = "happy or silence, or a map with Sms, Viber or Voice"


_OWN: Final = MappingProxyType(
    {Channel.SMS: ("parts", "reply"), Channel.VIBER: ("reply",), Channel.VOICE: ("keys", "answeredBy", "after")}
)
"""What a map has of a channel of its own."""
_MEANT: Final = MappingProxyType(
    {
        (Channel.SMS, "expired"): "[{ after: 1s, status: Sent }, { at: ttl, status: Undelivered, reason: Expired }]",
        (Channel.SMS, "seen"): "Delivered",
        (Channel.SMS, "completed"): "Delivered",
        (Channel.VIBER, "completed"): "DELIVERED",
        (Channel.VOICE, "delivered"): "Completed",
        (Channel.VOICE, "undelivered"): "NoAnswer",
        (Channel.VOICE, "expired"): "NoAnswer",
    }
)
"""What comes nearest, on a channel, to a status of another one."""


def plan(cursor: Cursor) -> dict[Channel, Outcome]:
    """The outcome of each channel that a map has, or a plan with this name; one word plans all channels."""
    if is_reference(cursor):
        return dict(referred(cursor))
    if isinstance(cursor.value, str):
        word = cursor.value if cursor.value in WORDS else _no_word(cursor)
        return {channel: HAPPY[channel] if word == "happy" else SILENCE for channel in Channel}
    if not isinstance(cursor.value, dict) or not cursor.value:
        cursor.expected(EXPECTED)
        return {}
    members = cursor.fields(tuple(Channel))
    return {Channel(name): outcome(member, Channel(name)) for name, member in members.items()}


def name_plans(cursor: Cursor) -> None:
    """Read the plans of a map, by their names, which later ones and all rules may use."""
    if not isinstance(cursor.value, dict) or not cursor.value:
        cursor.expected("a map of names and their plans")
        return
    for name, member in cursor.fields(tuple(map(str, cursor.value))).items():
        if not re.fullmatch(NAME, name):
            member.wrong("a plan's name has letters, digits, dashes and underscores, after a letter", on_key=True)
        cursor.plans[name] = plan(member)


def outcome(cursor: Cursor, channel: Channel) -> Outcome:
    """A status, a word, a reference to a plan, a list of reports, or a map with `choose` or `sequence`, or with what a
    channel has of its own: `parts` and `reply` of an Sms, `reply` of Viber, `keys` or `answeredBy` of a call.
    """
    if meant := _misshapen(cursor.value, channel):
        cursor.wrong(meant)
        return SILENCE
    if isinstance(cursor.value, list):
        return Way(tuple(_line(each, channel) for each in cursor.items("reports; for none, write silence")))
    if isinstance(cursor.value, dict):
        return _drawn(cursor, channel)
    if cursor.value in WORDS:
        return HAPPY[channel] if cursor.value == "happy" else SILENCE
    if is_reference(cursor):
        planned: Mapping[Channel, Outcome] = referred(cursor)
        if planned and channel not in planned:
            cursor.wrong(f"the plan {cursor.value} plans nothing for {channel}")
        return planned.get(channel, SILENCE)
    status = _status(cursor, channel, (*WORDS, *references(cursor)))
    return WAYS[channel][status] if status else SILENCE


def _drawn(cursor: Cursor, channel: Channel) -> Outcome:
    """The outcome of a map."""
    if set(_OWN[channel]) & cursor.value.keys():
        return _in_call(cursor) if channel is Channel.VOICE else _arrived(cursor, channel)
    others = {name: f"in the plan of {other.value}" for other, names in _OWN.items() for name in names}
    match cursor.one_of(("choose", "sequence", *_OWN[channel]), others):
        case "choose", member:
            options, per_recipient = _chosen(member)
            return Choice(tuple(_option(each, channel) for each in options), per_recipient)
        case "sequence", member:
            return Sequence(tuple(outcome(each, channel) for each in member.items("outcomes")))
        case _:
            return SILENCE


def _chosen(cursor: Cursor) -> tuple[list[Cursor], bool]:
    """The outcomes to choose from, and whether one is drawn per recipient: a list, or a map with it under `of`."""
    if not isinstance(cursor.value, dict):
        return cursor.items("outcomes with their weights"), False
    members = cursor.fields(("per", "of"), needed=("per", "of"))
    per = "per" in members and bool(members["per"].name(("recipient",)))
    return members["of"].items("outcomes with their weights") if "of" in members else [], per


def _no_word(cursor: Cursor) -> str:
    """Notes that a word plans no channel; with the channel that has such a status, if one has."""
    word = cursor.value
    channel = next((each for each, traits in CHANNELS.items() if traits.spell(word)), None)
    near = hint(word, (*WORDS, *references(cursor))) or (f"; did you mean {{ {channel}: {word} }}?" if channel else "")
    cursor.wrong(f"must be {EXPECTED}; found {shown(word)}{near}")
    return ""


def _misshapen(value: Any, channel: Channel) -> str:
    """What is wrong with a list of statuses, or with one report in the place of a list."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        sequence = written({"sequence": value} if len(value) > 1 else {"status": value[0], "after": "1s"})
        meant = sequence if len(value) > 1 else f"{value[0]}, or [{sequence}]"
        return f"a list has reports, each a map; did you mean {meant}?"
    if isinstance(value, dict) and {"choose", "per"} <= value.keys():
        return f"did you mean {written({'choose': {'per': value['per'], 'of': value['choose']}})}?"
    own = {"choose", "sequence", *(() if isinstance(value, dict) and "status" in value else _OWN[channel])}
    if isinstance(value, dict) and value.keys() & set(REPORT) and not value.keys() & own:
        return f"must be a list of reports, even of one; did you mean {written([value])}?"
    return ""


def _arrived(cursor: Cursor, channel: Channel) -> Way:
    """The way of an Sms of which single parts fail, or of a message that is answered. `plan` is how it, or the other
    parts, come to be delivered.
    """
    members = cursor.fields((*_OWN[channel], "plan"))
    way, kinds = outcome(members["plan"], channel) if "plan" in members else HAPPY[channel], CHANNELS[channel].statuses
    if not isinstance(way, Way) or not any(kinds[line.status] is Kind.SUCCESS for line in way.lines):
        there = next(status for status, kind in kinds.items() if kind is Kind.SUCCESS)
        members["plan"].expected(f"a way to {there}: a status, happy or reports")
        return SILENCE
    answers = members.get("reply")
    several = answers is not None and isinstance(answers.value, list)
    replies = answers.items("replies") if answers is not None and several else [answers] if answers is not None else []
    return replace(
        way,
        parts=_parts(members["parts"]) if "parts" in members else (),
        replies=tuple(_reply(each, channel) for each in replies),
    )


def _reply(cursor: Cursor, channel: Channel) -> tuple[Delay, Reply]:
    """What a recipient writes back, and how long after the message has arrived."""
    own = ("url",) if channel is Channel.SMS else ("media", "filename")
    members = cursor.fields(("after", "text", *own), needed=("text", "url") if channel is Channel.SMS else ())
    if channel is Channel.VIBER and cursor.lacks("text", "media"):
        cursor.wrong("a reply needs a text, or a picture or file at the URL 'media'")
    if "filename" in members and cursor.lacks("media"):
        members["filename"].wrong("'filename' is that of a file at the URL 'media'", on_key=True)
    given: dict[str, str] = {name: members[name].text() for name in ("text", "filename") if name in members}
    given |= {name: members[name].spelled("https?://.+", _URL) for name in ("media", "url") if name in members}
    return delays.delay(members["after"]) if "after" in members else Fixed(REPLY_MS), Reply(**given)


def _in_call(cursor: Cursor) -> Way:
    """The way of a call in which keys are pressed, or that a machine answers, or somebody `after` a time. `plan` is how
    it is answered.
    """
    members = cursor.fields((*_OWN[Channel.VOICE], "plan"))
    way = outcome(members["plan"], Channel.VOICE) if "plan" in members else HAPPY[Channel.VOICE]
    if not isinstance(way, Way) or not any(line.status == "InProgress" for line in way.lines):
        members["plan"].expected("a way on which the call is answered: a status, happy or reports with InProgress")
        return SILENCE
    keys = tuple(map(_keys, members["keys"].items("texts, each the keys for one COLLECT"))) if "keys" in members else ()
    by = members["answeredBy"].name(ANSWERING) if "answeredBy" in members else ""
    after = delays.delay(members["after"]) if "after" in members else None
    return replace(way, keys=keys, machine=by.upper() == "MACHINE", answered=after)


def _keys(cursor: Cursor) -> str:
    """Keys of a telephone."""
    if not isinstance(cursor.value, str) or not re.fullmatch(PRESSED, cursor.value):
        cursor.expected('a text of the keys 0 to 9, * and #, in quotes, such as "12#"')
        return ""
    return cursor.value


def _parts(cursor: Cursor) -> Parts:
    if not isinstance(cursor.value, dict) or not cursor.value:
        cursor.expected("a map of parts and their statuses, such as { 2: Undelivered }")
        return ()
    found = []
    for key, value in cursor.value.items():
        member = cursor.member(str(key), value)
        if not re.fullmatch("[1-9][0-9]{0,2}", str(key)):
            member.wrong(f"a part is a number from 1, not {shown(key)}", on_key=True)
        else:
            found.append((int(key), member.name(_FAILURES)))
    return tuple(sorted(found))


_URL: Final = "a URL such as https://app.example/in"
_FAILURES: Final = tuple(status for status, kind in CHANNELS[Channel.SMS].statuses.items() if kind is Kind.FAILURE)


def _option(cursor: Cursor, channel: Channel) -> tuple[float, Outcome]:
    if isinstance(cursor.value, str):
        cursor.wrong(f"must be a map with weight and plan; did you mean {{ weight: 1, plan: {cursor.value} }}?")
        return 1.0, SILENCE
    members = cursor.fields(("weight", "plan"), needed=("plan",))
    weight = members["weight"].number(0, above=True) if "weight" in members else 1.0
    return weight, outcome(members["plan"], channel) if "plan" in members else SILENCE


def _line(cursor: Cursor, channel: Channel) -> Line:
    members = cursor.fields(REPORT, needed=("status",))
    status = _status(members["status"], channel) if "status" in members else ""
    reason = _reason(members["reason"], channel) if "reason" in members else Reason()
    cause = cast(Cause, members["cause"].name(("balance", "server"))) if "cause" in members else ""
    return Line(status, _time(cursor, members, channel), "at" in members, reason, cause)


def _time(cursor: Cursor, members: dict[str, Cursor], channel: Channel) -> Delay | Share:
    """The time of a line with these members: exactly one of `after` and `at`."""
    if "at" not in members:
        if "after" in members:
            return delays.delay(members["after"])
        if cursor.lacks("after", "at"):
            cursor.wrong("a report needs a time: 'after' the report before it, or 'at' counted from the step's start")
        return Fixed(0)
    if "after" in members:
        cursor.wrong("a report has either 'after' or 'at', not both")
    time = delays.delay_or_share(members["at"])
    if isinstance(time, Share) and CHANNELS[channel].ttl is None:
        members["at"].wrong(f"{channel} has no ttl; write a duration")
    return time


def _status(cursor: Cursor, channel: Channel, words: tuple[str, ...] = ()) -> str:
    """A status in the channel's spelling; empty if it has none like this. `words` are for the message only."""
    traits = CHANNELS[channel]
    status = traits.spell(cursor.value) if isinstance(cursor.value, str) else None
    if status is None:
        meant = _MEANT.get((channel, str(cursor.value).lower()), "") if words else ""
        if meant:
            cursor.wrong(f"{channel} has no status {shown(cursor.value)}; did you mean {meant}?")
        else:
            cursor.unknown(f"{channel} has no status", (*traits.statuses, *words))
    return status or ""


def _reason(cursor: Cursor, channel: Channel) -> Reason:
    if channel is Channel.VOICE:
        cursor.wrong("the reports of Voice carry no reason", on_key=True)
    if not isinstance(cursor.value, dict):
        return Reason(cursor.text("text, or a map with detailedStatus and description"))
    members = cursor.fields(("detailedStatus", "description"))
    return Reason(*(members[name].text() if name in members else "" for name in ("detailedStatus", "description")))
