"""The filters of a tracking search."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given

from emulator.provider.failover import reading
from emulator.provider.failover.reading import Filter, Invalid, Malformed
from tests.support.bodies import (
    json_values,
)


@pytest.mark.parametrize(
    ("found", "filters"),
    [
        (b"", []),
        (b" \n", []),
        (b"[]", []),
        (b'{"fieldName":"to","searchTerm":"+30"}', [Filter("to", "+30", "is")]),
        (b'[{"fieldName":"to","searchOperator":"CONTAINS","searchTerm":"Sms"}]', [Filter("to", "Sms", "contains")]),
        (b'[{"fieldName":"to","searchOperator":"Starts_With","searchTerm":"x"}]', [Filter("to", "x", "starts_with")]),
        (b'[{"fieldName":"to","searchOperator":"ends_with","searchTerm":"1"}]', [Filter("to", "1", "ends_with")]),
        (b'[{"fieldName":"type","searchOperator":"","searchTerm":"sms"}]', [Filter("type", "Sms", "is")]),
        (b'[{"fieldName":"type","searchOperator":null,"searchTerm":"VOICE"}]', [Filter("type", "Voice", "is")]),
        (
            b'[{"fieldName":"status","searchOperator":"IS_NOT","searchTerm":"inprogress"},'
            b'{"fieldName":"terminationChannel","searchTerm":"viber"},'
            b'{"fieldName":"flowKind","searchTerm":"Transactional"}]',
            [
                Filter("status", "InProgress", "is_not"),
                Filter("terminationChannel", "Viber"),
                Filter("flowKind", "transactional"),
            ],
        ),
    ],
)
def test_a_search_has_any_number_of_filters(found: bytes, filters: list[Filter]) -> None:
    """None, one without its array, or several; operators and terms in any case."""
    assert reading.search(found) == (filters, ())


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([{}], {"[0].fieldName": "is required", "[0].searchTerm": "is required"}),
        ({"fieldName": "to", "searchTerm": ""}, {"searchTerm": "must not be empty; found ''"}),
        (
            [{"fieldName": "To", "searchTerm": "x"}],
            {
                "[0].fieldName": "must be one of type, to, status, terminationChannel, flowKind; found 'To'"
                "; did you mean 'to'?"
            },
        ),
        (
            [{"fieldName": "to", "searchTerm": "x"}, {"fieldName": "status", "searchTerm": "Done"}],
            {"[1].searchTerm": "must be one of Queued, InProgress, Succeeded, Failed; found 'Done'"},
        ),
        (
            [{"fieldName": "type", "searchTerm": "Email"}],
            {"[0].searchTerm": "must be one of Sms, Viber, Voice; found 'Email'"},
        ),
        (
            {"fieldName": "flowKind", "searchTerm": "otp"},
            {"searchTerm": "must be one of failover, transactional; found 'otp'"},
        ),
        (
            [{"fieldName": "status", "searchOperator": "contains", "searchTerm": "Failed"}],
            {"[0].searchOperator": "must be one of is, is_not; found 'contains'"},
        ),
        ([{"fieldName": "to", "searchTerm": 30}], {"[0].searchTerm": "must be a text; found 30"}),
        ([7], {"[0]": "must be an object; found 7"}),
    ],
)
def test_a_filter_that_means_nothing_is_refused(found: object, told: dict[str, str]) -> None:
    """The message says where and what is allowed."""
    with pytest.raises(Invalid) as caught:
        reading.search(json.dumps(found).encode())
    assert caught.value.entity == "FailoverTracking"
    assert caught.value.properties == told


@pytest.mark.parametrize("found", [b"7", b"null", b'"to"', b"[", b"[NaN]"])
def test_a_search_must_be_an_array(found: bytes) -> None:
    """Or one filter; anything else is malformed."""
    with pytest.raises(Malformed):
        reading.search(found)


@given(json_values())
def test_any_search_is_accepted_or_refused(value: object) -> None:
    """There is no other exception."""
    with suppress(Malformed, Invalid):
        reading.search(json.dumps(value).encode())
