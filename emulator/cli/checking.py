"""What `check` finds in files of scenarios and stories, file by file. It prints nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from emulator.accounts.prices import over
from emulator.control.review import Review, review
from emulator.control.stories.review import refused
from emulator.control.stories.story import is_story
from emulator.control.stories.story import read as read_story
from emulator.provider.beforehand import Beforehand
from emulator.scenario import files
from emulator.scenario.files import Problem, ScenarioError, folders


class Found(Struct, frozen=True):
    """What was found in a file, which has this place in words: its path, or as it was given if there is none. `group`
    is the folder below the given one that it is in, such as viber. `name` and `purpose` are empty if it can't be read,
    and `balance` if it has none: what consumes it, in words.
    """

    file: str
    kind: Literal["scenario", "story"] = "scenario"
    group: str = ""
    name: str = ""
    purpose: str = ""
    balance: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def found(given: str, parameters: str, there: Beforehand, homes: dict[str, Path]) -> Iterator[Found]:
    """What is found in a file, a folder or a scenario's name, whose parameters are set by this setting, for an emulator
    that is `there`. `homes` has the files of the scenarios that were checked before, by name, and gets these.
    Raises ScenarioError if a folder can't be read.
    """
    top = Path(given)
    inside = [*folders.scenarios(top), *folders.stories(top)] if top.is_dir() else [top]
    if not inside:
        yield Found(given, problems=(Problem("", 0, 0, "", f"{top} has no scenario files (.yaml, .yml or .json)"),))
    for one in inside:
        kind: Literal["scenario", "story"] = "story" if is_story(one) else "scenario"
        group = folders.group(one, top)
        try:
            if kind == "story":
                yield _story(one, group, there, top if top.is_dir() and not is_story(top / one.name) else None)
                continue
            named = not one.exists() and not files.is_file(given)
            path = files.path_of(files.base_of(given), here=True) if named else Path(files.base_of(str(one)))
            name = files.setting(files.call(path.stem, files.called(str(one))[1]), parameters)
            yield _scenario(path, group, review(files.text_of(path), name, str(path), there, path), there, homes)
        except ScenarioError as error:
            yield Found(str(one), kind, group, problems=error.problems, warnings=error.warnings)


def _scenario(path: Path, group: str, told: Review, there: Beforehand, homes: dict[str, Path]) -> Found:
    scenario, balance = told.scenario, ""
    if scenario.balance is not None:
        consumed = f"is consumed by these prices: {over(there.declared.prices, scenario.prices)}"
        if scenario.balance_in == "messages":
            consumed = "messages is consumed by one for each, however long it is"
        balance = f"the balance of {scenario.balance:.15g} {consumed}"
    home = homes.setdefault(scenario.name, path)
    problems = (*told.unmet, *(() if home == path else (files.twice(scenario.name, path, home),)))
    return Found(str(path), "scenario", group, scenario.name, scenario.purpose, balance, problems, told.warnings)


def _story(path: Path, group: str, there: Beforehand, top: Path | None) -> Found:
    """`top` is the folder of the scenarios that the story may name, if that is known."""
    story = read_story(path)
    wrong = tuple(refused(story, str(path), there, top))
    return Found(str(path), "story", group, story.name, story.purpose, problems=wrong)
