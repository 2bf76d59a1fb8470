"""The scenarios that can be chosen by name: the user's own, whose files may change, and the shipped ones.

A file that has changed is read again; if it is broken then, its old version stays. A deleted file can no longer be
chosen by name, but its scenario stays in force where it is already.
"""

from __future__ import annotations

from pathlib import Path

from emulator.scenario import files
from emulator.scenario.files import Problem, ScenarioError
from emulator.scenario.rules import HAPPY_SCENARIO, Scenario
from emulator.shipped import folder

Signature = tuple[int, int, int] | None
"""What tells one version of a file from another; None if there is no file."""


class Catalogue:
    """Scenarios by name. The user's files are those in `folder`, and `file`; each may be empty for none."""

    def __init__(self, folder: str = "", file: str = "") -> None:
        self._folder = Path(folder).absolute() if folder else None
        self._file = Path(file).absolute() if file else None
        self._by_file: dict[Path, Scenario] = {}
        self._own: dict[str, Scenario] = {}
        self._seen: dict[Path, Signature] = {}
        self._broken: dict[Path, ScenarioError] = {}
        self._shipped: dict[str, Scenario] = {}

    @property
    def own(self) -> dict[str, Scenario]:
        """The user's scenarios by name."""
        return self._own

    @property
    def watched(self) -> bool:
        """Whether there are files that may change."""
        return bool(self._folder or self._file)

    def load(self) -> None:
        """Read all of the user's files. Raises ScenarioError with the problems of all."""
        problems: list[Problem] = []
        for path in self.files():
            try:
                self.reload(path)
            except ScenarioError as error:
                problems += error.problems
        if problems:
            raise ScenarioError(problems)

    def files(self) -> list[Path]:
        """The paths of the user's files as they are now. Raises ScenarioError if the folder can't be read."""
        try:
            inside = sorted(self._folder.iterdir()) if self._folder else []
        except OSError as error:
            raise ScenarioError([Problem("", 0, 0, "", f"{self._folder}: {error.strerror}")]) from error
        found = [path for path in inside if files.is_scenario(path)]
        return list(dict.fromkeys([*found, self._file] if self._file else found))

    def changed(self) -> list[Path]:
        """The user's files that are new or were written since they were read. Once one was deleted, also those that
        could not be loaded before, since its name is free now. Raises ScenarioError as `files`.
        """
        there = self.files()
        if gone := self._seen.keys() - set(there):
            for path in gone:
                self._by_file.pop(path, None)
                self._broken.pop(path, None)
            self._name()
            self._seen = {path: seen for path, seen in self._seen.items() if path in self._by_file}
        return [path for path in there if _signature(path) not in (None, self._seen.get(path))]

    def has(self, path: Path) -> bool:
        """Whether a version of this file was loaded."""
        return path in self._by_file

    def reload(self, path: Path) -> tuple[Scenario | None, Scenario]:
        """Read one of the user's files; its old version, None if there was none, and its new one. Raises ScenarioError,
        and then the old version stays.
        """
        self._seen[path] = _signature(path)
        try:
            old, new = self._by_file.get(path), self._loaded(path)
        except ScenarioError as error:
            self._broken[path] = error
            raise
        self._broken.pop(path, None)
        self._by_file[path] = new
        self._name()
        return old, new

    def _loaded(self, path: Path) -> Scenario:
        """The scenario in one of the user's files. Raises ScenarioError, also if another file has one of its name."""
        new = files.load(path)
        others = {each.name: other for other, each in self._by_file.items() if other != path}
        if new.name in others:
            told = f"{others[new.name]} has the scenario '{new.name}' too"
            raise ScenarioError([Problem(str(path), 1, 1, "name", told)])
        return new

    def _name(self) -> None:
        """Bring `own` up to date, in its place, since others hold it."""
        self._own.clear()
        self._own.update({scenario.name: scenario for scenario in self._by_file.values()})

    def at(self, path: str) -> Scenario:
        """The scenario of one of the user's files. KeyError if it was not loaded."""
        return self._by_file[Path(path).absolute()]

    def names(self) -> list[str]:
        """The names of all scenarios that can be chosen."""
        return [*self.own, *files.shipped_files(), HAPPY_SCENARIO.name]

    def find(self, name: str) -> Scenario:
        """The scenario of this name, read if it was not yet. Raises ScenarioError; if a file of this name is broken,
        with its problems.
        """
        if (known := self.known(name)) is None:
            if (broken := self._broken_as(name)) is not None:
                raise ScenarioError(broken.problems)
            known = self._shipped[name] = files.named(name, self.own)
        return known

    def known(self, name: str) -> Scenario | None:
        """The scenario of this name, if it was read already; to find another one means reading its file."""
        return self.own.get(name) or (None if self._broken_as(name) else self._shipped.get(name))

    def _broken_as(self, name: str) -> ScenarioError | None:
        """What is wrong with the user's file of this name, if it is broken and has no version that stays."""
        return next((error for path, error in self._broken.items() if path.stem == name and not self.has(path)), None)

    def text(self, name: str) -> tuple[str, str]:
        """The path and the text of a scenario's file. Raises ScenarioError if it can't be read."""
        own = {scenario.name: path for path, scenario in self._by_file.items()}
        path = own.get(name) or folder("scenarios") / f"{name}.yaml"
        return str(path), files.text_of(path)

    def all(self) -> dict[str, Scenario]:
        """All scenarios by name, the user's before shipped ones of the same name."""
        return files.shipped() | self.own


def _signature(path: Path) -> Signature:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
