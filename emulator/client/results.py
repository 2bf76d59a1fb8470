"""What the client returns: values whose repr shows what a failing test needs to show."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct, json

from emulator.client.connection import Misused
from emulator.errors import Json, plural


class Message(Struct, frozen=True):
    """One message of a flow. `reason` is the detailed status, or empty; `since` is when the status changed."""

    channel: str
    to: str
    status: str
    reason: str
    price: float
    since: str

    @classmethod
    def of(cls, *parts: Json) -> Message:
        """The message whose parts, or whose only one, an answer's member `messages` holds. It has the status of the
        first part that was not delivered, and costs what all parts do.
        """
        told = next((part for part in parts if part["status"]["name"] != "Delivered"), parts[0])
        status, price = told["status"], float(sum(Decimal(str(part["price"])) for part in parts))
        reason = status.get("reason", {}).get("detailedStatus", "")
        return cls(told["type"], told["to"], status["name"], reason, price, status["updatedDate"])

    def __repr__(self) -> str:
        return f"{self.channel} {self.status}" + (f" ({self.reason})" if self.reason else "")


class Flow(Struct, frozen=True):
    """A flow as it stood when it was asked for. `channel` is the one that ended it; `messages` has one for each step
    that started; `rules` are those of its steps, in the order of the request; `next_due` is when something happens
    next; `raw` is the whole answer. Times are ISO 8601. A flow that sent a code has it, and if the provider verifies
    it, what its `verification` stands at: Pending, Verified, Cancelled, Expired or Failed; both are empty for others.
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
    def code(self) -> str:
        """The code or one-time password that it sent; empty if none."""
        return str(self.raw.get("code", ""))

    @property
    def verification(self) -> str:
        """What the verification of its code stands at; empty without a code."""
        return str(self.raw.get("verification", {}).get("status", ""))

    @property
    def final(self) -> bool:
        """Whether it has ended."""
        return self.status in ("Succeeded", "Failed")

    @property
    def request(self) -> Json:
        """What was asked for, with the provider's defaults where nothing was. A flow that was asked for alone has it:
        raises LookupError for one of a list.
        """
        request: Json = self.raw["request"]
        return request

    @property
    def sent(self) -> Json:
        """The body of its request, as it came, or what a campaign made of its own for this message; empty if that was
        no object, or is no longer kept. Raises LookupError for a flow of a list.
        """
        bodies = [each["data"].get("body") for each in self.raw["journal"] if each["kind"] == "accepted"]
        return next((body for body in bodies if isinstance(body, dict)), {})

    @classmethod
    def of(cls, answer: Json) -> Flow:
        """The flow of an answer of GET /_emulator/flows/ID."""
        return cls(
            answer["trackingId"],
            answer["applicationId"],
            answer["status"],
            answer["statusCode"],
            answer["terminationChannel"],
            tuple(Message.of(*parts) for parts in _by_message(answer["messages"])),
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


class Callback(Struct, frozen=True):
    """A callback: its URL, its outcome (pending, received, given up), the time of its next attempt, every attempt so
    far, and the text of its body.
    """

    id: str
    flow: str
    url: str
    outcome: str
    next: str | None
    attempts: tuple[Json, ...]
    text: str

    @property
    def received(self) -> bool:
        """Whether the receiver has got it: it answered 200, or whatever else counts as that where choices say so."""
        return self.outcome == "received"

    @property
    def body(self) -> Json:
        """The body, decoded. Raises msgspec.DecodeError if a scenario broke it."""
        return json.decode(self.text, type=Json)

    @classmethod
    def of(cls, answer: Json) -> Callback:
        """The callback that GET /_emulator/callbacks shows."""
        same = {name: answer[name] for name in ("id", "flow", "url", "outcome", "next")}
        return cls(**same, attempts=tuple(answer["attempts"]), text=answer["body"])

    def __repr__(self) -> str:
        return f"<Callback {self.id[:8]} to {self.url}: {self.outcome} after {plural(len(self.attempts), 'attempt')}>"


class Entry(Struct, frozen=True):
    """A journal entry: its number, its time (ISO 8601), what happened, to which application and flow. `text` says it in
    words, to stand after the kind; `data` has what the kind has.
    """

    seq: int
    at: str
    kind: str
    application: str | None
    flow: str | None
    text: str
    data: Json


class ClockState(Struct, frozen=True):
    """A clock: its application (None if it is the shared one), its time, its rate (a number, or "instant"), and when
    something happens next.
    """

    application: str | None
    now: str
    rate: float | str
    next: str | None


class Verdict(Struct, frozen=True):
    """The answer to a verification; true if it holds. `nearest` are the flows that came nearest, with what differed."""

    verified: bool
    detail: str
    flows: tuple[str, ...] = ()
    nearest: tuple[Json, ...] = ()

    def __bool__(self) -> bool:
        return self.verified

    def __repr__(self) -> str:
        near = "".join(f"\n  nearest {each['flow'][:8]}: {'; '.join(each['differences'])}" for each in self.nearest)
        return f"<Verdict {'holds' if self.verified else 'does not hold'}: {self.detail}>{near}"


def _by_message(elements: Sequence[Json]) -> list[list[Json]]:
    """The elements of `messages`, which has one for each part of an Sms, message by message."""
    found: list[list[Json]] = []
    for element in elements:
        if element.get("part", 1) == 1:
            found.append([])
        found[-1].append(element)
    return found


def summary(body: Json) -> str:
    """A callback's body in short: the flow's status, then that of each message, such as "InProgress EXPIRED Queued".
    Of a single message its status alone, and which part it tells of, if it has several; of a verification its status.
    A flow with a one-time password is told like any other. What a recipient answers is "reply: STOP"; what a call asks
    is "asks", with the keys that were pressed or the machine that was met.
    """
    if "steps" in body:
        return " ".join([body["status"], *(step["status"] for step in body["steps"])])
    if "messages" in body:
        return " ".join([body["status"], *(message["status"]["name"] for message in body["messages"])])
    if body.get("direction") == "Inbound":
        return f"reply: {body['message'] or body['media']}"
    if "conversationTrackingId" in body and "status" not in body:
        return f"asks: {body.get('answeredBy', body.get('collectedTones', ''))}".removesuffix(": ")
    if isinstance(body["status"], str):
        return str(body["status"])
    part = f" {body['part']}/{body['parts']}" if body.get("parts", 1) > 1 else ""
    return f"{body['status']['name']}{part}"


def flow_id(flow: str | Flow) -> str:
    """The id of a flow. Raises Misused for an empty text, which would stand for every flow."""
    found = flow if isinstance(flow, str) else flow.id
    if not found:
        raise Misused("a flow's id is empty; was it read from an answer that had none?")
    return found
