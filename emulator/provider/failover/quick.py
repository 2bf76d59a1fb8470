"""The quick reader of POST /failover: see `provider.reading.quick`. Pure."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from emulator.flow.request import Request
from emulator.provider.reading import quick

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.provider.failover.wire import Body


def read_stored(body: bytes) -> Request:
    """The request of a body that `read` has accepted before."""
    return _decoder()(body).request()


@cache
def _decoder() -> Callable[[bytes], Body]:
    from emulator.provider.failover.wire import decode  # takes 5 ms, which a start can do without

    return decode


read: Final = quick.reader(_decoder)
"""The request of a POST /failover body; None if the full reader must read it."""
