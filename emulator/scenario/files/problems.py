"""What is wrong with a scenario's file, and where."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from emulator.errors import EmulatorError


class Problem(Struct, frozen=True):
    """One thing that is wrong. `line` and `column` count from 1; `path` leads through the file, as in
    `rules[0].plan.Sms`, and is empty for the file as a whole. Without a file there is no place.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        if not self.file:
            return self.message
        return f"{self.file}:{self.line}:{self.column}: {self.path + ': ' if self.path else ''}{self.message}"


class ScenarioError(EmulatorError):
    """A scenario that cannot be loaded, with all its problems in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
