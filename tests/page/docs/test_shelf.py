"""Which pages and files there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emulator.page.docs.shelf import FILES, GUIDE, PAGES, files, kind, led
from emulator.shipped import place

ROOT = Path(__file__).parents[3]
INNER = {"emulator/page/static", "emulator/page/static/vendor", "tests/clients"}
"""Folders whose README is not for users."""
UNSHELVED = {".github/CONTRIBUTING.md"}
"""What pages lead to that is read elsewhere."""


def test_every_readme_for_users_is_a_page() -> None:
    """And no other."""
    there = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("[!.]*/**/README.md")}
    guide = {f"scenarios/guide/{name}.md" for name in GUIDE}
    assert {path.removesuffix("/README.md") for path in PAGES if "/" in path} - guide == there - INNER


@pytest.mark.parametrize("page", PAGES)
def test_whatever_a_page_leads_to_is_here(page: str) -> None:
    """Pages, pictures, schemas, examples."""
    links = re.findall(r"\]\((?!https?:)([^)\s]+)\)", (ROOT / page).read_text())
    lost = {link for link in links if not led(page, link)}
    assert {(ROOT / page).parent.joinpath(link).resolve().relative_to(ROOT).as_posix() for link in lost} <= UNSHELVED


@pytest.mark.parametrize("pattern", FILES)
def test_every_pattern_stands_for_files(pattern: str) -> None:
    """So that none is left behind."""
    found = [path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern)]
    assert found
    assert {kind(path) for path in found} == {FILES[pattern]}
    assert all(place(path).is_file() for path in found)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "..",
        "pyproject.toml",
        "emulator/app.py",
        "../main/compose.yaml",
        "schemas/../pyproject.toml",
        "schemas/none.json",
        "/etc/passwd",
        "schemas//etc/x.json",
        "compose.yaml\0",
    ],
)
def test_nothing_else_is_read(path: str) -> None:
    """However it is spelt."""
    assert not kind(path)


@pytest.mark.parametrize("path", ["", "-", ".", "..", "emulator", "tests", "schemas/..", "/etc", "scenarios/none"])
def test_only_folders_of_such_files_are_listed(path: str) -> None:
    """Not those around them."""
    assert not files(path)


def test_a_folder_is_listed() -> None:
    """All of its files."""
    assert files("scenarios/stories") == [f"scenarios/stories/{name}.yaml" for name in ("bank-code", "clinic", "shop")]


@pytest.mark.parametrize(
    ("page", "link", "path"),
    [
        ("README.md", "scenarios/README.md#time", "scenarios/README.md"),
        ("emulator/cli/README.md", "../choices/README.md", "emulator/choices/README.md"),
        ("emulator/cli/README.md", "#options", "emulator/cli/README.md"),
        ("schemas/README.md", "scenario.json", "schemas/scenario.json"),
        ("README.md", "../README.md", ""),
        ("README.md", ".github/CONTRIBUTING.md", ""),
        ("README.md", "mailto:somebody@example.com", ""),
    ],
)
def test_a_link_leads_to_a_path_of_the_checkout(page: str, link: str, path: str) -> None:
    """Or nowhere."""
    assert led(page, link) == path
