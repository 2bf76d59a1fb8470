"""What the client answers: values whose repr tells what one wants to know."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, json

from emulator.errors import Json


class Message(Struct, frozen=True):
    """One message of a flow: its channel, recipient, status and reason, price, when its status changed."""

    channel: str
    to: str
    status: str
    reason: str
    price: float
    since: str

    def __repr__(self) -> str:
        return f"{self.channel} {self.status}" + (f" ({self.reason})" if self.reason else "")


class Flow(Struct, frozen=True):
    """A flow as it stood when it was asked for. `channel` is the one that ended it; `rules` are those of its steps, in
    the order of the request; `next_due` when something happens next; `raw` all of the answer.
    """

    id: str
    application: str
    status: str
    status_code: str | None
    channel: str | None
    messages: tuple[Message, ...]
    total_price: float
    created_at: str
    updated_at: str
    scenario: str
    rules: tuple[str, ...]
    next_due: str | None
    raw: Json

    @property
    def final(self) -> bool:
        """Whether it has ended."""
        return self.status in ("Succeeded", "Failed")

    @classmethod
    def of(cls, answer: Json) -> Flow:
        """The flow of an answer."""
        return cls(
            answer["trackingId"],
            answer["applicationId"],
            answer["status"],
            answer["statusCode"],
            answer["terminationChannel"],
            tuple(_message(each) for each in answer["messages"] if each.get("part", 1) == 1),
            answer["totalPrice"],
            answer["createdAt"],
            answer["updatedAt"],
            answer["scenario"],
            tuple(answer["rules"]),
            answer["nextDue"],
            answer,
        )

    def __repr__(self) -> str:
        code = f" {self.status_code}" if self.status_code else ""
        return f"<Flow {self.id[:8]} {self.status}{code}: {', '.join(map(repr, self.messages))}>"


def _message(told: Json) -> Message:
    status = told["status"]
    reason = status.get("reason", {}).get("detailedStatus", "")
    return Message(told["type"], told["to"], status["name"], reason, told["price"], status["updatedDate"])


class Callback(Struct, frozen=True):
    """A callback: where it goes, how it stands (pending, received, given up), every attempt, and its whole body."""

    id: str
    flow: str
    url: str
    outcome: str
    next: str | None
    attempts: tuple[Json, ...]
    text: str

    @property
    def received(self) -> bool:
        """Whether the receiver answered 200."""
        return self.outcome == "received"

    @property
    def body(self) -> Json:
        """The body's JSON. Raises msgspec.DecodeError if a scenario broke it."""
        return json.decode(self.text, type=Json)

    @classmethod
    def of(cls, answer: Json) -> Callback:
        """The callback of an answer."""
        told = {name: answer[name] for name in ("id", "flow", "url", "outcome", "next")}
        return cls(**told, attempts=tuple(answer["attempts"]), text=answer["body"])

    def __repr__(self) -> str:
        return f"<Callback {self.id[:8]} to {self.url}: {self.outcome} after {len(self.attempts)} attempts>"


class Entry(Struct, frozen=True):
    """A journal entry."""

    seq: int
    at: str
    kind: str
    application: str | None
    flow: str | None
    data: Json


class ClockState(Struct, frozen=True):
    """A clock: its time, its rate (a number, or instant), when something happens next."""

    application: str | None
    now: str
    rate: Any
    next: str | None


class Verdict(Struct, frozen=True):
    """The answer to a verification; true if it holds. `nearest` has flows that nearly did, with what differed."""

    verified: bool
    detail: str
    flows: tuple[str, ...] = ()
    nearest: tuple[Json, ...] = ()

    def __bool__(self) -> bool:
        return self.verified

    def __repr__(self) -> str:
        near = "".join(f"\n  nearest {each['flow'][:8]}: {'; '.join(each['differences'])}" for each in self.nearest)
        return f"<Verdict {'holds' if self.verified else 'does not hold'}: {self.detail}>{near}"


def told(body: Json) -> str:
    """A callback's body in short: the flow's status, then that of each message."""
    return " ".join([body["status"], *(message["status"]["name"] for message in body["messages"])])
