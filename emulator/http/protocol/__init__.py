"""HTTP/1.1 as real clients speak it: uvicorn's httptools protocol, with its defects mended and a fast path.

Three classes, each a subclass of the one before: `Connection` answers the requests of a connection in their order and
limits how many wait; `Heads` handles heads that httptools or uvicorn would lose or wrongly accept; `Protocol` answers
plain requests to some paths without ASGI. Nothing here knows what a request means.
"""

from emulator.http.protocol.connection import WAITING, Connection, most_connections
from emulator.http.protocol.fast import DECLINED, LARGEST, Accept, Answer, FastPath, Protocol
from emulator.http.protocol.heads import HANG_UP, MAX_HEAD, TARGET, TUNNELLED, Heads

__all__ = [
    "DECLINED",
    "HANG_UP",
    "LARGEST",
    "MAX_HEAD",
    "TARGET",
    "TUNNELLED",
    "WAITING",
    "Accept",
    "Answer",
    "Connection",
    "FastPath",
    "Heads",
    "Protocol",
    "most_connections",
]
