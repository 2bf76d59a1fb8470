"""The scenarios that can be chosen by name: the user's own, whose files may change, and the shipped ones.

A file that has changed is read again; if it is broken then, its old version stays. A deleted file can no longer be
chosen by name, but its scenario stays in force where it is already.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from emulator.scenario import files
from emulator.scenario.files import Problem, ScenarioError, folders
from emulator.scenario.rules import HAPPY_SCENARIO, Scenario
from emulator.shipped import folder

Signature = tuple[tuple[int, int, int] | None, ...]
"""What tells one version of a file, and of those that it includes, from another; None for one that is not there."""


class Catalogue:
    """Scenarios by name. The user's files are those in `folder` and in the folders below it, and `file`, in whose name
    parameters may be set; each may be empty for none. A scenario with other parameters set is a variant of its own.
    """

    def __init__(self, folder: str = "", file: str = "") -> None:
        self._folder = Path(folder).absolute() if folder else None
        base, self._given = files.called(file)
        self._file = Path(base).absolute() if file else None
        self._variants: dict[str, Scenario] = {}
        self._by_file: dict[Path, Scenario] = {}
        self._own: dict[str, Scenario] = {}
        self._latest: dict[str, Scenario] = {}
        self._seen: dict[Path, Signature | None] = {}
        self._contents: dict[Path, list[tuple[str, bytes]]] = {}
        self._broken: dict[Path, ScenarioError] = {}
        self._shipped: dict[str, Scenario] = {}
        self._library: dict[str, Scenario] = {}

    @property
    def own(self) -> dict[str, Scenario]:
        """The user's scenarios by name."""
        return self._own

    @property
    def latest(self) -> Mapping[str, Scenario]:
        """The user's scenarios, and those variants of theirs that were asked for, by name as they are now."""
        return self._latest

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
        found = folders.scenarios(self._folder) if self._folder else []
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
        return [path for path in there if self._signature(path) not in (None, self._seen.get(path))]

    @property
    def versions(self) -> dict[Path, Signature | None]:
        """What tells the versions of the user's files that were read last from others."""
        return dict(self._seen)

    def contents(self) -> bytes:
        """What was in the user's files, and in those that they include, when they were read last, wherever they are."""
        return repr(sorted({each for path in self._seen for each in self._contents.get(path, ())})).encode()

    def has(self, path: Path) -> bool:
        """Whether a version of this file was loaded."""
        return path in self._by_file

    def reload(self, path: Path) -> tuple[Scenario | None, Scenario]:
        """Read one of the user's files; its old version, None if there was none, and its new one. Raises ScenarioError,
        and then the old version stays.
        """
        began = _signature(path)
        try:
            old, new = self._by_file.get(path), self._loaded(path)
        except ScenarioError as error:
            self._broken[path] = error
            self._note(path, began)
            raise
        self._broken.pop(path, None)
        self._by_file[path] = new
        self._note(path, began)
        self._name()
        for name in self._variants:
            if self._home(name) == path:
                with suppress(ScenarioError):  # then it stays as it was
                    self._latest[name] = self._variants[name] = files.load(path, files.called(name)[1])
        return old, new

    def _note(self, path: Path, began: object) -> None:
        """Take note of the version of a file that was read, and of what is in it and in those that it includes. If it
        is not as it was when that `began`, it counts as changed.
        """
        known, seen, found = self._by_file.get(path), self._signature(path), list[tuple[str, bytes]]()
        for each in (path, *(map(Path, known.files) if known else ())):
            below = self._folder is not None and each.is_relative_to(self._folder)
            with suppress(OSError):
                found.append((os.path.relpath(each, self._folder) if below else each.name, each.read_bytes()))
        self._contents[path] = found
        self._seen[path] = seen if seen and seen[0] == began and seen == self._signature(path) else ()

    def _signature(self, path: Path) -> Signature | None:
        """What tells this version of a file, and of those that it includes, from another; None if there is none."""
        known = self._by_file.get(path)
        found = [_signature(each) for each in (path, *(map(Path, known.files) if known else ()))]
        return None if found[0] is None else tuple(found)

    def _home(self, name: str) -> Path | None:
        """The user's file that has a scenario, whichever parameters its name sets."""
        base = files.base_of(name)
        return next((path for path, each in self._by_file.items() if files.base_of(each.name) == base), None)

    def _loaded(self, path: Path) -> Scenario:
        """The scenario in one of the user's files. Raises ScenarioError, also if another file has one of its name."""
        new = files.load(path, self._given if path == self._file else {})
        others = {each.name: other for other, each in self._by_file.items() if other != path}
        if new.name in others:
            raise ScenarioError([files.twice(new.name, path, others[new.name])])
        return new

    def _name(self) -> None:
        """Bring `own` and `latest` up to date, in their places, since others hold them."""
        self._own.clear()
        self._own.update({scenario.name: scenario for scenario in self._by_file.values()})
        self._latest.clear()
        self._latest.update(self._variants | self._own)

    def at(self, path: str) -> Scenario:
        """The scenario of one of the user's files. KeyError if it was not loaded."""
        return self._by_file[Path(files.base_of(path)).absolute()]

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
            if (home := self._home(name)) is not None and files.base_of(name) != name:
                known = self._latest[name] = self._variants[name] = files.load(home, files.called(name)[1])
            else:
                known = self._shipped[name] = files.named(name, self.own)
        return known

    def seek(self, name: str) -> Scenario:
        """The scenario of this name, which somebody has chosen who may have read a file that is new. Raises
        ScenarioError.
        """
        if self.known(name) is None:
            for path in self.files():
                if not self.has(path):
                    with suppress(ScenarioError):
                        self.reload(path)
        return self.find(name)

    def known(self, name: str) -> Scenario | None:
        """The scenario of this name, if it was read already; to find another one means reading its file."""
        return self.latest.get(name) or (None if self._broken_as(name) else self._shipped.get(name))

    def _broken_as(self, name: str) -> ScenarioError | None:
        """What is wrong with the user's file of this name, if it is broken and has no version that stays."""
        return next((error for path, error in self._broken.items() if path.stem == name and not self.has(path)), None)

    def outdated(self, name: str) -> tuple[Problem, ...]:
        """What is wrong with the user's file of a scenario, whose last good version stays; or nothing."""
        error = self._broken.get(home) if self._broken and (home := self._home(name)) else None
        return error.problems if error else ()

    def read(self, text: str, name: str, file: str = "") -> Scenario:
        """The scenario in a text, as `files.load_text` reads it; it may include the files of the user's folder."""
        return files.load_text(text, name, file, shelf=self._folder)

    def text(self, name: str) -> tuple[str, str]:
        """The path and the text of a scenario's file. Raises ScenarioError if it can't be read."""
        path = self._home(name) or files.path_of(files.base_of(name), self.own)
        return str(path), files.text_of(path)

    def texts(self) -> dict[str, str]:
        """The texts of all scenarios by name, without those whose files can't be read now."""
        found = {}
        for name in self.all():
            with suppress(ScenarioError):
                found[name] = self.text(name)[1]
        return found

    def all(self) -> dict[str, Scenario]:
        """All scenarios by name, the user's before shipped ones of the same name."""
        self._library = self._library or files.shipped()
        return self._library | self.own

    def groups(self) -> dict[str, str]:
        """For each scenario by name the folder that its file is in, below the user's folder or that of all shipped
        ones, such as viber; empty for none.
        """
        shipped = {name: folders.group(path, folder("scenarios")) for name, path in files.shipped_files().items()}
        own = {
            each.name: folders.group(path, self._folder) if self._folder else "" for path, each in self._by_file.items()
        }
        return shipped | own


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
