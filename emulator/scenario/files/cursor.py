"""A value of a scenario's file together with where it stands, and the questions that reading it asks.

Each question gives the answer if the value fits, or notes what was expected and what was found, and gives a stand-in:
so reading goes on to the end, and all problems of a file are found at once. What was read counts only if nothing was
noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from emulator.scenario.files.document import Finding, Path

DEEPEST: Final = 50
"""The longest path: rules are asked by functions within functions, whose depth Python bounds."""


MOST: Final = 100
"""How many problems of a file are found; who has more wants to see the first ones."""


class Enough(Exception):
    """So many problems were noted that reading on is of no use."""


class Cursor:
    """One value, its path, and the list of findings that all cursors of a file share."""

    def __init__(self, value: Any, findings: list[Finding], path: Path = ()) -> None:
        self.value = value
        self.path = path
        self._findings = findings

    def wrong(self, message: str, *, on_key: bool = False) -> None:
        """Note a problem with the value, or with its key. Raises Enough."""
        self._findings.append(Finding(self.path, message, on_key))
        if len(self._findings) >= MOST:
            raise Enough

    def expected(self, what: str) -> None:
        """Note that something else was expected."""
        self.wrong(f"must be {what}; found {shown(self.value)}")

    def unknown(self, what: str, known: Sequence[str]) -> None:
        """Note that the value is none of the names that are known."""
        self.wrong(f"{what} {shown(self.value)}{_hint(str(self.value), known)}")

    def fields(self, known: Sequence[str], needed: Iterable[str] = ()) -> dict[str, Cursor]:
        """The members of a map by their keys, in the file's order. Other keys than the known ones are noted."""
        if len(self.path) > DEEPEST:
            self.wrong("this is nested too deeply")
            return {}
        if not isinstance(self.value, dict):
            self.expected(f"a map with {_listed(known)}")
            return {}
        members = {str(key): self.member(str(key), value) for key, value in self.value.items()}
        strangers = [key for key in members if key not in known]
        for key in strangers:
            members.pop(key).wrong(f"unknown key '{key}'{_hint(key, known)}", on_key=True)
        for key in needed:
            if key not in members and not nearest(key, strangers):
                self.wrong(f"'{key}' is missing")
        return members

    def one_of(self, known: Sequence[str]) -> tuple[str, Cursor] | None:
        """The only member of a map that must have exactly one."""
        members = self.fields(known)
        if isinstance(self.value, dict) and len(self.value) != 1:
            self.wrong(f"needs exactly one of {_listed(known)}")
        return next(iter(members.items()), None)

    def items(self, what: str) -> list[Cursor]:
        """The members of a list that has some."""
        if not isinstance(self.value, list) or not self.value:
            self.expected(f"a list of {what}")
            return []
        return [self.member(index, value) for index, value in enumerate(self.value)]

    def text(self, what: str = "text") -> str:
        """A text that is not empty."""
        if isinstance(self.value, (int, float)) and not isinstance(self.value, bool):
            self.wrong(f"must be {what}; found the number {self.value}: put it in quotes")
        elif not isinstance(self.value, str) or not self.value.strip():
            self.expected(what)
        elif self.value != self.value.encode(errors="replace").decode():
            self.wrong("this has half a character in it")
        return self.value if isinstance(self.value, str) else ""

    def name(self, known: Sequence[str]) -> str:
        """One of the names that are known."""
        if self.value in known:
            return str(self.value)
        if not isinstance(self.value, str) and str(self.value) in known:
            self.wrong(f"must be text; found the number {self.value}: put it in quotes")
        else:
            near = nearest(str(self.value), known)
            hint = f"; did you mean '{near}'?" if near else ""
            self.wrong(f"must be {_listed(known)}; found {shown(self.value)}{hint}")
        return ""

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.expected("true or false")
        return self.value is True

    def whole(self, low: int, high: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        fits = isinstance(self.value, int) and not isinstance(self.value, bool)
        if not fits or self.value < low or (high is not None and self.value > high):
            self.expected(f"a whole number from {low}" + (f" to {high}" if high is not None else ""))
            return low
        return int(self.value)

    def number(self, low: float, *, above: bool = False) -> float:
        """A number from `low` on, or greater than `low`; below a million millions."""
        fits = isinstance(self.value, (int, float)) and not isinstance(self.value, bool)
        if not fits or not low <= self.value < 1e12 or (above and self.value == low):
            self.expected(f"a number {'above' if above else 'from'} {low:g}" + ("" if above else " on"))
            return 1.0
        return self.value  # type: ignore[no-any-return]

    def with_value(self, value: Any) -> Cursor:
        """Another value in the same place."""
        return Cursor(value, self._findings, self.path)

    def member(self, name: str | int, value: Any) -> Cursor:
        """A value inside this one."""
        return Cursor(value, self._findings, (*self.path, name))


def shown(value: Any) -> str:
    """A value of a file as a message shows it."""
    if isinstance(value, (dict, list)):
        return (
            ("a map" if isinstance(value, dict) else "a list") if value else ("{}" if isinstance(value, dict) else "[]")
        )
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    text = str(value) if len(str(value)) <= 40 else f"{str(value)[:37]}..."
    return f"'{text}'" if isinstance(value, str) else text


def _listed(known: Sequence[str]) -> str:
    *most, last = known
    return f"{', '.join(most)} or {last}" if most else last


def _hint(word: str, known: Sequence[str]) -> str:
    """What somebody may have meant: the nearest of the known words, or else any of them."""
    near = nearest(word, known)
    return f"; did you mean '{near}'?" if near else f"; known here: {_listed(known)}"


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word nearest to this one, whatever the case; None if none is near."""
    from difflib import get_close_matches

    lower = {each.lower(): each for each in known}
    return next((lower[each] for each in get_close_matches(word.lower(), lower, n=1, cutoff=0.65)), None)
