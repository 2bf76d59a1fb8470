"""A value of a scenario's file together with its path, and the questions that reading it asks.

Each question returns what was asked for, or notes what was expected and found and returns a stand-in. So reading goes
on to the end and finds all problems of a file at once. What was read only counts if nothing was noted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from emulator.scenario.files.document import Finding, Path
from emulator.validation.hints import LONGEST, hint, listed, meant, nearest, quoted

DEEPEST: Final = 50
"""How long a path may be: matches within matches become functions within functions, whose depth Python limits."""

MOST_FINDINGS: Final = 100
"""After how many problems of a file reading stops."""


NOWHERE: Final = MappingProxyType[str, str]({})
"""No key stands anywhere else."""
_LINE: Final = 200
"""How much of a value a message shows, in characters."""


_SAID: Final = MappingProxyType(
    dict.fromkeys(("recipient", "number", "phone"), "to")
    | dict.fromkeys(("body", "message", "content"), "text")
    | dict.fromkeys(("drop", "lose", "lost"), "drop")
    | dict.fromkeys(("repeat", "twice", "double"), "duplicate")
    | {"sender": "from", "network": "operator", "hour": "time", "late": "delay", "shuffle": "reorder", "if": "match"}
)
"""What people call the members of files, and what they are called here."""


_CHANCE: Final = ("probability", "chance", "percent", "percentage", "likelihood")
"""What people call how likely something is."""


class Enough(Exception):
    """MOST_FINDINGS problems were noted, so reading on is of no use."""


class Cursor:
    """One value, its path, and what all cursors of a file share: the list of findings, and the `plans` that have names,
    each by channel.
    """

    def __init__(
        self, value: Any, findings: list[Finding], path: Path = (), plans: dict[str, Any] | None = None
    ) -> None:
        self.value = value
        self.path = path
        self.plans = {} if plans is None else plans
        self._findings = findings

    def wrong(self, message: str, *, on_key: bool = False) -> None:
        """Note a problem with the value, or with its key. Raises Enough."""
        self._findings.append(Finding(self.path, message, on_key))
        if len(self._findings) >= MOST_FINDINGS:
            raise Enough

    def expected(self, what: str) -> None:
        """Note that the value should be `what`. Raises Enough, as all questions below do."""
        self.wrong(f"must be {what}; found {shown(self.value)}")

    def sound(self) -> bool:
        """Whether nothing was noted about the value, or about what is in it."""
        return all(each.path[: len(self.path)] != self.path for each in self._findings)

    def lacks(self, *names: str, known: Sequence[str] = ()) -> bool:
        """Whether a map has no member of these names, nor a key that may be meant for one, which was noted. Those that
        are `known` mean themselves.
        """
        if not isinstance(self.value, dict):
            return False
        keys = [str(key) for key in self.value]
        return not any(key in names or (key not in known and nearest(key, names)) for key in keys)

    def unknown(self, what: str, known: Sequence[str]) -> None:
        """Note that the value is none of the known names; `what` begins the message."""
        self.wrong(f"{what} {shown(self.value)}{meant(str(self.value), known)}")

    def fields(
        self, known: Sequence[str], needed: Iterable[str] = (), places: Mapping[str, str] = NOWHERE
    ) -> dict[str, Cursor]:
        """The members of a map by their keys, in the file's order. Notes keys that are not known, with the `places`
        where they may stand, and `needed` ones that are missing, but not both where the unknown one is a misspelling.
        """
        if len(self.path) > DEEPEST:
            self.wrong("this is nested too deeply")
            return {}
        if not isinstance(self.value, dict):
            near = _joined(self.value, known) if isinstance(self.value, str) else ""
            self.wrong(f"must be a map with {listed(known)}; found {shown(self.value)}{near}")
            return {}
        members = {str(key): self.member(str(key), value) for key, value in self.value.items()}
        strangers = [key for key in members if key not in known]
        for key in strangers:
            said = f"; did you mean '{_SAID[key]}'?" if _SAID.get(key) in known else ""
            near = said or _joined(key, known) or (_likely(known) if key in _CHANCE else meant(key, known))
            place = f"; it stands {places[key]}" if key in places else near
            members.pop(key).wrong(f"unknown key {quoted(key)}{place}", on_key=True)
        for key in needed:
            if key not in members and not nearest(key, strangers):
                self.wrong(f"'{key}' is missing")
        return members

    def one_of(self, known: Sequence[str], places: Mapping[str, str] = NOWHERE) -> tuple[str, Cursor] | None:
        """The name and value of the only member of a map; None if it has no known one. `places` as above."""
        members = self.fields(known, places=places)
        if isinstance(self.value, dict) and len(self.value) != 1:
            self.wrong(f"needs exactly one of {listed(known)}")
        return next(iter(members.items()), None)

    def items(self, what: str) -> list[Cursor]:
        """The elements of a list, which must not be empty; `what` they are, for the message."""
        if not isinstance(self.value, list) or not self.value:
            self.wrong(f"must be a list of {what}; found {shown(self.value)}{_dashes(self.value, what)}")
            return []
        return [self.member(index, value) for index, value in enumerate(self.value)]

    def text(self, what: str = "text") -> str:
        """A text that is not blank. A number is refused, since YAML takes 0030 or 1e3 for another number."""
        if isinstance(self.value, (int, float)) and not isinstance(self.value, bool):
            self.wrong(f"must be {what}; found the number {self.value}: put it in quotes")
        elif not isinstance(self.value, str) or not self.value.strip():
            self.expected(what)
        elif re.match("[“”„‘’‚«]", self.value):
            self.wrong(f"{self.value[0]} is no quote to YAML, but a sign of the text; write \" or '")
        elif self.value != self.value.encode(errors="replace").decode():
            self.wrong("this has half a character in it")
        return self.value if isinstance(self.value, str) else ""

    def spelled(self, pattern: str, what: str, near: str = "") -> str:
        """A text that a regular expression matches as a whole; `what` that is, and `near`, are for the message."""
        if not isinstance(self.value, str) or not re.fullmatch(pattern, self.value):
            self.wrong(f"must be {what}; found {shown(self.value)}{near}")
        return str(self.value)

    def name(self, known: Sequence[str], covered: Mapping[str, str] = NOWHERE) -> str:
        """One of the known names; empty if it is none of them. Some others are `covered` by known ones, as is told."""
        if self.value in known:
            return str(self.value)
        if not isinstance(self.value, str) and str(self.value) in known:
            self.wrong(f"must be text; found the number {self.value}: put it in quotes")
        else:
            by = covered.get(str(self.value).strip("/").lower())
            near = f"; '{by}' covers it" if by else hint(str(self.value), known)
            self.wrong(f"must be {listed(known)}; found {shown(self.value)}{near}")
        return ""

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.expected("true or false")
        return self.value is True

    def whole(self, low: int, high: int | None = None) -> int:
        """A whole number from `low` to `high`, both included; None for no upper limit."""
        fits = isinstance(self.value, int) and not isinstance(self.value, bool)
        if not fits or self.value < low or (high is not None and self.value > high):
            self.expected(f"a whole number from {low}" + (f" to {high}" if high is not None else ""))
            return low
        return int(self.value)

    def number(self, low: float, *, above: bool = False, unit: str = "") -> float:
        """A number of at least `low`, or more than `low` if `above`; less than 10¹². Its `unit` is for the message."""
        fits = isinstance(self.value, (int, float)) and not isinstance(self.value, bool)
        if not fits or not low <= self.value < 1e12 or (above and self.value == low):
            self.expected(f"a number{unit} {'above' if above else 'from'} {low:g}" + ("" if above else " on"))
            return 1.0
        return self.value + 0  # type: ignore[no-any-return]  # a plain number, however it is written

    def holding(self, value: Any, path: Path | None = None) -> Cursor:
        """A cursor for another value in this place, or at another path."""
        return Cursor(value, self._findings, self.path if path is None else path, self.plans)

    def member(self, name: str | int, value: Any) -> Cursor:
        """A cursor for a value inside this one, by its key or index."""
        return Cursor(value, self._findings, (*self.path, name), self.plans)


def shown(value: Any) -> str:
    """A value of a file as a message shows it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case dict():
            return "a map" if value else "{}"
        case list():
            return "a list" if value else "[]"
    return text if len(text := str(value)) <= LONGEST else f"{text[:LONGEST]}..."


def written(value: Any) -> str:
    """A value on one line, as a file may have it; a long one is cut off."""
    whole = _written(value)
    return whole if len(whole) <= _LINE else f"{whole[:_LINE]}..."


def _written(value: Any) -> str:
    match value:
        case dict():
            return f"{{ {', '.join(f'{key}: {_written(each)}' for key, each in value.items())} }}"
        case list():
            return f"[{', '.join(map(_written, value))}]"
        case bool() | None:
            return json.dumps(value)
    return str(value)


def _likely(known: Sequence[str]) -> str:
    """The end of a message about a key that says how likely something is."""
    here = next((each for each in ("share", "weight") if each in known), "")
    return (
        f"; did you mean '{here}'?" if here else "; how likely something is, share in 'match' or choose in 'plan' says"
    )


def _dashes(value: Any, what: str) -> str:
    """The end of a message about a map, or a single value, in the place of a list of `what`."""
    if isinstance(value, str | int | float) and what != "rules" and re.fullmatch(r"\S+", str(value)):
        return f"; did you mean [{value if str(value).isalpha() else json.dumps(value)}]?"
    if isinstance(value, str):
        return "; each of them begins with '- '"
    if not isinstance(value, dict) or not value:
        return ""
    stuck = next((str(key) for key in value if str(key).startswith("-")), "")
    return f"; did you mean '- {stuck[1:]}', with a space?" if stuck else "; each of them begins with '- '"


def _joined(key: str, known: Sequence[str]) -> str:
    """The end of a message about a key that has its value in it, for lack of a colon or of the space after it."""
    found = re.fullmatch(r"([^\s:]+)(?::\s*|\s+)(\S.*)", key)
    return f"; did you mean '{found[1]}: {found[2]}'?" if found and found[1] in known else ""
