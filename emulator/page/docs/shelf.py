"""Which pages and files are read below `/_emulator/docs`, by the paths that they have in the source checkout, so that
the links between them hold.
"""

from __future__ import annotations

from pathlib import Path
from posixpath import join, normpath
from typing import Final
from urllib.parse import unquote

from emulator.shipped import place

FRONT: Final = "README.md"
"""The page where one begins."""
GUIDE: Final = (
    "what-channels-do",
    "which-requests",
    "chance",
    "api",
    "callbacks",
    "money-and-codes",
    "said-once",
    "on-top",
    "checked",
    "stories",
)
"""The pages on the language of scenarios, in the order in which it teaches them."""
PAGES: Final = (
    FRONT,
    "scenarios/README.md",
    *(f"scenarios/guide/{name}.md" for name in GUIDE),
    "schemas/README.md",
    "emulator/provider/README.md",
    "emulator/control/README.md",
    "emulator/control/metrics/README.md",
    "emulator/cli/README.md",
    "emulator/testing/README.md",
    "emulator/page/README.md",
    "emulator/store/README.md",
    "emulator/choices/README.md",
    "tests/languages/README.md",
    "tests/shop/README.md",
    "SECURITY.md",
    "CHANGELOG.md",
)
"""The pages, in the order in which they are listed."""
FILES: Final = {
    "tests/page/browser/pictures/*.png": "image/png",
    "scenarios/*/*.yaml": "text/plain",
    "schemas/*.json": "application/json",
    "emulator/control/metrics/dashboard.json": "application/json",
    "emulator/store/contract.py": "text/plain",
    "compose.yaml": "text/plain",
    "compose.scale.yaml": "text/plain",
    "tests/languages/*.sh": "text/plain",
    "tests/languages/*.mjs": "text/plain",
    "tests/languages/*.ts": "text/plain",
    "tests/languages/*.java": "text/plain",
    "tests/languages/*.go": "text/plain",
    "tests/languages/*.php": "text/plain",
}
"""What pages show or lead to, as patterns, each with its media type."""


def led(page: str, link: str) -> str:
    """Where a link on a page leads: the path of another page, a file or a folder; empty if that is not here."""
    path = normpath(join(page, "..", unquote(link.partition("#")[0]))) if link[:1] != "#" else page
    return path if path in PAGES or kind(path) or files(path) else ""


def files(folder: str) -> list[str]:
    """The paths of the files in a folder that are read here; none if it is no such folder."""
    within = [pattern for pattern in FILES if Path(folder).match(pattern.rpartition("/")[0] or "-")]
    if not within or {"..", "."} & {*folder.split("/")} or folder.startswith("/"):
        return []
    return sorted(f"{folder}/{file.name}" for file in place(folder).glob("*") if kind(f"{folder}/{file.name}"))


def kind(path: str) -> str:
    """The media type of a file that is read here; empty if it is none."""
    folders = path.split("/")[:-1]
    if not {"..", "."} & {*folders} and place(path).is_file():
        for pattern, found in FILES.items():
            if len(pattern.split("/")) == len(folders) + 1 and Path(path).match(pattern):
                return found
    return ""
