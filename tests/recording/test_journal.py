"""Journals as real life brings them: cut off, with other entries, broken."""

from __future__ import annotations

from copy import deepcopy

import pytest

from emulator.recording.writing import RecordingError, from_journal
from emulator.scenario.rules import HAPPY_SCENARIO
from tests.support.replaying import (
    journal,
    played,
    recorded_journal,
    without,
)
from tests.support.samples import sms, viber


def test_flows_whose_request_the_journal_has_forgotten_are_left_out() -> None:
    """Later flows are recorded."""
    first, second = played(HAPPY_SCENARIO, [viber()], [sms()])
    entries = journal([first])[1:] + journal([second])
    assert from_journal(entries) == recorded_journal([second])


def test_other_entries_are_passed_over() -> None:
    """Refusals, callbacks, cancellations, reports to a step that has not started or in no words of its channel."""
    entries = journal(played(HAPPY_SCENARIO, [viber()]))
    at, name = entries[0]["at"], entries[0]["flow"]
    common = {"at": at, "application": "app", "flow": name}
    others = [
        {"seq": 0, "at": at, "kind": "refused", "application": None, "flow": None, "data": {"status": 400}},
        common | {"kind": "delivered", "data": {"status": 200}},
        common | {"kind": "ignored", "data": {"why": "the flow ended as Succeeded"}},
        common | {"kind": "ignored", "data": {"step": 1, "channel": "Viber", "status": "Sent", "why": "unknown"}},
        common | {"kind": "ignored", "data": {"step": 2, "channel": "Sms", "status": "Sent", "why": "not started"}},
    ]
    assert from_journal([entries[0], *others, *entries[1:]]) == from_journal(entries)


def test_an_entry_that_is_none_is_refused_with_its_number() -> None:
    """As are a request that breaks the rules, and a step that it does not have."""
    entries = journal(played(HAPPY_SCENARIO, [viber()]))
    with pytest.raises(RecordingError, match=r"entry 2: .*`data`"):
        from_journal([entries[0], without("data")(deepcopy(entries[1]))])
    broken = deepcopy(entries)
    broken[0]["data"]["step"] = 2
    with pytest.raises(RecordingError, match="flow flow-1: its request has no step 2"):
        from_journal(broken)
    broken[0]["data"]["body"] = {"flow": []}
    with pytest.raises(RecordingError, match=r"flow flow-1: its request cannot be read: .*flow"):
        from_journal(broken)
