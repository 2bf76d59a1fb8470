"""Reads and writes times as the API does, in ISO 8601 UTC; inside they are integer milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=4096)
def written(ms: int) -> str:
    """A time as the provider writes it: with `Z`, and a fraction of up to three digits without trailing zeros."""
    second, fraction = divmod(ms, 1000)
    whole = datetime.fromtimestamp(second, UTC).isoformat()[:19]
    return f"{whole}.{fraction:03d}".rstrip("0") + "Z" if fraction else f"{whole}Z"


def expected(text: str) -> str:
    """What a text that is no time should have been, for the end of a message."""
    plus = "; in a URL, + is written %2B" if re.search(r":[0-9.]+ [0-9]{2}:?[0-9]{2}$", text) else ""
    return f"a time such as 2026-01-01T00:00Z or 2026-01-01T02:00+02:00, or a date such as 2026-01-01{plus}"


def read(text: str) -> int:
    """The milliseconds of an ISO 8601 time, to the minute or finer; UTC unless it has an offset. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
