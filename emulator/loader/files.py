"""Finding scenario files and loading them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from emulator.data import folder
from emulator.loader import whole
from emulator.loader.cursor import Cursor
from emulator.loader.document import Document, Finding, Unreadable, from_json
from emulator.loader.problems import Problem, ScenarioError
from emulator.scenario import HAPPY_SCENARIO, Scenario

SUFFIXES: Final = (".yaml", ".yml", ".json")


def load_text(text: str, name: str, file: str = "") -> Scenario:
    """The scenario that a text says, in YAML or JSON. `name` is used if it says none, `file` in messages. Raises
    ScenarioError with all problems.
    """
    file = file or name
    value = from_json(text)
    if value is not None:
        made, findings = _read(value, name)
        if not findings:
            return made
    try:
        document = Document(text)
    except Unreadable as error:
        raise ScenarioError([Problem(file, *error.place, "", error.message)]) from None
    made, findings = _read(document.value, name) if not document.findings else (HAPPY_SCENARIO, document.findings)
    if findings:
        raise ScenarioError(_problems(document, findings, file))
    return made


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
    for file in sorted(each for each in Path(path).iterdir() if each.suffix in SUFFIXES):
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


def shipped() -> dict[str, Scenario]:
    """The scenarios that come with the emulator, by name."""
    return load_folder(folder("scenarios"))


def find(name: str) -> Scenario:
    """The scenario in a file, or the shipped one of this name. Raises ScenarioError if there is none such."""
    if name == HAPPY_SCENARIO.name:
        return HAPPY_SCENARIO
    if name.endswith(SUFFIXES) or "/" in name or "\\" in name:
        return load(name)
    files = {file.stem: file for file in sorted(folder("scenarios").glob("*.yaml"))}
    if name in files:
        return load(files[name])
    findings: list[Finding] = []
    Cursor(name, findings).unknown("there is no shipped scenario", tuple(files))
    raise ScenarioError([Problem(name, 1, 1, "", findings[0].message)])


def _read(value: Any, name: str) -> tuple[Scenario, list[Finding]]:
    findings: list[Finding] = []
    return whole.scenario(Cursor(value, findings), name), findings


def _problems(document: Document, findings: list[Finding], file: str) -> list[Problem]:
    found = [Problem(file, *document.place(each), _written(each), each.message) for each in findings]
    return sorted(found, key=lambda problem: (problem.line, problem.column, problem.path))


def _written(finding: Finding) -> str:
    path = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in finding.path)
    return path.removeprefix(".")
