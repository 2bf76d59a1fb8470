"""Reads the answers that a user chooses: texts such as NAME=VALUE, and files of them. Each mistake is told with what
was meant. Pure, but for the reading of files.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from emulator.choices.table import TAKEN, Choices, Row, rows
from emulator.errors import EmulatorError
from emulator.validation import encoding
from emulator.validation.hints import hint, quoted

Given = tuple[tuple[str, str], ...]
"""Names of choices with the answers that are chosen, in the order in which they were given; the last one counts."""


class ChoiceError(EmulatorError):
    """A choice can't be used; the message says which, and what would be right."""


def row(name: str) -> Row:
    """The row of the choice of this name. Raises ChoiceError."""
    known = {each.name: each for each in rows()}
    if name not in known:
        meant = hint(name, known) or "; `failover-emulator choices` lists them"
        raise ChoiceError(f"there is no choice {quoted(name)}{meant}")
    return known[name]


def answer(name: str, value: str) -> str:
    """The answer to the choice of this name. Raises ChoiceError if it has no such answer."""
    found = row(name)
    if value not in found.answers:
        raise ChoiceError(
            f"{name} must be one of {', '.join(found.answers)}; it is {quoted(value)}{hint(value, found.answers)}"
        )
    return value


def chosen(text: str) -> Choices:
    """The choices that a text makes: between commas, it has NAME=VALUE, or the name of a file that has one on each
    line; there, `#` begins a comment. Raises ChoiceError.
    """
    return over(TAKEN, tuple(pair for each in text.split(",") if each.strip() for pair in _pairs(each.strip())))


@lru_cache(256)
def over(choices: Choices, given: Given) -> Choices:
    """The choices with these answers in place of theirs; TAKEN if none differs. The names and answers are right."""
    made = replace(choices, **{name.replace("-", "_"): value for name, value in given})
    return TAKEN if made == TAKEN else made


def written(answers: Mapping[str, str]) -> str:
    """The text of a file that chooses these answers."""
    return "".join(f"# {row(name).told.question}\n{name}={value}\n" for name, value in answers.items())


def _pairs(text: str) -> Given:
    if "=" in text:
        return (_pair(text, ""),)
    try:
        lines = encoding.text(Path(text).read_bytes()).splitlines()
    except encoding.NotText as error:
        raise ChoiceError(f"{text} {error}") from error
    except (OSError, ValueError) as error:
        meant = hint(text, [each.name for each in rows()])
        raise ChoiceError(f"{quoted(text)} is neither NAME=VALUE nor a file of such lines{meant}") from error
    told = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1))
    return tuple(_pair(line, f"{text}:{number}: ") for number, line in told if line)


def _pair(text: str, where: str) -> tuple[str, str]:
    """A choice and its answer. Raises ChoiceError, which begins with `where`."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise ChoiceError(f"{where}expected NAME=VALUE; it is {quoted(text)}")
    try:
        return name, answer(name, value)
    except ChoiceError as error:
        raise ChoiceError(f"{where}{error}") from error
