"""A value with its path: what it is asked for, and what is noted if it does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.cursor import Cursor, shown
from tests.support.scenarios import cursor

KNOWN = ("Sms", "Viber", "Voice")


@pytest.mark.parametrize(
    ("value", "ask", "answer"),
    [
        ("x", Cursor.text, "x"),
        (True, Cursor.flag, True),
        (3, lambda each: each.whole(1, 3), 3),
        (0.5, lambda each: each.number(0, above=True), 0.5),
        ("Sms", lambda each: each.name(KNOWN), "Sms"),
    ],
)
def test_a_value_that_fits_is_the_answer(value: object, ask: Callable[[Cursor], object], answer: object) -> None:
    """And nothing is noted."""
    reading, findings = cursor(value)
    assert (ask(reading), findings) == (answer, [])


@pytest.mark.parametrize(
    ("value", "ask", "stand_in", "message"),
    [
        (" ", Cursor.text, " ", "must be text; found ' '"),
        (30, Cursor.text, "", "must be text; found the number 30: put it in quotes"),
        (True, Cursor.text, "", "must be text; found true"),
        ("a\ud800", Cursor.text, "a\ud800", "this has half a character in it"),
        ("yes", Cursor.flag, False, "must be true or false; found 'yes'"),
        (0, lambda each: each.whole(1), 1, "must be a whole number from 1; found 0"),
        (True, lambda each: each.whole(0), 0, "must be a whole number from 0; found true"),
        (4, lambda each: each.whole(1, 3), 1, "must be a whole number from 1 to 3; found 4"),
        (1.5, lambda each: each.whole(1), 1, "must be a whole number from 1; found 1.5"),
        (0, lambda each: each.number(0, above=True), 1.0, "must be a number above 0; found 0"),
        (1e12, lambda each: each.number(0), 1.0, "must be a number from 0 on; found 1000000000000.0"),
        (
            "Vibre",
            lambda each: each.name(KNOWN),
            "",
            "must be Sms, Viber or Voice; found 'Vibre'; did you mean 'Viber'?",
        ),
        (
            "/Text",
            lambda each: each.name(KNOWN, {"text": "Sms"}),
            "",
            "must be Sms, Viber or Voice; found '/Text'; 'Sms' covers it",
        ),
        ({}, lambda each: each.name(KNOWN), "", "must be Sms, Viber or Voice; found {}"),
        (2, lambda each: each.name(("1", "2")), "", "must be text; found the number 2: put it in quotes"),
        ([], lambda each: each.items("rules"), [], "must be a list of rules; found []"),
        ("x", lambda each: each.fields(KNOWN), {}, "must be a map with Sms, Viber or Voice; found 'x'"),
        ({}, lambda each: each.one_of(KNOWN), None, "needs exactly one of Sms, Viber or Voice"),
    ],
)
def test_a_value_that_does_not_fit_is_noted_and_reading_goes_on(
    value: object, ask: Callable[[Cursor], object], stand_in: object, message: str
) -> None:
    """With something that fits in its place."""
    reading, findings = cursor(value)
    assert ask(reading) == stand_in
    assert [each.message for each in findings] == [message]


def test_members_and_elements_know_their_paths() -> None:
    """So that what is noted of them can be found in the file."""
    reading, findings = cursor({"rules": [{"plan": 1}]})
    (rule,) = reading.fields(("rules",))["rules"].items("rules")
    rule.fields(("plan",))["plan"].text()
    assert [each.path for each in findings] == [("rules", 0, "plan")]


def test_a_misspelt_key_is_not_also_missing() -> None:
    """One problem, not two; on the key, not on its value."""
    reading, findings = cursor({"staus": 1, "when": 2})
    assert reading.fields(("status", "cause"), needed=("status", "cause")) == {}
    assert [(each.message, each.on_key) for each in findings] == [
        ("unknown key 'staus'; did you mean 'status'?", True),
        ("unknown key 'when'; known here: status or cause", True),
        ("'cause' is missing", False),
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (False, "false"),
        (1.5, "1.5"),
        ("x", "'x'"),
        ({}, "{}"),
        ({"a": 1}, "a map"),
        ([], "[]"),
        ([1], "a list"),
        (10**99, "1" + "0" * 59 + "..."),
        ("x" * 61, f"'{'x' * 60}...' (61 characters)"),
    ],
)
def test_a_found_value_is_shown_in_a_few_words(value: Any, words: str) -> None:
    """However long it is."""
    assert shown(value) == words


def test_a_value_that_is_nested_too_deeply_is_left_alone() -> None:
    """Before Python's own limit is met."""
    value: object = "happy"
    for _ in range(60):
        value = {"Sms": value}
    reading, findings = cursor(value)
    members = {"Sms": reading}
    while members:
        members = members["Sms"].fields(KNOWN)
    assert [each.message for each in findings] == ["this is nested too deeply"]


def test_no_more_than_a_hundred_problems_are_told() -> None:
    """Who has more wants to see the first ones, and soon."""
    wrong = "".join("  - { plann: happy }\n" for _ in range(2000))
    with pytest.raises(ScenarioError) as refused:
        files.load_text(f"purpose: x\nrules:\n{wrong}", "many")
    assert len(refused.value.problems) == 100
    assert refused.value.problems[0].line == 3
    twice = "".join("a: 1\n" for _ in range(500))
    with pytest.raises(ScenarioError) as refused:
        files.load_text(twice, "twins")
    assert len(refused.value.problems) == 100
