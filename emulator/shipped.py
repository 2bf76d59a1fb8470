"""Where the shipped files lie: inside an installed wheel, or at the top of a source checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal


def folder(name: Literal["schemas", "scenarios"]) -> Path:
    """The folder of the shipped schemas or scenarios."""
    package = Path(__file__).parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name
