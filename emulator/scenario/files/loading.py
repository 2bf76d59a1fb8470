"""Finding scenario files and loading them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from emulator.scenario.files import scenario
from emulator.scenario.files.cursor import Cursor, Enough, nearest, shown
from emulator.scenario.files.document import Document, Finding, Unreadable, from_json
from emulator.scenario.files.matches import match
from emulator.scenario.files.problems import Problem, ScenarioError
from emulator.scenario.matching import Match
from emulator.scenario.rules import HAPPY_SCENARIO, Rule, Scenario
from emulator.shipped import folder

T = TypeVar("T")
SUFFIXES: Final = (".yaml", ".yml", ".json")


def load_text(text: str, name: str, file: str = "") -> Scenario:
    """The scenario that a text says, in YAML or JSON. `name` is used if it says none, `file` in messages. Raises
    ScenarioError with all problems.
    """
    return _loaded(text, file or name, lambda cursor: scenario.scenario(cursor, name))


def _loaded(text: str, file: str, read: Callable[[Cursor], T]) -> T:
    """What a text says: read as JSON if it is that, and as YAML if not or if something is wrong."""
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
        raise ScenarioError(_problems(document, document.findings, file))
    made, findings = _read(document.value, read)
    if made is None or findings:
        raise ScenarioError(_problems(document, findings, file))
    return made


def load_rules(text: str, file: str) -> tuple[tuple[Rule, int | None], ...]:
    """The rules of a text that has `rules` alone, each with its number of `uses` (None: any). `file` is for messages.
    Raises ScenarioError with all problems.
    """
    return _loaded(text, file, scenario.overrides)


def load_match(text: str, file: str) -> Match:
    """The match that a text says, as a rule has it; `file` is for messages. Raises ScenarioError."""
    return _loaded(text, file, match)


def load(path: Path | str) -> Scenario:
    """The scenario in a file. Raises ScenarioError with all problems, also if the file cannot be read."""
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError([Problem(str(path), 1, 1, "", f"this is not UTF-8: {error.reason}")]) from None
    except OSError as error:
        raise ScenarioError([Problem(str(path), 1, 1, "", f"this cannot be read: {error.strerror}")]) from None
    return load_text(text, path.stem, str(path))


def load_folder(path: Path | str) -> dict[str, Scenario]:
    """The scenarios of a folder by name, sorted. Raises one ScenarioError with the problems of all files."""
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
    """Whether something in a folder is a scenario's file: not hidden, not a folder, a pipe or a link to nothing."""
    return path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file()


def shipped() -> dict[str, Scenario]:
    """The scenarios that come with the emulator, by name."""
    return load_folder(folder("scenarios"))


def find(name: str, own: Mapping[str, Scenario] = MappingProxyType({})) -> Scenario:
    """The scenario in a file; or the one of this name, of `own` or shipped. Raises ScenarioError if there is none."""
    return load(name) if is_file(name) else named(name, own)


def is_file(name: str) -> bool:
    """Whether this is a path rather than a scenario's name."""
    return name.endswith(SUFFIXES) or "/" in name or "\\" in name


def named(name: str, own: Mapping[str, Scenario] = MappingProxyType({})) -> Scenario:
    """The scenario of this name, of `own` or shipped. Raises ScenarioError if there is none."""
    if name in own:
        return own[name]
    if name == HAPPY_SCENARIO.name:
        return HAPPY_SCENARIO
    files = {file.stem: file for file in sorted(folder("scenarios").glob("*.yaml"))}
    if name in files:
        return load(files[name])
    near = nearest(name, (*own, *files))
    hint = f"did you mean '{near}'?" if near else "`failover-emulator check` lists the shipped ones"
    raise ScenarioError([Problem("", 0, 0, "", f"there is no scenario {shown(name)}; {hint}")])


def _read(value: Any, read: Callable[[Cursor], T]) -> tuple[T | None, list[Finding]]:
    """What a value says, and what is wrong with it; None if too much is."""
    findings: list[Finding] = []
    try:
        return read(Cursor(value, findings)), findings
    except Enough:
        return None, findings


def _problems(document: Document, findings: list[Finding], file: str) -> list[Problem]:
    found = [Problem(file, *document.place(each), _whole(_written(each)), _whole(each.message)) for each in findings]
    return sorted(found, key=lambda problem: (problem.line, problem.column, problem.path))


def _whole(text: str) -> str:
    """A text without half characters, which JSON and YAML can say and nothing can show."""
    return text.encode(errors="replace").decode()


def _written(finding: Finding) -> str:
    path = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in finding.path)
    return path.removeprefix(".")
