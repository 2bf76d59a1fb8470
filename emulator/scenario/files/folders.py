"""Which files of a folder are scenarios, and the folder below it that each is in: its group, such as viber.

Folders below may be nested, and may be links, as a mounted ConfigMap has them. What is hidden is left out. Knows only
names, nothing of what is in a file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final

from emulator.scenario.files.document import Problem, ScenarioError

SUFFIXES: Final = (".yaml", ".yml", ".json")
STORIES: Final = "stories"
"""The name of a folder whose files are stories."""
PARTS: Final = "parts"
"""The name of a folder whose files are included by others, and are no scenarios of their own."""


def is_scenario(path: Path) -> bool:
    """Whether a folder's entry is a scenario's file: by its suffix, not hidden, a regular file or a link to one."""
    return path.suffix in SUFFIXES and not path.name.startswith(".") and path.is_file()


def scenarios(top: Path) -> list[Path]:
    """The files of scenarios in a folder and those below it, first its own. Raises ScenarioError
    if one of them can't be read.
    """
    places = (place for place in _folders(top, PARTS) if place == top or place.name != STORIES)
    return [path for place in places for path in _inside(place)]


def stories(top: Path) -> list[Path]:
    """The files of stories in the folders of that name below a folder. Raises ScenarioError."""
    places = (place for place in _folders(top, PARTS) if place != top and place.name == STORIES)
    return [path for place in places for path in _inside(place)]


def ending(top: Path, name: str) -> list[Path]:
    """The files that a path may mean to a text that stands nowhere: the one at this path in the folder `top`, else all
    whose paths end so, in whatever folder below. Steps upwards are left out, so none is outside. Raises ScenarioError.
    """
    parts = tuple(each for each in PurePath(name.replace("\\", "/")).parts if each not in ("..", "/"))
    exact = top.joinpath(*parts)
    if is_scenario(exact):
        return [exact]
    return [path for path in all_files(top) if path.parts[-len(parts) :] == parts]


def all_files(top: Path) -> list[Path]:
    """The files in a folder and those below it that may be included. Raises ScenarioError."""
    return [path for place in _folders(top) for path in _inside(place)]


def group(path: Path, top: Path) -> str:
    """The folder below `top` that a file is in, such as viber; empty if it is in `top` itself, or elsewhere."""
    place = path.parent
    return "" if place == top or top not in place.parents else place.relative_to(top).as_posix()


def _inside(place: Path) -> list[Path]:
    return sorted(filter(is_scenario, place.iterdir()))


def _folders(top: Path, *but: str) -> Iterator[Path]:
    """A folder and those below it, but no hidden ones and none of these names; no link that leads back is followed."""
    for here, below, _ in os.walk(top, onerror=_unreadable, followlinks=True):
        place = Path(here)
        yield place
        around = place.resolve()
        seen = {around, *around.parents}
        below[:] = sorted(
            each
            for each in below
            if not each.startswith(".") and each not in but and (place / each).resolve() not in seen
        )


def _unreadable(error: OSError) -> None:
    raise ScenarioError([Problem("", 0, 0, "", f"{error.filename}: {error.strerror}")]) from error
