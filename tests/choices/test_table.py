"""The table of choices."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import json, msgpack

from emulator.choices.given import over
from emulator.choices.table import TAKEN, Choices, by_name, rows


def test_each_row_says_what_each_of_its_answers_does() -> None:
    """The first is taken; names are words with dashes."""
    for row in rows():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+|latency", row.name)
        assert tuple(row.told.answers) == row.answers, row.name
        assert len(set(row.answers)) > 1
        assert row.taken == getattr(TAKEN, row.field)
        assert row.told.question.endswith("?")


def test_what_is_stored_is_only_what_was_chosen() -> None:
    """So that a choice that comes later has its usual answer in old flows."""
    assert json.encode(TAKEN) == b"{}"
    chosen = over(TAKEN, (("latency", "milliseconds"),))
    assert msgpack.decode(msgpack.encode(chosen), type=Choices) == chosen
    assert json.encode(chosen) == b'{"latency":"milliseconds"}'


def test_choices_are_shown_by_their_names() -> None:
    """All of them."""
    shown = by_name(over(TAKEN, (("total-price", "last-message"),)))
    assert list(shown) == [row.name for row in rows()]
    assert (shown["total-price"], shown["latency"]) == ("last-message", "seconds")


def test_the_documentation_has_every_choice_with_its_answers() -> None:
    """A row of a table for each, in the order of the code."""
    text = (Path(__file__).parents[2] / "emulator" / "choices" / "README.md").read_text()
    for row in rows():
        answers = ", ".join(f"`{answer}`" for answer in row.answers)
        assert f"| `{row.name}` | {row.told.question} | {answers} | {row.told.source} |\n" in text
    assert re.findall(r"^\| `([a-z-]+)`", text, re.MULTILINE) == [row.name for row in rows()]
