"""What clients of the provider's API ask for: requests and tokens, granted or refused."""

from __future__ import annotations

from typing import Final, Self

from msgspec import UNSET, Raw, Struct, UnsetType, convert, field, json

from emulator.channels.table import Channel
from emulator.errors import Json
from emulator.journal.entry import Details, Kind
from emulator.journal.kinds.flows import announced, titled

FEW: Final = 4
"""So many scopes of a token are listed; of more only the number is told."""


class Accepted(Details, frozen=True, gc=False):
    """A request was accepted, and its first step started unless it is held back. Written by the engine, once for each
    flow.

    `path` is the request's. `body` is its JSON, UNSET where the store keeps it with the flow: reading the entry then
    adds it as the last member. `answer` is there if the scenario spoils the answer; it has the `rule`, and where they
    apply `seconds` (how late it is), `closed` (the connection, without an answer: "before" or "after" the request was
    accepted; true in entries of old), `truncated` (true) and `replaced` (true: the body). The `status` is there if the
    request is accepted with another one than its own. `note` has remarks: that the same body came a moment before,
    which members were ignored, which texts were read as numbers.
    `step`, `channel`, `rule`, `callback` and `lost` are those of the first step's start, as in `Started`; one that is
    held back has none of them. `code` is the one that is sent, drawn for a verification or the customer's own.
    """

    kind = Kind.ACCEPTED
    path: str
    answer: Json | UnsetType = UNSET
    note: str | UnsetType = UNSET
    step: int = 0
    channel: Channel | UnsetType = UNSET
    rule: str = ""
    callback: str | UnsetType = UNSET
    lost: bool | UnsetType = UNSET
    code: str | UnsetType = UNSET
    body: Raw | UnsetType = UNSET

    def text(self) -> str:
        """The steps and their recipients, or who gets the code; which starts, and whether the customer is told."""
        asked = json.decode(self.body, type=_Asked) if isinstance(self.body, Raw) else _Asked()
        steps = ", then ".join([f"{step.type} to {_recipient(step.to)}" for step in asked.flow])
        steps = steps or f"to {_recipient(asked.to)}" * bool(asked.to)
        starts = f"{self.channel} ({titled(self.rule)}) starts" if self.channel else "queued"
        told = starts + announced(self.callback, self.lost)
        if self.code:
            steps = (
                f"the code {self.code} to {asked.recipient}" if asked.recipient else f"the code {self.code}: {steps}"
            )
        return (f"{steps}; {told}" if steps else told) + _remarks(self.note, self.answer)


class Refused(Details, frozen=True, gc=False):
    """A request was refused. Written by the doors, and for calls that no door takes.

    `path` is the request's, `body` the beginning of its text. Calls of paths that take no messages have no body but
    the `method`. `status` is the HTTP status.
    What follows is the body of the answer: `code` and `developerMessage`, and for a body that breaks the rules `entity`
    and `properties` (where: what is wrong), or `errors` (each with `errorCode` and `developerMessage`); for a bad token
    `error` and `error_description`; for bad credentials and unknown paths `timestamp`, `error`, `message`,
    `error_description`. `note` is what the client isn't told, such as how much is left of the balance; `answer` is as
    in `Accepted`: if the body is `replaced`, nothing of it is here, and if the connection is `closed`, no status
    either.
    """

    kind = Kind.REFUSED
    path: str
    body: str | UnsetType = UNSET
    status: int | UnsetType = UNSET
    code: str | UnsetType = UNSET
    developer_message: str | UnsetType = field(default=UNSET, name="developerMessage")
    entity: str | UnsetType = UNSET
    properties: dict[str, str] | UnsetType = UNSET
    errors: list[Json] | UnsetType = UNSET
    timestamp: int | str | UnsetType = UNSET
    error: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    error_description: str | UnsetType = UNSET
    answer: Json | UnsetType = UNSET
    method: str | UnsetType = UNSET
    note: str | UnsetType = UNSET

    @classmethod
    def of(cls, members: Json) -> Self:
        """The entry with these members, named as in its JSON."""
        return convert(members, cls)

    def text(self) -> str:
        """The call, the status and what the client was told, place by place; or that it got no answer at all."""
        call = f"{self.method or 'POST'} {self.path}"
        if self.answer and self.answer.get("closed"):
            return f"{call} no answer, the connection is closed{_remarks(self.note, self.answer)}"
        told = self.developer_message or self.error_description or self.message or self.error or ""
        places = [f"; {place}: {why}" for place, why in (self.properties or {}).items()]
        places += [f"; {each['developerMessage']}" for each in self.errors or ()]
        return f"{call} {self.status}{' ' * bool(told)}{told}{''.join(places)}{_remarks(self.note, self.answer)}"


class Remarked(Details, frozen=True, gc=False):
    """A request that sends no message was read otherwise than it may be meant. Written by its door.

    `method` and `path` are the request's; `note` says which members were ignored, and which texts were read as numbers.
    """

    kind = Kind.REMARKED
    method: str
    path: str
    note: str

    def text(self) -> str:
        """The call, and the note."""
        return f"{self.method} {self.path}; {self.note}"


class Token(Details, frozen=True, gc=False):
    """A token was given out, or one that is still good was given again. Written by the token door.

    `scope` has the token's scopes between blanks; `note` and `answer` are as in `Accepted`.
    """

    kind = Kind.TOKEN
    scope: str
    note: str | UnsetType = UNSET
    answer: Json | UnsetType = UNSET

    def text(self) -> str:
        """The scopes, or how many they are."""
        scopes = self.scope.split()
        listed = f"scope {self.scope}" if len(scopes) <= FEW else f"{len(scopes)} scopes"
        return f"given out with {listed}{_remarks(self.note, self.answer)}"


class TokenRefused(Refused, frozen=True, gc=False):
    """A request for a token was refused. Written by the token door. It has the members of `Refused`, but no `body`."""

    kind = Kind.TOKEN_REFUSED


class TokenRevoked(Details, frozen=True, gc=False):
    """Somebody made `token` worthless. Written by the own API."""

    kind = Kind.TOKEN_REVOKED
    token: str

    def text(self) -> str:
        """The token."""
        return self.token


_To = str | dict[str, str] | list[str]
"""A recipient; of a call it may be an object of which one member is filled, of a one-time password an array of one."""


class _Step(Struct):
    type: str
    to: _To


class _Asked(Struct):
    """The members of a request that its entry's text tells."""

    flow: list[_Step] = []
    to: _To = ""
    recipient: str = ""


def _recipient(to: _To) -> str:
    return to if isinstance(to, str) else next(filter(None, to.values() if isinstance(to, dict) else to), "")


def _remarks(note: str | UnsetType, answer: Json | UnsetType) -> str:
    """What a text says at its end about a note, and about an answer that the scenario spoils."""
    noted = f"; {note}" if note else ""
    if not answer:
        return noted
    how = [f"status {answer['status']}"] if answer.get("status") else []
    how += [name for name in answer if name not in ("rule", "status", "seconds")]
    late = [f"{answer['seconds']:g} s late"] if answer.get("seconds") else []
    spoilt = f"; the answer is spoilt by {titled(answer.get('rule', ''))}"
    return noted + spoilt + (f" ({', '.join(how + late)})" if how + late else "")
