"""The house keeps its order: few names at the top, a map that is whole, a test beside each pure module."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import emulator

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "emulator"
MOST_NAMES = 30
"""How many files and folders may lie at the top of the package."""
MOST_LAYERS = 24
"""How many lines the order of imports may have: more than that nobody keeps in mind."""


def contract(name: str) -> dict[str, Any]:
    """The import contract of this name, or of a name that begins so."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (found,) = [each for each in contracts if each["name"].startswith(name)]
    return dict(found)


def folders() -> list[Path]:
    """The package's folders that have modules, itself included."""
    return sorted({path.parent for path in HOUSE.rglob("*.py")})


def pure_modules() -> Iterator[Path]:
    """The modules of the pure rooms, as paths within the package. A front door has no test of its own."""
    for room in contract("The core is pure")["source_modules"]:
        place = ROOT / room.replace(".", "/")
        files = place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]
        yield from (path.relative_to(HOUSE) for path in files if path.name != "__init__.py")


def test_every_pure_module_has_a_test_of_its_name() -> None:
    """In the folder that mirrors its own: flow/machine.py is tested by tests/flow/test_machine.py."""
    tests = {path: ROOT / "tests" / path.parent / f"test_{path.name}" for path in pure_modules()}
    assert [str(path) for path, test in sorted(tests.items()) if not test.is_file()] == []


def test_the_top_is_small_enough_to_be_read() -> None:
    """A newcomer reads the house from its names."""
    names = [path.name for path in HOUSE.iterdir() if path.name not in {"__pycache__", "_data", "py.typed"}]
    assert len(names) <= MOST_NAMES, sorted(names)
    assert len(contract("Rooms")["layers"]) <= MOST_LAYERS


def test_every_folder_says_what_it_is() -> None:
    """In the docstring of its `__init__`."""
    doors = {str(folder.relative_to(ROOT)): folder / "__init__.py" for folder in folders()}
    silent = [name for name, door in doors.items() if not (door.is_file() and ast.get_docstring(_read(door)))]
    assert silent == []


def test_the_map_has_every_folder() -> None:
    """The package's docstring lists them with what they are about, each once, and none that is gone."""
    listed = re.findall(r"^(\w+) {2,}\S", emulator.__doc__ or "", re.MULTILINE)
    assert sorted(listed) == sorted(folder.name for folder in folders() if folder.parent == HOUSE)


def test_the_contributor_s_page_names_what_is_there() -> None:
    """Its paths are those of the checkout, or of the package where it talks of rooms; NAME stands for any."""
    page = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\.?[\w/.-]+/[\w/.-]*|\.?\w+\.(?:py|md|toml))`", page)
    places = (ROOT, HOUSE, HOUSE / "page" / "static", HOUSE / "provider" / "failover")
    assert [name for name in named if "NAME" not in name and not any((place / name).exists() for place in places)] == []


def _read(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))
