"""HTTP/1.1 as real clients speak it: uvicorn's protocol on httptools, without what clients stumble over, and faster.

Three classes, each above the one before: `Connection` answers the requests of a connection in their order, within
limits; `Heads` reads what httptools or uvicorn would lose or let through; `Protocol` answers the plainest requests of
one address without ASGI. Nothing here knows what the requests mean.
"""

from emulator.http.protocol.connection import WAITING
from emulator.http.protocol.fast import LARGEST, Answer, FastPath, Protocol
from emulator.http.protocol.heads import HANG_UP, MAX_HEAD

__all__ = ["HANG_UP", "LARGEST", "MAX_HEAD", "WAITING", "Answer", "FastPath", "Protocol"]
