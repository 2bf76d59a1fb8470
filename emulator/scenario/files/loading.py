"""From a scenario's name, file or text to the Scenario; or all that is wrong with it, as one ScenarioError."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from emulator.scenario.files import folders, parameters, scenario
from emulator.scenario.files import named as names
from emulator.scenario.files.cursor import Cursor, Enough, shown
from emulator.scenario.files.document import Document, Finding, Problem, ScenarioError, Unreadable, from_json
from emulator.scenario.files.including import Part
from emulator.scenario.files.matches import match
from emulator.scenario.files.parameters import Unset, base_of, call, called
from emulator.scenario.matching import Match
from emulator.scenario.rules import HAPPY_SCENARIO, Rule, Scenario
from emulator.shipped import folder
from emulator.validation import encoding
from emulator.validation.hints import nearest

T = TypeVar("T")
_LONG: Final = 200
"""No file's name is longer, so none is looked for."""


def load_text(text: str, name: str, file: str = "", home: Path | None = None, shelf: Path | None = None) -> Scenario:
    """The scenario in a text, YAML or JSON, called `name` unless it gives itself another; the parameters that the name
    sets are set. Messages are about `file`, or about `name` without one; `home` is the file that it was read from, if
    any. A text that was read from none may include those in the folder `shelf`. Raises ScenarioError with all problems.
    """
    base, given = _called(name)
    include = partial(_included, home, () if home is None else (home.resolve(),), shelf=shelf)
    return _loaded(
        text, file or base, lambda cursor: scenario.part(cursor, base, given, include, ("purpose",)).scenario
    )


def _included(  # noqa: PLR0913, PLR0917  # all that it depends on
    home: Path | None,
    seen: tuple[Path, ...],
    cursor: Cursor,
    name: str,
    given: dict[str, str],
    shelf: Path | None = None,
) -> Part | None:
    """What a value names: a file beside the one at `home`, or without that in the folder `shelf`; or a shipped
    scenario. `seen` are the files that lead here. Raises ScenarioError with what is wrong in it.
    """
    path = _meant(home, shelf, cursor, name)
    if path is None:
        return None
    if path.resolve() in seen:
        cursor.wrong(f"{name} includes this file, so both contain themselves")
        return None
    include = partial(_included, path, (*seen, path.resolve()))
    made = _loaded(text_of(path), str(path), lambda each: scenario.part(each, path.stem, given, include))
    own = replace(made.scenario, name=path.stem, files=(str(path), *made.scenario.files))
    return replace(made, scenario=own)


def _meant(home: Path | None, shelf: Path | None, cursor: Cursor, name: str) -> Path | None:
    """The file that a value names, as `_included` has it; None if there is none, which is noted."""
    if not is_file(name):
        shipped = shipped_files()
        if name not in shipped:
            near = nearest(name, list(shipped))
            cursor.wrong(f"there is no shipped scenario {shown(name)}" + (f"; did you mean '{near}'?" if near else ""))
        return shipped.get(name)
    if home is not None:
        if not (home.parent / name).is_file():
            near = _near(name, filter(folders.is_scenario, (home.parent / name).parent.glob("*")), Path(name).parent)
            cursor.wrong(f"there is no file {shown(name)} beside this one{near}")
        return home.parent / name if (home.parent / name).is_file() else None
    if shelf is None:
        cursor.wrong(
            "a text has no folder, so it can include shipped scenarios only; a file can include others, and so can a"
            " text if the emulator is started with --scenarios FOLDER, those in that folder"
        )
        return None
    found = folders.ending(shelf, name)
    if len(found) > 1:
        several = " or ".join(str(each.relative_to(shelf)) for each in found)
        cursor.wrong(f"several files in the folder of --scenarios are called so; say {several}")
    elif not found:
        near = _near(name, folders.all_files(shelf))
        cursor.wrong(f"there is no file {shown(name)} in the folder of --scenarios{near}")
    return found[0] if len(found) == 1 else None


def _near(name: str, there: Iterable[Path], folder: Path = Path()) -> str:
    """The end of a message about a file that is not there; those that are have the same few suffixes. What it means is
    written with this folder before it.
    """
    names = {path.stem: str(folder / path.name) for path in there}
    near = nearest(Path(name).stem, names)
    return f"; did you mean '{names[near]}'?" if near else ""


def _called(name: str) -> tuple[str, dict[str, str]]:
    """A scenario's own name, or its file, and the parameters that are set in it. Raises ScenarioError."""
    try:
        return called(name)
    except Unset as error:
        raise ScenarioError([Problem("", 0, 0, "", str(error))]) from None


def load_rules(
    text: str, file: str, plans: Mapping[str, Any] = MappingProxyType({})
) -> tuple[tuple[Rule, int | None], ...]:
    """The rules in a text that has nothing but `rules`, each with its number of `uses` (None: any), and `plans`, to
    which they refer, as to these `plans` of a scenario. Messages are about `file`. Raises ScenarioError with all
    problems.
    """
    return _loaded(text, file, partial(scenario.overrides, plans=plans))


def with_plans(text: str, plans: Mapping[str, Any]) -> str:
    """A text of rules that can be loaded, with those of these `plans` in it to which it refers."""
    value: dict[str, Any] = from_json(text) or Document(text).value or {}
    own = value.get("plans", {})
    if not (names.names_in(value) - own.keys()) & plans.keys():
        return text
    return json.dumps({**value, "plans": {**plans, **own}})


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
        raise ScenarioError(document.problems(findings, file), made, findings)
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


def load(path: Path | str, given: Mapping[str, str] = MappingProxyType({})) -> Scenario:
    """The scenario in a file, with these parameters set. Raises ScenarioError with all problems, also if the file can't
    be read.
    """
    path = Path(path)
    return load_text(text_of(path), call(path.stem, given), str(path), path)


def text_of(path: Path) -> str:
    """The text of a file. Raises ScenarioError if it can't be read."""
    try:
        return encoding.text(path.read_bytes())
    except encoding.NotText as error:
        raise ScenarioError([Problem(str(path), 1, 1, "", f"this {error}")]) from None
    except OSError as error:
        alone = (
            f"; the shipped scenario is chosen by its name alone: {path.stem}" if path.stem in shipped_files() else ""
        )
        there = path.parent.glob("*") if isinstance(error, FileNotFoundError) else ()
        told = f"this cannot be read: {error.strerror}{alone or _near(path.name, filter(folders.is_scenario, there))}"
        raise ScenarioError([Problem(str(path), 1, 1, "", told)]) from None


def load_folder(path: Path | str) -> dict[str, Scenario]:
    """The scenarios of a folder, and those below it, by their names, in the order of the files. Raises one
    ScenarioError with the problems of all files.
    """
    problems: list[Problem] = []
    found: dict[str, Scenario] = {}
    homes: dict[str, Path] = {}
    for file in folders.scenarios(Path(path)):
        try:
            made = load(file)
        except ScenarioError as error:
            problems += error.problems
            continue
        if made.name in found:
            problems.append(twice(made.name, file, homes[made.name]))
        found[made.name], homes[made.name] = made, file
    if problems:
        raise ScenarioError(problems)
    return found


def twice(name: str, file: Path, other: Path) -> Problem:
    """What is wrong with a file that has a scenario which another file has too."""
    told = f"{other} has the scenario '{name}' too; give one another name: the folder does not tell them apart"
    return Problem(str(file), 1, 1, "name", told)


def shipped() -> dict[str, Scenario]:
    """The scenarios that come with the emulator, by name."""
    return load_folder(folder("scenarios"))


@cache
def shipped_files() -> Mapping[str, Path]:
    """The files of the scenarios that come with the emulator, by the scenarios' names. They are looked for once."""
    return MappingProxyType({file.stem: file for file in folders.scenarios(folder("scenarios"))})


def find(name: str, own: Mapping[str, Scenario] = MappingProxyType({})) -> Scenario:
    """The scenario in the file of this path, if it looks like one; else as `named`. Raises ScenarioError."""
    base, given = _called(name)
    if is_file(base):
        return load(base, given)
    try:
        return named(name, own)
    except ScenarioError:
        path_of(base, own, here=True)
        raise


def is_file(name: str) -> bool:
    """Whether this looks like a file's path rather than a scenario's name."""
    base = base_of(name)
    return base.endswith(folders.SUFFIXES) or "/" in base or "\\" in base


def setting(name: str, text: str) -> str:
    """The name or file of a scenario with the parameters set that a text has, such as share=50%,n=3. Raises
    ScenarioError.
    """
    try:
        return parameters.setting(name, text) if text else name
    except Unset as error:
        raise ScenarioError([Problem("", 0, 0, "", str(error))]) from None


def named(name: str, own: Mapping[str, Scenario] = MappingProxyType({})) -> Scenario:
    """The scenario of this name: one of the user's `own`, else a shipped one. Raises ScenarioError if there is none."""
    if name in own:
        return own[name]
    base, given = _called(name)
    return HAPPY_SCENARIO if name == HAPPY_SCENARIO.name else load(path_of(base, own), given)


def path_of(name: str, own: Iterable[str] = (), *, here: bool = False) -> Path:
    """The file of a shipped scenario. Raises ScenarioError if there is none, with the name that is near, of them and
    the user's `own`; or, if a file may be meant that is `here`, in the working folder, with that.
    """
    files = shipped_files()
    if name in files:
        return files[name]
    sought = folders.SUFFIXES if here and len(name) < _LONG else ()
    file = next((f"./{name}{each}" for each in sought if Path(f"{name}{each}").is_file()), "")
    near = file or nearest(name.rpartition("/")[2], (*own, *files))
    told = f"did you mean '{near}'?" if near else "`failover-emulator check` lists the shipped ones"
    raise ScenarioError([Problem("", 0, 0, "", f"there is no scenario {shown(name)}; {told}")])
