"""Reads a failover request that is made of steps: accepted, refused, or at the edge of a member's limits."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from emulator.errors import Json
from emulator.flow.request import Request
from emulator.provider.failover import reading
from emulator.provider.failover.reading import Invalid
from tests.support.bodies import (
    body,
)


def accepted(*steps: object, **root: object) -> Request:
    """The request of a body with these steps."""
    return reading.failover(body(*steps, **root))


def echoed(*steps: object, **root: object) -> Any:
    """What the API would answer of it."""
    return msgspec.json.decode(msgspec.json.encode(accepted(*steps, **root)))


def refused(*steps: object, **root: object) -> dict[str, str]:
    """The paths and messages of a body that breaks rules."""
    with pytest.raises(Invalid) as caught:
        accepted(*steps, **root)
    assert caught.value.entity == "FailoverRequest"
    return caught.value.properties


def check_limits(make: Any, path: str, good: list[object], bad: list[object]) -> None:
    """Good values of a step's member must be accepted; bad ones must be refused, each by its path alone."""
    for value in good:
        accepted(_with(make, path, value))
    for value in bad:
        assert list(refused(_with(make, path, value))) == [f"flow[0].{path}"], value


def _with(make: Any, path: str, value: object) -> Any:
    """A valid step in which one member has a value, and what must stand beside it is there."""
    beside: dict[str, Json] = {
        "message.viberFile": {
            "message": {"viberFile": {"fileName": "a.pdf", "fileType": "pdf", "fileUrl": "https://a/"}},
        },
        "message.viberVideo": {
            "message": {
                "viberVideo": {
                    "videoUrl": "https://a/",
                    "videoThumbnail": "https://a/",
                    "fileSize": 1,
                    "duration": 1,
                }
            },
        },
        "message.action": {"message.action": {"caption": "Open", "targetUrl": "https://a/"}},
        "to": {"to": {}},
    }
    return make(beside.get(path.rpartition(".")[0], {}) | {path: value})
