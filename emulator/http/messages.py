"""A door's good answer: compact JSON."""

from __future__ import annotations

from msgspec import Struct, json
from starlette.responses import Response

from emulator.flow.model import Json


def good(body: Json | Struct, headers: dict[str, str] | None = None) -> Response:
    """The HTTP answer with this body."""
    return Response(json.encode(body), 200, headers, "application/json")
