"""Which regular expressions are taken, and what is said of those that could take for ever."""

from __future__ import annotations

import re

import pytest

from emulator.scenario import patterns


@pytest.mark.parametrize(
    "pattern",
    [
        r"",
        r"hello",
        r"\b[0-9]{4,8}\b",
        r"^\d+$",
        r"order.*shipped",
        r"^.*order.*shipped",
        r"^[A-Z]{2}-\d+-\d+$",
        r"(?i)code: ?[0-9]{4,8}",
        r"(?x) your  code",
        r"(foo|bar)+",
        r"([a-z]+ )*x",
        r"(?:a|b)*c",
        r"[a-z]+(,[a-z]+)*",
        r"^(?=.*\d)(?=.*[a-z]).{8}",
        r"κωδικός.*[0-9]",
        r"\d{1,3}(\.\d{1,3}){3}",
        r"[^\s@]+@[^\s@.]+\.com",
        r"(?:\+30)?69\d{8}",
        r"(?:(?!foo).)*bar",
        r"a{2,}+b",
        r"(\w)\1",
        r"(a)?(?(1)b|c)",
        r"(?>a+)b",
        r"(?i:Code) [0-9]+",
        r"(?a:\w+) (?-i:x)",
        r"(?!)",
    ],
)
def test_what_people_write_is_taken(pattern: str) -> None:
    """Repetitions that the next character ends, one that it does not end, look-arounds, flags."""
    patterns.check(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|a)*b",
        r"(?:a|b|ab)*c",
        r"(\w+\s?)*x",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
        r"(a?){30}a{30}",
        r"(a{1,40}){1,40}b",
        r"(?i)(k+K*)*x",
        r"(?:é+[\w])*x",
        r"(?:a(?=.*b))*",
        r"(?:\b|(?:)){30}$",
        r"(?:(?:)?){30}$",
        r"(?P<x>a)(?:b(?P=x))*c",
    ],
)
def test_a_repetition_of_a_choice_that_nothing_decides_is_refused(pattern: str) -> None:
    """These need a time that doubles with each character."""
    with pytest.raises(patterns.Slow, match=r"as in \(a\+;\)\+"):
        patterns.check(pattern)


@pytest.mark.parametrize(
    "pattern", [r".*a.*b.*c", r".*.*x", r".*[0-9]+x", r"\S+@\S+\.\S+", r"(.*)\1", "a?" * 30 + "a" * 30, "^a*a*a*b"]
)
def test_repetitions_that_can_share_one_text_are_refused(pattern: str) -> None:
    """These need a time that grows with the third power of the text's length, or more."""
    with pytest.raises(patterns.Slow, match="use glob"):
        patterns.check(pattern)


@pytest.mark.parametrize("pattern", ["(", "[b-a]", "(?P<x", "a{2,1}"])
def test_what_is_no_expression_is_said_by_python(pattern: str) -> None:
    """Its own words have the place."""
    with pytest.raises(re.error, match=r"."):
        patterns.check(pattern)


def test_only_the_beginning_of_a_long_text_is_searched() -> None:
    """So an expression that runs through the text from each of its characters stays short, too."""
    assert patterns.search("x")("a" * 4999 + "x")
    assert not patterns.search("x")("a" * 5000 + "x")
    assert not patterns.search("[a-z]+[0-9]")("a" * 1_000_000)
