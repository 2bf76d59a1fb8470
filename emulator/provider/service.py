"""One service of the provider's API, as a value: its kind, how it reads requests and renders callbacks, its doors; or
calls that send no message, which have only doors.

The engine, the courier and `control` are given such values; they name no service themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from emulator.accounts.prices import Prices
from emulator.accounts.senders import Senders
from emulator.accounts.templates import KnownTemplates
from emulator.accounts.tokens import Account
from emulator.callbacks import posts
from emulator.callbacks.pace import Pace
from emulator.channels.senders import Named
from emulator.choices.table import Choices
from emulator.engine.engine import Engine
from emulator.engine.funds import Funds
from emulator.engine.submission import Submissions
from emulator.errors import Json
from emulator.flow.request import Callback, Request, Step
from emulator.flow.state import Flow
from emulator.http.log import RequestLog
from emulator.http.protocol import Answer
from emulator.provider.access import Access
from emulator.provider.errors import ApiError
from emulator.provider.faulty import AnswerFaults
from emulator.scenario.questions import Endpoint
from emulator.settings import Settings
from emulator.store.contacts import Contacts
from emulator.store.contract import Store


class Parts(Struct, frozen=True):
    """The parts of an emulation that the doors of a service use; `choices` answers those of an application."""

    access: Access
    faults: AnswerFaults
    engine: Engine
    submissions: Submissions
    store: Store
    prices: Prices
    settings: Settings
    requests: RequestLog
    pace: Pace
    funds: Funds
    templates: KnownTemplates
    senders: Senders
    accounts: Mapping[str, Account]
    contacts: Contacts
    choices: Callable[[str], Choices]


class Rendering(posts.Rendering, Protocol):
    """How a service renders its flows: the bodies of callbacks about them, and the answers that show them."""

    def created(self, flow: Flow) -> bytes:
        """The JSON body that answers the request of a new flow."""

    def shown(self, flow: Flow) -> object:
        """The flow as the emulator's own API shows it, ready to be encoded."""


class Sending(Struct, frozen=True):
    """How a service takes its messages, at this `path`. `quick` reads a body that is written as documented; it answers
    None for any other, which `full` reads: the request in it, of so many steps at most, and remarks on it in words;
    raises ApiError. A token needs `scope` for any request, which is checked before its body, and for one that is valid
    the `scopes`; `created` makes the body of the answer, `refused` what is answered in place of an error to a request
    that came at this time and could be read. `not_taken` makes the error for a step that its channel does not take;
    without it, the step fails. `callback` is that of an application's requests that name none.
    """

    kind: Endpoint
    path: str
    quick: Callable[[bytes], Request | None]
    full: Callable[[bytes, int | None], tuple[Request, tuple[str, ...]]]
    scope: str
    scopes: Callable[[Request], Iterable[str]]
    created: Callable[[Flow], bytes]
    refused: Callable[[ApiError, Request, int], ApiError] = lambda error, *_: error
    not_taken: Callable[[Step, str], ApiError] | None = None
    callback: Callable[[Account], Callback | None] = lambda _: None


class MessageDoor(Protocol):
    """The door that accepts a service's messages: an ASGI application for POST to one path."""

    path: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept or refuse one request."""


@runtime_checkable
class FastDoor(MessageDoor, Protocol):
    """A door with a fast path, see `http.protocol.FastPath`."""

    def accept(self, headers: Sequence[tuple[bytes, bytes]], body: bytes, answer: Answer) -> bool:
        """Accept or refuse a plain request on the fast path, and answer when that is stored; False, with nothing done,
        if the request needs the ASGI application.
        """

    async def taken(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Answer a plain request as on the fast path, though it comes from a server that has none; None then. Else what
        receives the request, with nothing done.
        """


class Service(Struct, frozen=True):
    """One service. `kind` is stored with its flows, and rules match it as `endpoint`; `read_stored` reads the stored
    JSON of an accepted request; `rendering` makes the bodies of its callbacks, with these prices and names of Viber
    senders; `door` accepts its messages; `routes` lead to its other doors; `paths` and `schemas` document them:
    OpenAPI's paths, and the schema files that these refer to.
    """

    kind: str
    read_stored: Callable[[bytes], Request]
    rendering: Callable[[Prices, Named], Rendering]
    door: Callable[[Parts], MessageDoor]
    routes: Callable[[Parts], list[BaseRoute]]
    paths: Callable[[], dict[str, Json]]
    schemas: tuple[str, ...]


class Calls(Struct, frozen=True):
    """Calls that send no message, as a value: `routes`, `paths` and `schemas` are as a Service has them."""

    routes: Callable[[Parts], list[BaseRoute]]
    paths: Callable[[], dict[str, Json]]
    schemas: tuple[str, ...] = ()
