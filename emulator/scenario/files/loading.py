"""From a scenario's name, file or text to the Scenario; or all that is wrong with it, as one ScenarioError."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from emulator.scenario.files import scenario
from emulator.scenario.files.cursor import Cursor, Enough, shown
from emulator.scenario.files.document import Document, Finding, Problem, ScenarioError, Unreadable, from_json
from emulator.scenario.files.matches import match
from emulator.scenario.matching import Match
from emulator.scenario.rules import HAPPY_SCENARIO, Rule, Scenario
from emulator.shipped import folder
from emulator.validation import encoding
from emulator.validation.hints import nearest

T = TypeVar("T")
SUFFIXES: Final = (".yaml", ".yml", ".json")


def load_text(text: str, name: str, file: str = "") -> Scenario:
    """The scenario in a text, YAML or JSON, called `name` unless it gives itself another. Messages are about `file`, or
    about `name` without one. Raises ScenarioError with all problems.
    """
    return _loaded(text, file or name, lambda cursor: scenario.scenario(cursor, name))


def load_rules(text: str, file: str) -> tuple[tuple[Rule, int | None], ...]:
    """The rules in a text that has nothing but `rules`, each with its number of `uses` (None: any). Messages are about
    `file`. Raises ScenarioError with all problems.
    """
    return _loaded(text, file, scenario.overrides)


def load_match(text: str, file: str) -> Match:
    """The match in a text, written as a rule's. Messages are about `file`. Raises ScenarioError."""
    return _loaded(text, file, match)


def _loaded(text: str, file: str, read: Callable[[Cursor], T]) -> T:
    """What `read` makes of a text: of its JSON, or of its YAML if it is no JSON or if something is wrong."""
    value = from_json(text)
    if value is not None:
        made, findings = _read(value, read)
        if made is not None and not findings:
            return made
    try:
        document = Document(text)
    except Unreadable as error:
        raise ScenarioError([Problem(file, *error.place, "", error.message)]) from None
    if document.findings:
        raise ScenarioError(document.problems(document.findings, file))
    made, findings = _read(document.value, read)
    if made is None or findings:
        raise ScenarioError(document.problems(findings, file))
    return made


def _read(value: Any, read: Callable[[Cursor], T]) -> tuple[T | None, list[Finding]]:
    """What `read` makes of a value, and what is wrong with the value; None if it stopped early."""
    findings: list[Finding] = []
    try:
        return read(Cursor(value, findings)), findings
    except Enough:
        return None, findings


def placed(text: str, findings: Sequence[Finding], file: str) -> list[Problem]:
    """Findings of a text that was loaded, with their places."""
    return Document(text).problems(findings, file) if findings else []


def load(path: Path | str) -> Scenario:
    """The scenario in a file. Raises ScenarioError with all problems, also if the file can't be read."""
    path = Path(path)
    return load_text(text_of(path), path.stem, str(path))


def text_of(path: Path) -> str:
    """The text of a file. Raises ScenarioError if it can't be read."""
    try:
        return encoding.text(path.read_bytes())
    except encoding.NotText as error:
        raise ScenarioError([Problem(str(path), 1, 1, "", f"this {error}")]) from None
    except OSError as error:
        raise ScenarioError([Problem(str(path), 1, 1, "", f"this cannot be read: {error.strerror}")]) from None


def load_folder(path: Path | str) -> dict[str, Scenario]:
    """The scenarios of a folder by their names, in the order of the files. Raises one ScenarioError with the problems
    of all files.
    """
    problems: list[Problem] = []
    found: dict[str, Scenario] = {}
    for file in sorted(each for each in Path(path).iterdir() if is_scenario(each)):
        try:
            made = load(file)
        except ScenarioError as error:
            problems += error.problems
            continue
        if made.name in found:
            problems.append(Problem(str(file), 1, 1, "name", f"another file has the scenario '{made.name}' too"))
        found[made.name] = made
    if problems:
        raise ScenarioError(problems)
    return found


def is_scenario(path: Path) -> bool:
    """Whether a folder's entry is a scenario's file: by its suffix, not hidden, a regular file or a link to one."""
    return path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file()


def shipped() -> dict[str, Scenario]:
    """The scenarios that come with the emulator, by name."""
    return load_folder(folder("scenarios"))


def shipped_files() -> dict[str, Path]:
    """The files of the scenarios that come with the emulator, by the scenarios' names."""
    return {file.stem: file for file in sorted(folder("scenarios").glob("*.yaml"))}


def find(name: str, own: Mapping[str, Scenario] = MappingProxyType({})) -> Scenario:
    """The scenario in the file of this path, if it looks like one; else as `named`. Raises ScenarioError."""
    return load(name) if is_file(name) else named(name, own)


def is_file(name: str) -> bool:
    """Whether this looks like a file's path rather than a scenario's name."""
    return name.endswith(SUFFIXES) or "/" in name or "\\" in name


def named(name: str, own: Mapping[str, Scenario] = MappingProxyType({})) -> Scenario:
    """The scenario of this name: one of the user's `own`, else a shipped one. Raises ScenarioError if there is none."""
    if name in own:
        return own[name]
    return HAPPY_SCENARIO if name == HAPPY_SCENARIO.name else load(path_of(name, own))


def path_of(name: str, own: Iterable[str] = ()) -> Path:
    """The file of a shipped scenario. Raises ScenarioError if there is none, with the name that is near, of them and
    the user's `own`.
    """
    files = shipped_files()
    if name in files:
        return files[name]
    near = nearest(name, (*own, *files))
    told = f"did you mean '{near}'?" if near else "`failover-emulator check` lists the shipped ones"
    raise ScenarioError([Problem("", 0, 0, "", f"there is no scenario {shown(name)}; {told}")])
