"""Where figures were taken: the machine, the interpreter, the commit. Nothing is measured here."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def commit(tree: Path) -> str:
    """The commit of a checkout, marked `-dirty` if files were changed since; empty if git can't tell."""
    try:
        command = ["git", "-C", str(tree), "describe", "--always", "--dirty", "--exclude=*"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def surroundings() -> dict[str, Any]:
    """The machine, its Python and the time, as JSON."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "system": platform.platform()},
        "python": f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}",
    }


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()
