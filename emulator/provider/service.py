"""A service of the provider's API as a value: what distinguishes its flows, and the doors by which they come and go.

All that is beyond a service (the engine, the courier, the page) is given these values and names no service itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from emulator.accounts.prices import Prices
from emulator.callbacks import posts
from emulator.engine.engine import Engine
from emulator.engine.submission import Submissions
from emulator.errors import Json
from emulator.flow.request import Request
from emulator.flow.state import Flow
from emulator.http.protocol import Answer
from emulator.provider.access import Access
from emulator.provider.faulty import AnswerFaults
from emulator.settings import Settings
from emulator.store.contract import Store


class Parts(Struct, frozen=True):
    """What the doors of a service are made with."""

    access: Access
    faults: AnswerFaults
    engine: Engine
    submissions: Submissions
    store: Store
    prices: Prices
    settings: Settings


class Rendering(posts.Rendering, Protocol):
    """How a service words its flows: what it posts about them, and what it answers."""

    def created(self, flow: Flow) -> bytes:
        """The JSON body that answers the request of a new flow."""

    def shown(self, flow: Flow) -> object:
        """The flow as its trackings show it, ready to be encoded."""


class MessageDoor(Protocol):
    """The door by which a service's messages come: an ASGI application for POST to one path."""

    path: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept or refuse one request."""


@runtime_checkable
class FastDoor(MessageDoor, Protocol):
    """A door with a fast path, see `http.protocol.FastPath`."""

    def accept(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        """Accept a request that nothing is odd about, and answer when it is stored; False if it is not for this way."""


class Service(Struct, frozen=True):
    """One service. `kind` is what its flows carry and rules match as `endpoint`; `read` makes a request of JSON that
    was accepted before; `rendering` words its callbacks at these prices; `door` takes its messages, `routes` lead to
    its other doors; `paths` and `schemas` document them: OpenAPI's paths, and the schema files that these refer to.
    """

    kind: str
    read: Callable[[bytes], Request]
    rendering: Callable[[Prices], Rendering]
    door: Callable[[Parts], MessageDoor]
    routes: Callable[[Parts], list[BaseRoute]]
    paths: Callable[[], dict[str, Json]]
    schemas: tuple[str, ...]
