"""Which requests can meet a match at all, and which meet another one too. Pure.

Everything is found out from the conditions alone, and only where it is certain: a match that is not called impossible
may still be one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import Final, get_args

from emulator.channels import networks, numbers
from emulator.channels.table import Channel
from emulator.flow.kinds import KINDS
from emulator.scenario.amounts import Portion, Range, Rate
from emulator.scenario.matching import LOOKUPS, Condition, Fact, Match
from emulator.scenario.questions import ANY, Endpoint, Facts
from emulator.scenario.times import Span, When
from emulator.validation.hints import hint

EMPTY: Final = MappingProxyType(
    {
        Channel.SMS: ("senderInfoTrackingId", "video"),
        Channel.VIBER: ("from",),
        Channel.VOICE: ("label", "senderInfoTrackingId", "video"),
    }
)
"""The facts that no step of a channel has."""
SENT: Final = MappingProxyType({name: kind.channels for name, kind in KINDS.items() if {*Channel} - {*kind.channels}})
"""The channels that requests to an endpoint send by, where they can't be any."""
_STEPLESS: Final = frozenset(get_args(Endpoint)) - {*KINDS}
_THEIRS: Final = ("application", "endpoint", "request", "time", "rate")
"""What is known of a request without steps."""


def impossible(match: Match) -> str:
    """Why no request can meet a match, in words; empty if one can, as far as is known."""
    demanded = match.demanded()
    for key in dict.fromkeys(condition.key for condition in demanded):
        here = [condition for condition in demanded if condition.key == key]
        why = next((why for each in here if (why := _unheard_of(each))), "") or _contradiction(here)
        if why:
            return why
    if why := _too_far(demanded) or _stepless(demanded) or _lacking(demanded) or _misplaced(demanded):
        return why
    if denied := next((part for part in match.none_of if implies(match, part)), None):
        return f"{_said(demanded)} and not ({denied}) cannot both hold"
    options = [impossible(Match(tuple(demanded), (option,))) for option in match.any_of]
    return options[0] if options and all(options) else ""


def lacking(match: Match, channel: Channel) -> str:
    """Why no step of this channel can meet a match: it demands a fact that such a step never has; empty if not so."""
    unmet = (each for each in match.demanded() if each.key in EMPTY[channel] and not _holds(each, ""))
    return next((f"a {channel} step has no {each.key}" for each in unmet), "")


def unsent(match: Match, channels: Collection[Channel]) -> str:
    """Why no request that meets a match sends by one of these channels: its endpoints send by others. Or empty."""
    for values in _endpoints(match):
        if channels and all(each in SENT and not {*SENT[each]} & {*channels} for each in values):
            return f"a request to the endpoint {' or '.join(values)} sends no {' and no '.join(channels)}"
    return ""


def later_only(match: Match) -> bool:
    """Whether the step that runs first can't meet a match."""
    return any(condition.key == "order" and not _holds(condition, 1) for condition in match.demanded())


def stepless(match: Match) -> bool:
    """Whether only requests without steps can meet a match."""
    return any(set(values) <= _STEPLESS for values in _endpoints(match))


def answers_all(match: Match) -> bool:
    """Whether only the gateway before all calls can meet a match."""
    return any(values == [ANY] for values in _endpoints(match))


def elsewhere(match: Match, endpoint: Endpoint) -> bool:
    """Whether no request to this endpoint can meet a match, since it names others."""
    return any(endpoint not in values for values in _endpoints(match))


def _endpoints(match: Match) -> list[list[str]]:
    """The endpoints that each condition of a match leaves, where they can be listed."""
    return _left(match.demanded(), "endpoint")


def _left(conditions: Iterable[Condition], key: str) -> list[list[str]]:
    """The values, as texts, that each condition on this key leaves, where they can be listed."""
    return [list(map(str, values)) for each in conditions if each.key == key and (values := _values(each))]


def unmet(match: Match, demanded: Sequence[Condition] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The parts of a match that nothing meets, though something may meet the whole: each with its keys and indices as
    in a file, and why. What is `demanded` besides, no part can do without.
    """
    here = (*demanded, *match.demanded())
    for condition in match.conditions:
        for value in _values(condition) if condition.lookup == "in" else ():
            if why := _unheard_of(Condition(condition.key, "equal", value)):
                yield (condition.key,), why
    parts = [("all", index, part) for index, part in enumerate(match.all_of)]
    parts += [("any", index, part) for index, part in enumerate(match.any_of)]
    for group, index, part in parts:
        if why := impossible(Match(here, (part,))):
            yield (group, index), why
        else:
            yield from (((group, index, *path), why) for path, why in unmet(part, here))
    for part in match.none_of:
        if why := impossible(part):
            yield ("not",), why
        else:
            yield from ((("not", *path), why) for path, why in unmet(part))


def implies(match: Match, other: Match, demanded: Sequence[Condition] | None = None) -> bool:
    """Whether whatever meets a match meets the other one too, as far as is known. Pass what the match has `demanded` if
    it is known already.
    """
    demanded = match.demanded() if demanded is None else demanded
    return (
        all(any(_implies(known, wanted) for known in demanded) for wanted in other.conditions)
        and all(part in match.all_of or implies(match, part, demanded) for part in other.all_of)
        and (
            not other.any_of
            or other.any_of == match.any_of
            or any(implies(match, part, demanded) for part in other.any_of)
        )
        and all(part in match.none_of for part in other.none_of)
    )


def _implies(known: Condition, wanted: Condition) -> bool:
    if known.key != wanted.key:
        return False
    if known.lookup == wanted.lookup == "equal":
        return known.expected == wanted.expected
    if values := _values(known):
        return all(_holds(wanted, value) for value in values)
    match known.expected, wanted.expected:
        case (Range(), Range()) | (Portion(), Portion()) | (Span(), Span()) | (Rate(), Rate()):
            return known.expected.within(wanted.expected)  # type: ignore[union-attr,arg-type]  # both are of one kind
    if known.lookup == wanted.lookup in ("starts", "ends", "contains"):
        return _holds(wanted, str(known.expected))
    return known == wanted


def _values(condition: Condition) -> tuple[str | int, ...]:
    """The values that a condition leaves to its fact; empty if they can't be listed."""
    if condition.lookup == "equal" and isinstance(condition.expected, str | int):
        return (condition.expected,)
    return condition.expected if condition.lookup == "in" and isinstance(condition.expected, tuple) else ()


def _holds(condition: Condition, fact: Fact) -> bool:
    return LOOKUPS[condition.lookup].check(condition.expected)(fact)


def _said(conditions: Sequence[Condition]) -> str:
    return str(Match(tuple(conditions)))


def _unheard_of(condition: Condition) -> str:
    """Why no fact ever meets a condition, since it has no such values: a number is no number, a country no country, a
    network none that any number has; empty if one may.
    """
    values = [str(value) for value in _values(condition)]
    match condition.key:
        case "to":
            return _no_recipient(condition, values)
        case "operator":
            return _no_network(condition, values)
        case "country" if values and not numbers.countries() & set(values):
            return f"no number belongs to the country {values[0]}"
    return condition.expected.never() if isinstance(condition.expected, When | Span) else ""


def _no_recipient(condition: Condition, values: Sequence[str]) -> str:
    if values and not any("@" in value or re.fullmatch(numbers.E164, value) for value in values):
        return f"a recipient is written with + and its country's code, as +306912345678; {values[0]} is none"
    begun = condition.beginning
    if condition.lookup == "regex" and "|" not in str(condition.expected):
        found = re.match(r"\^([0-9]+)(?![0-9?*{])", str(condition.expected))
        begun = found[1] if found else ""
    if begun.isdecimal() and "@" not in str(condition.expected):
        return f"a recipient begins with + and its country's code, not with {begun}; a sip address has an @"
    return ""


def _no_network(condition: Condition, values: Sequence[str]) -> str:
    names = networks.names()
    check = LOOKUPS[condition.lookup].check(condition.expected)
    if not names.isdisjoint(values) or (not values and any(map(check, names))):
        return ""
    return f"{_said([condition])}, and no number has such a network{hint(values[0], names) if values else ''}"


def _contradiction(conditions: Sequence[Condition]) -> str:
    """Why conditions on one fact can't all hold."""
    for one, other in combinations([each.expected for each in conditions], 2):
        match one, other:
            case (Range(), Range()) | (Portion(), Portion()) | (Span(), Span()) if one.apart(other):  # type: ignore[union-attr,arg-type]  # both are of one kind
                return _apart(conditions)
    listed = next((values for each in conditions if (values := _values(each))), None)
    if listed is None:
        return ""
    possible = any(all(_holds(each, value) for each in conditions) for value in listed)
    return "" if possible else _apart(conditions)


def _apart(conditions: Sequence[Condition]) -> str:
    return f"{_said(conditions)} cannot {'both' if len(conditions) == 2 else 'all'} hold"


def _misplaced(demanded: Sequence[Condition]) -> str:
    """Why the demanded recipients are in none of the demanded countries, or have none of the demanded networks."""
    for key, of in (("country", numbers.country), ("operator", numbers.network)):
        here = [each for each in demanded if each.key == key]
        for to in (each for each in demanded if here and each.key == "to"):
            found = [of(str(value)) for value in _values(to)]
            if found and not any(all(_holds(each, one) for each in here) for one in found):
                return f"{_said([to, *here])} cannot both hold: {key} is {found[0]}"
            there = numbers.reached_by(to.beginning) if key == "country" else frozenset()
            if there and not any(all(_holds(each, one) for each in here) for one in there):
                return f"{_said([to, *here])} cannot both hold"
    return ""


def _too_far(demanded: Sequence[Condition]) -> str:
    """Why a step's position is past the flow's end."""
    first, steps = _left(demanded, "order"), _left(demanded, "steps")
    if first and steps and min(map(int, first[0])) > max(map(int, steps[0])):
        return f"{_said([each for each in demanded if each.key in ('order', 'steps')])} cannot both hold"
    return ""


def _stepless(demanded: Sequence[Condition]) -> str:
    """Why a request without steps never has a fact."""
    if not stepless(Match(tuple(demanded))):
        return ""
    facts = Facts()
    unmet = (each for each in demanded if each.key not in _THEIRS and not _holds(each, getattr(facts, each.member)))
    return next((f"a request that sends no message, such as one for a token, has no {each.key}" for each in unmet), "")


def _lacking(demanded: Sequence[Condition]) -> str:
    """Why no step that is sent to the demanded endpoints, over one of the demanded channels, has all facts."""
    match = Match(tuple(demanded))
    channels = _left(demanded, "channel")
    wanted = list(map(Channel, channels[0])) if channels else list(Channel)
    for names in [values for values in _endpoints(match) if KINDS.keys() >= {*values}]:
        if all(KINDS[name].single for name in names) and (
            more := next((each for each in demanded if each.key in ("steps", "order") and not _holds(each, 1)), None)
        ):
            return f"a request to the endpoint {' or '.join(names)} has one step, but {_said([more])}"
        wanted = [each for each in wanted if any(each in KINDS[name].channels for name in names)] or wanted
    why = [lacking(match, channel) for channel in wanted]
    return unsent(match, wanted) or (", and ".join(why) if all(why) else "")
