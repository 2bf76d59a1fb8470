"""What happens in a call while it is answered. The flow's machine writes these.

Steps are numbered from 1, in the order in which the request has them.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from emulator.journal.entry import Details, Kind


class Pressed(Details, frozen=True, gc=False):
    """The recipient of the call of a `step` pressed these `keys`, at a COLLECT; none if the call has ended there.
    `note` says why they are not posted, or not all.
    """

    kind = Kind.KEYS
    step: int
    keys: str
    note: str = ""

    def text(self) -> str:
        """The keys, and the note."""
        return f"the recipient presses {self.keys or 'no key'}{self.note and f'; {self.note}'}"


class Asked(Details, frozen=True, gc=False):
    """The call of a `step` asks the customer how it goes on, by the post with the id `callback`.

    `about` says why: there is no dial plan yet, keys were pressed, which are posted as `tones`, or a machine has
    answered. `note` says why there are no keys at a call's end.
    """

    kind = Kind.ASKED
    step: int
    about: Literal["dial plan", "keys", "machine"]
    callback: str
    tones: str | UnsetType = UNSET
    note: str = ""

    def text(self) -> str:
        """Why it asks."""
        match self.about:
            case "dial plan":
                return "the call asks for its dial plan"
            case "machine":
                return "a machine has answered; the call asks for another dial plan"
        told = f"the call posts the keys {self.tones}" if self.tones else "the call posts no keys"
        return f"{told}{self.note and f': {self.note}'}"


class WentOn(Details, frozen=True, gc=False):
    """The call of a `step` goes on as the customer has answered: with these `verbs`, the types of which are listed, or
    without new ones; `why` says why there are none.
    """

    kind = Kind.WENT_ON
    step: int
    verbs: tuple[str, ...] = ()
    why: str = ""

    def text(self) -> str:
        """With what, or why without."""
        return f"the call goes on with {', '.join(self.verbs)}" if self.verbs else f"the call goes on: {self.why}"
