"""Reads the answers that a user chooses: texts such as NAME=VALUE, and files of them. Each mistake is told with what
was meant. Pure, but for the reading of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    line; there, `#` begins a comment. Raises ChoiceError, for two answers to one question too.
    """
    answers = dict[str, str]()
    for where, name, value in (told for each in text.split(",") if each.strip() for told in _told(each.strip())):
        if (before := answers.setdefault(name, value)) != value:
            raise ChoiceError(f"{where}{name} comes twice, with {before} and {value}")
    return over(TAKEN, tuple(answers.items()))


@lru_cache(256)
def over(choices: Choices, given: Given) -> Choices:
    """The choices with these answers in place of theirs; TAKEN if none differs. The names and answers are right."""
    made = replace(choices, **{name.replace("-", "_"): value for name, value in given})
    return TAKEN if made == TAKEN else made


def written(
    answers: Mapping[str, str], alternatives: Mapping[str, Sequence[str]] = {}, unproven: Iterable[str] = ()
) -> str:
    """The text of a file that chooses these answers, with comments: what else would do as well as each, and for which
    choices nothing says so.
    """
    lines = list[str]()
    for name, value in answers.items():
        others = (f"# or: {each}" for each in alternatives.get(name, ()))
        lines += [f"# {row(name).told.question}", f"{name}={value}", *others]
    lines += [f"# not shown: {name}" for name in unproven]
    return "".join(f"{line}\n" for line in lines)


def _told(text: str) -> Iterator[tuple[str, str, str]]:
    """The choices of NAME=VALUE, or of a file, with their answers; each begins with where it stands, for messages."""
    if "=" in text:
        yield "", *_pair(text, "")
        return
    try:
        lines = encoding.text(Path(text).read_bytes()).splitlines()
    except encoding.NotText as error:
        raise ChoiceError(f"{text} {error}") from error
    except (OSError, ValueError) as error:
        names = {each.name: each for each in rows()}
        if text in names:
            answers = " or ".join(f"{text}={each}" for each in names[text].answers)
            raise ChoiceError(f"{text} lacks its answer: choose {answers}") from error
        meant = hint(text, names)
        raise ChoiceError(f"{quoted(text)} is neither NAME=VALUE nor a file of such lines{meant}") from error
    told = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1))
    yield from ((where, *_pair(line, where)) for number, line in told if line and (where := f"{text}:{number}: "))


def _pair(text: str, where: str) -> tuple[str, str]:
    """A choice and its answer. Raises ChoiceError, which begins with `where`."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise ChoiceError(f"{where}expected NAME=VALUE; it is {quoted(text)}")
    try:
        return name, answer(name, value)
    except ChoiceError as error:
        raise ChoiceError(f"{where}{error}") from error
