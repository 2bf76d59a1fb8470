"""Machines that break: the disk of a process that runs fills up, and is free again."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.running import Emulator

FEW = 8192
"""Bytes: less than a page of a store, of which each write has at least one."""


@contextmanager
def full_disk(server: Emulator) -> Iterator[None]:
    """Whatever this emulator writes beyond a log's few lines fails, as on a full disk, until the block ends."""
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (FEW, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
