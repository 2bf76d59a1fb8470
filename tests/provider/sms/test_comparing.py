"""Which messages a search finds."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.flow.request import SmsMessage
from emulator.provider.sms.comparing import conditions, matching, unknown
from emulator.provider.sms.reading import Filter
from emulator.provider.sms.rendering import Tracked, tracked
from emulator.store.records import Filter as Condition
from tests.support.samples import SECOND, flow, plan, sms


def messages() -> list[Tracked]:
    """A message that was delivered, and one that was not."""
    made: list[Tracked] = []
    known = (("+306911111111", "June", "Delivered"), ("+306922222222", "july", "Undelivered"))
    for number, (to, label, status) in enumerate(known):
        step = replace(sms(to=to), message=SmsMessage("Hi", label=label))
        start = replace(flow([step], (plan((SECOND, status)),), name=f"flow-{number}"), kind="sms")
        made += tracked(machine.run_out(start).flow, Prices())
    return made


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([], 2),
        ([("to", "is", "+306911111111")], 1),
        ([("to", "is_not", "+306911111111")], 1),
        ([("to", "contains", "3069")], 2),
        ([("to", "ends_with", "1111"), ("label", "is", "june")], 1),
        ([("to", "ends_with", "1111"), ("label", "is", "july")], 0),
        ([("label", "starts_with", "JU")], 2),
        ([("status.status", "is", "delivered")], 1),
        ([("direction", "is", "Inbound")], 0),
        ([("campaign", "is", "Spring")], 0),
        ([("odd", "is", "x")], 2),
    ],
)
def test_all_filters_must_match_in_any_case(filters: list[tuple[str, str, str]], found: int) -> None:
    """Those of fields that nobody knows are ignored."""
    asked = [Filter(field, term, operator) for field, operator, term in filters]
    assert len(matching(messages(), asked)) == found


def test_one_part_is_found_by_its_id() -> None:
    """And no other."""
    first, second = messages()
    assert matching((first, second), [Filter("smsId", second.sms_id)]) == [second]


def test_the_store_looks_for_no_less() -> None:
    """It narrows what is compared by the recipient, where that says what must be there."""
    filters = [Filter("to", "3069", "contains"), Filter("to", "x", "is_not"), Filter("label", "june")]
    assert conditions(filters) == (Condition("type", "is", "Sms"), Condition("to", "contains", "3069"))
    assert unknown([*filters, Filter("lable", "june")]) == ["lable is not known here and ignored"]
