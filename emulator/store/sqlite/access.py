"""Why a database can't be kept at a path: what is missing or forbidden there, in words, and what to do about it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

_BESIDE = ("", "-wal", "-shm", "-journal")
"""How the names of a database's files end."""


def obstacle(path: str) -> str:
    """The first thing that keeps this process from keeping a database at this path; "" if there is none."""
    return next(_obstacles(Path(path).absolute()), "")


def _obstacles(file: Path) -> Iterator[str]:
    for folder in reversed(file.parents):
        if not folder.is_dir():
            yield f"there is no folder {folder}. Make it, or name another --store"
        elif not os.access(folder, os.X_OK):
            yield _forbidden("enter", folder)
    if file.is_dir():
        yield f"it is a folder. Name a file in it, such as {file / 'emulator.db'}"
    for each in (file.parent, *(Path(f"{file}{end}") for end in _BESIDE)):
        if os.access(each, os.F_OK) and not os.access(each, os.W_OK):
            yield _forbidden("write to", each)


def _forbidden(what: str, place: Path) -> str:
    if sys.platform == "win32":
        return f"this user may not {what} {place}. Give it the right, or name another --store"
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        return f"{place} is on a read-only file system. Mount it writable, or name another --store"
    user, group = os.getuid(), os.getgid()
    return (
        f"user {user} of group {group} may not {what} {place}. Run as a user who may (docker's --user), give this one"
        f" the right (chown {user} {place}), or name another --store"
    )
