"""Filters of searches, which every tracking reads alike."""

from __future__ import annotations

import pytest

from emulator.provider.reading.filters import Filter, filters
from emulator.validation.strict import Invalid, Malformed

ONE = b'{"fieldName": "to", "searchTerm": "+30", "searchOperator": " Starts_With "}'
READ = Filter("to", "+30", "starts_with")


@pytest.mark.parametrize(
    ("body", "found"), [(b"", []), (b" []", []), (b"{}", []), (ONE, [READ]), (b"[%s, %s]" % (ONE, ONE), [READ, READ])]
)
def test_filters_are_an_array_or_one_alone(body: bytes, found: list[Filter]) -> None:
    """An empty body has none; operators are read in any case."""
    assert filters(body, "sms-search", "SmsTracking") == (found, ())


@pytest.mark.parametrize(("body", "place"), [(b"[%s]", "[0].serchOperator"), (b"%s", "serchOperator")])
def test_a_misspelt_member_of_a_filter_is_remarked_on(body: bytes, place: str) -> None:
    """The filter counts without it."""
    one = b'{"fieldName": "to", "searchTerm": "+30", "serchOperator": "starts_with"}'
    told = f"{place} is not known here and ignored; did you mean 'searchOperator'?"
    assert filters(body % one, "sms-search", "SmsTracking") == ([Filter("to", "+30")], (told,))


def test_a_search_has_its_own_spellings() -> None:
    """They are applied to each filter, before the schema looks."""
    found, _ = filters(ONE, "sms-search", "SmsTracking", lambda found: found | {"searchTerm": "+357"})
    assert found == [Filter("to", "+357", "starts_with")]


def test_what_is_no_filter_is_refused() -> None:
    """With what was wrong, under the name of what it should have been."""
    with pytest.raises(Malformed, match="must be an array of filters; found"):
        filters(b'"to"', "sms-search", "SmsTracking")
    with pytest.raises(Invalid) as refused:
        filters(b'[{"fieldName": "to", "searchTerm": ""}]', "sms-search", "SmsTracking")
    assert (refused.value.entity, list(refused.value.properties)) == ("SmsTracking", ["[0].searchTerm"])
