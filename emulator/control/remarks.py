"""What is wrong with a scenario's text or file, or said there in vain, as answers have it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict

from emulator.scenario.files import Problem


class Remark(Struct):
    """Something wrong with a text, or said in vain: where, and what it is."""

    file: str
    line: int
    column: int
    path: str
    message: str


def remarks(found: Iterable[Problem]) -> list[Remark]:
    """Problems, or warnings, as answers have them: places count from 1."""
    return [Remark(**asdict(each)) for each in found]
