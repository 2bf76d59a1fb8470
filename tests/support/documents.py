"""Reading JSON Schemas and OpenAPI documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def references(value: Any) -> Iterator[str]:
    """Every $ref in a schema or document."""
    if isinstance(value, dict):
        yield from (found for each in value.values() for found in references(each))
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
    elif isinstance(value, list):
        yield from (found for each in value for found in references(each))
