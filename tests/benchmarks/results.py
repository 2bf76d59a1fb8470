"""The results of a run, one for each figure, as lines of a table and as JSON. Pure.

A result has the values of the tree under test and, where another tree was measured in turn, its values too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from tests.benchmarks.values import Value

_COLUMNS: Final = ("<48", ">14", ">14", ">10", ">12", ">8")


class Result(Struct, frozen=True):
    """A figure with its title and values; `against` has the other tree's, paired with them by `what`. A figure that
    is left out has no values and says what is `missing`; one that went wrong says how it `failed`.
    """

    figure: str
    title: str
    values: tuple[Value, ...] = ()
    against: tuple[Value, ...] = ()
    missing: str = ""
    failed: str = ""

    @property
    def good(self) -> bool:
        """Whether it did not fail, and all values are within their bounds."""
        return not self.failed and all(value.good for value in self.values)


def heading(against: str = "") -> str:
    """The line above all results; `against` is the title of the other tree's column."""
    return _row("", "here", against, "here / it" if against else "", "wanted")


def lines(result: Result) -> Iterator[str]:
    """A result as lines of the table."""
    yield f"{result.figure}: {result.title}"
    if result.missing:
        yield f"  left out: it needs {result.missing}"
    if result.failed:
        yield f"  FAILED: {result.failed}"
    for value, other in _pairs(result):
        then, ratio = (_number(other), _ratio(value, other)) if other else ("", "")
        verdict = (f"{value.wanted}", "good" if value.good else "MISSED") if value.wanted else ()
        yield _row(f"  {value.what}", _number(value), then, ratio, *verdict)


def plain(result: Result) -> dict[str, Any]:
    """A result as JSON."""
    told = {"figure": result.figure, "title": result.title, "good": result.good}
    why = {key: text for key, text in (("missing", result.missing), ("failed", result.failed)) if text}
    return told | why | {"values": [_value(value, other) for value, other in _pairs(result)]}


def _value(value: Value, other: Value | None) -> dict[str, Any]:
    told: dict[str, Any] = {"what": value.what, "unit": value.unit, "number": value.number}
    if other:
        told["against"] = other.number
    if value.wanted:
        told |= {"wanted": str(value.wanted), "good": value.good}
    return told


def _pairs(result: Result) -> Iterator[tuple[Value, Value | None]]:
    others = {value.what: value for value in result.against}
    return ((value, others.get(value.what)) for value in result.values)


def _ratio(value: Value, other: Value) -> str:
    return f"{value.number / other.number:.2f}" if other.number else ""


def _number(value: Value) -> str:
    size = abs(value.number)
    digits = 0 if size == int(size) or size >= 100 else 1 if size >= 10 else 2
    return f"{value.number:,.{digits}f} {value.unit}".rstrip()


def _row(what: str, *cells: str) -> str:
    return "".join(f"{cell:{width}}" for cell, width in zip((what, *cells), _COLUMNS, strict=False)).rstrip()
