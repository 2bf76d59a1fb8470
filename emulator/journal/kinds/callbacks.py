"""What is posted to the customer: callbacks, a recipient's replies, and a callback once more."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from emulator.journal.entry import Details, Kind


class Attempt(Details, frozen=True, gc=False):
    """One attempt at a post has ended. Written by the courier, dated when the attempt began.

    `id` and `url` are the callback's, the URL without passwords and keys; `attempt` counts from 1. `outcome` is
    received, refused (it is tried again, at the time `next`) or given up. `status` is the HTTP status, null without an
    answer, 0 if `--callback-hosts` forbids the URL. `ms` is how long the answer took, in real milliseconds, 0 on a
    clock that stands still. `answer` is the beginning of the answer's body, or says why there was no answer.
    """

    kind = Kind.ATTEMPT
    id: str
    url: str
    attempt: int
    outcome: str
    status: int | None
    ms: int
    answer: str
    next: str | UnsetType = UNSET

    def text(self) -> str:
        """Which attempt, where to, what came of it, and when it is tried again."""
        received = self.outcome == "received"
        told = [str(self.status or ""), "" if received else self.answer]
        again = f"; again at {self.next}" if self.next else ""
        return f"number {self.attempt} to {self.url}: {self.outcome} ({' '.join(filter(None, told))}){again}"


class Reply(Details, frozen=True, gc=False):
    """The recipient of a Viber message or an Sms answered. Written when a scenario or somebody has them do so.

    `callback` is the id of the post to the step's inboundUrl, or to the number's URL, `message` what the recipient
    writes, `step` the step's number, from 1. A picture or file is at the URL `media`, and may have a `filename`.
    """

    kind = Kind.REPLY
    callback: str
    message: str
    step: int = 0
    media: str | UnsetType = UNSET
    filename: str | UnsetType = UNSET

    def text(self) -> str:
        """What the recipient writes, and what comes with it."""
        sent = f"the recipient sends {self.filename or self.media}" if self.media else ""
        return ": ".join(filter(None, (sent, self.message))) if sent else f"the recipient writes: {self.message}"


class Resent(Details, frozen=True, gc=False):
    """Somebody had a callback posted once more. `callback` is the id of the new post, `of` that of the old one."""

    kind = Kind.RESENT
    callback: str
    of: str

    def text(self) -> str:
        """Which callback."""
        return f"callback {self.of} once more"
