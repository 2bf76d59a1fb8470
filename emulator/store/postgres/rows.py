"""A flow's row in PostgreSQL, which has all that flows are counted by."""

from __future__ import annotations

from typing import Final

from emulator.store import rows

COLUMNS: Final = (
    "f.seq, s.clock, s.stage, f.id, f.application, f.ordinal, f.created_at, f.scenario, s.status, s.state, f.raw,"
    " f.request, f.kind, s.channels, s.termination"
)
"""The columns of a `Row`, in its order."""


class Row(rows.Row, frozen=True, gc=False):
    """A row with its started `channels`, each on a line, and that on which it ended."""

    channels: str
    termination: str
