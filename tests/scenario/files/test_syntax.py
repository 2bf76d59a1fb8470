"""Texts that are no YAML: what is said of them, and the line as it should be."""

from __future__ import annotations

import pytest

from tests.support.scenarios import problems_of

CASES = [
    ("purpose: x\n rules: []", 2, 2, "fits none of the lines above: it begins in column 2, they in 1", "rules: []"),
    ("purpose: x\nrules:\n  - name: a\n   plan: happy", 4, 4, "indentation", "    plan: happy"),
    ("purpose: x\nrules:\n  - plan: happy\n - plan: happy", 4, 2, "indentation", "  - plan: happy"),
    ("purpose: x\nrules:\n- plan: happy\n  - plan: happy", 4, 3, "indentation", "- plan: happy"),
    ("purpose x\nrules: []", 1, 8, "a colon is missing here", "purpose: x"),
    ("purpose: x\nrules\n  - plan: happy", 2, 1, "a colon is missing here", "rules:"),
    ("purpose:x\nrules: []", 1, 9, "a space is missing after the colon", "purpose: x"),
    ("purpose: Sms: they fail", 1, 10, "a text with a colon and a space", 'purpose: "Sms: they fail"'),
    ('purpose: "x\nrules: []', 1, 10, "the quote that opens here is never closed", 'purpose: "x"'),
    ("purpose: x\nname: { a: 'abc }", 2, 12, "never closed", "name: { a: 'abc' }"),
    ("purpose: 'it's'", 1, 14, "a quoted text ends before this", 'purpose: "it\'s"'),
    ("purpose: x\nrules: { 'it's': 'c' }", 2, 14, "at a ' in it", "rules: { \"it's\": 'c' }"),
    ("purpose: x\nrules: { a: 'don't \"it\"' }", 2, 18, "at a ' in it", "rules: { a: 'don''t \"it\"' }"),
    ("purpose: x\nrules: { a: 'it's,\n b: c }", 2, 17, "a quoted text ends before this, at a ' in it", ""),
    ("purpose: x\nrules: { a: 'b' ]", 2, 8, "not closed before the ]", "rules: { a: 'b'} ]"),
    ('purpose: "x" y', 1, 14, "a quoted text ends before this", 'purpose: "x y"'),
    ("purpose: x\nrules:\n\t- plan: happy", 3, 1, "a tab cannot indent", "  - plan: happy"),
    ('purpose: "a\\qb"', 1, 13, "single quotes leave it alone", "purpose: 'a\\qb'"),
    ("purpose: @home", 1, 10, "begins with @ needs quotes", 'purpose: "@home"'),
    ("purpose: x\nrules: [{ drop: %30 }]", 2, 17, "begins with % needs quotes", 'rules: [{ drop: "%30" }]'),
    ("purpose: *30", 1, 10, "begins with * needs quotes", 'purpose: "*30"'),
    ("purpose: !x y", 1, 10, "begins with ! needs quotes", 'purpose: "!x y"'),
    ("purpose: |x", 1, 10, "begins with | needs quotes", 'purpose: "|x"'),
    ("purpose: x\nrules: [{ a: [b, c } ]", 2, 14, "not closed before the }", "rules: [{ a: [b, c] } ]"),
    ("purpose: x\nrules: { a: b\nname: x", 2, 8, "the { that opens here is never closed", "rules: { a: b }"),
    ("purpose: x\nrules: { a: b c: d }", 2, 15, "a comma is missing before this", "rules: { a: b, c: d }"),
    ("purpose: x\nrules: [", 2, 8, "the [ that opens here is never closed", "rules: [ ]"),
    ("purpose: x\nrules: [] ]", 2, 11, "this bracket closes nothing", ""),
    ("purpose: x\n---\npurpose: y", 2, 1, "a file has one scenario", ""),
    ("purpose: x\x07", 1, 11, "U+0007 cannot stand in YAML", ""),
    ("%YAML 3.0\n---\npurpose: x", 1, 1, "this is not YAML: ", ""),
    ("purpose: " + "x: " * 100 + "x", 1, 10, "a text with a colon and a space", ""),
]
"""A text, the line and column of what is wrong, a part of why, and the line as it should be."""


@pytest.mark.parametrize(("text", "line", "column", "why", "should"), CASES)
def test_a_text_that_is_no_yaml_is_told_with_the_line_as_it_should_be(
    text: str, line: int, column: int, why: str, should: str
) -> None:
    """Where it can be guessed, and is not too long to be shown."""
    (problem,) = problems_of(text)
    assert (problem.line, problem.column) == (line, column)
    assert why in problem.message
    assert problem.message.endswith(f"; did you mean `{should}`?") == bool(should)


@pytest.mark.parametrize("text", ["purpose:\tx\nrules:\t[]\t# none\n", "purpose: x\nrules:\n  -\tplan:\thappy\n"])
def test_tabs_between_tokens_are_as_good_as_spaces(text: str) -> None:
    """As YAML has it."""
    assert problems_of(text) == ()
