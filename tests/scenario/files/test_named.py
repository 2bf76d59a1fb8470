"""References to plans by their names."""

from __future__ import annotations

import pytest

from emulator.channels.table import Channel
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.named import names_in
from emulator.scenario.outcomes import WAYS, Choice, Sequence

PLANS = """purpose: Plans with names.
plans:
  bad: { Sms: Failed, Voice: Busy }
  worse:
    Sms: { sequence: [$bad, { choose: [{ plan: $bad }] }] }
rules:
  - plan: $worse
  - plan: { Voice: $bad }
  - plan: $bad
"""
FAILED, BUSY = WAYS[Channel.SMS]["Failed"], WAYS[Channel.VOICE]["Busy"]


def test_a_reference_stands_for_a_whole_plan_or_for_what_one_channel_does() -> None:
    """In rules, and within later plans."""
    worse = Sequence((FAILED, Choice(((1.0, FAILED),))))
    plans = [rule.plan for rule in files.load_text(PLANS, "named").rules]
    assert plans == [{Channel.SMS: worse}, {Channel.VOICE: BUSY}, {Channel.SMS: FAILED, Channel.VOICE: BUSY}]


def test_a_plan_must_stand_above_what_uses_it() -> None:
    """Else it is not known; the nearest name is told, if there is one."""
    with pytest.raises(ScenarioError) as refused:
        files.load_text("purpose: p\nplans: { a: { Sms: $b }, b: silence }\nrules: [{ plan: $c }, { plan: $bee }]", "x")
    assert [each.message for each in refused.value.problems] == [
        "there is no plan '$b'; it must stand under 'plans', above what uses it",
        "there is no plan '$c'; it must stand under 'plans', above what uses it",
        "there is no plan '$bee'; did you mean '$b'?",
    ]


def test_all_names_in_a_value_are_found() -> None:
    """In keys' values, lists and within texts, but not where $$ stands for a $."""
    assert names_in({"a": ["$b", {"c": "of $d, $$e"}], "f": 1}) == {"b", "d", "$"}
