"""Where the shipped files lie: inside the package if it is installed, else at the top of the source checkout.

Must stay at the top of the package, since it looks beside itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal


def folder(name: Literal["schemas", "scenarios"]) -> Path:
    """The folder of the shipped schemas or scenarios."""
    return place(name)


def place(path: str) -> Path:
    """Where a shipped file or folder lies; `path` is that in the checkout."""
    package = Path(__file__).parent
    installed = package / "_data" / path
    return installed if installed.exists() else package.parent / path
