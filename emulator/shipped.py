"""Where the shipped files lie: inside the package if it is installed, else at the top of the source checkout.

Must stay at the top of the package, since it looks beside itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal


def folder(name: Literal["schemas", "scenarios"]) -> Path:
    """The folder of the shipped schemas or scenarios."""
    package = Path(__file__).parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name
