"""Compares messages with the filters of a search. Pure.

Filters of fields that nobody knows are ignored: the provider says so of its other searches, not of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from emulator.provider.sms.reading import Filter
from emulator.provider.sms.rendering import Tracked
from emulator.store.records import Filter as Condition

FIELDS: Final[Mapping[str, Callable[[Tracked], str]]] = MappingProxyType(
    {
        "smsId": lambda sms: sms.sms_id,
        "to": lambda sms: sms.to,
        "status.status": lambda sms: sms.status.status,
        "direction": lambda sms: sms.direction,
        "label": lambda sms: sms.label or "",
        "campaign": lambda sms: sms.campaign_name or "",
    }
)
"""What each field is of a message."""
WAITING: Final = (Condition("type", "is_not", "Sms"),)
"""What the store can look for: flows that have no Sms yet. Those of single messages have one that waits."""
_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "is": lambda found, term: found == term,
    "is_not": lambda found, term: found != term,
    "contains": lambda found, term: term in found,
    "starts_with": lambda found, term: found.startswith(term),
    "ends_with": lambda found, term: found.endswith(term),
}


def matching(found: Iterable[Tracked], filters: Sequence[Filter]) -> list[Tracked]:
    """The messages that all filters match, in any case."""
    asked = [
        (FIELDS[each.field_name], _OPERATORS[each.search_operator], each.search_term.lower())
        for each in filters
        if each.field_name in FIELDS
    ]
    return [sms for sms in found if all(compare(field(sms).lower(), term) for field, compare, term in asked)]


def conditions(filters: Iterable[Filter]) -> tuple[Condition, ...]:
    """What the store can look for: flows that have an Sms to such a recipient. It finds more than `matching`."""
    to = [each for each in filters if each.field_name == "to" and each.search_operator != "is_not"]
    narrowed = [Condition("to", each.search_operator, each.search_term) for each in to]
    return Condition("type", "is", "Sms"), *narrowed


def unknown(filters: Iterable[Filter]) -> list[str]:
    """The fields that nobody knows, in words."""
    return [f"{each.field_name} is not known here and ignored" for each in filters if each.field_name not in FIELDS]
