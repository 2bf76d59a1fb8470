"""A flow's row in SQLite, which has what follows from its callbacks beside the flow."""

from __future__ import annotations

from typing import Final

from emulator.store.rows import Row

COLUMNS: Final = (
    "seq, clock, stage, id, application, ordinal, created_at, scenario, status, state, raw, request, kind, pending,"
    " done"
)
"""The columns of a `FlowRow`, in its order."""


class FlowRow(Row, frozen=True, gc=False):
    """A row with how many of its callbacks are `pending`, and its place among the finished flows (`done`)."""

    pending: int = 0
    done: int | None = None
