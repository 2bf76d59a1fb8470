"""The type that the quick reader decodes a body into: the schema's limits, and the request that it becomes.

It knows one way to write everything, the documented one; the rest is for the full reader. It is imported with the first
request, since compiling its patterns takes milliseconds.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field, json

from emulator.channels.text import SURE
from emulator.flow import request
from emulator.provider.reading.limits import number, text
from emulator.provider.sms.request import DEFAULT_TTL, FAILOVER, STRATEGY, doubtful, with_plus

_IN: Final = ("sms", "properties")

_Body = Annotated[str, Meta(min_length=1, max_length=SURE)]
_Phone = Annotated[str, text(*_IN, "to")]
_Sender = Annotated[str, text(*_IN, "from")]
_Label = Annotated[str, text(*_IN, "label")]
_Ttl = Annotated[int, number(*_IN, "ttl")]
_Http = Annotated[str, text("sms", "$defs", "callback", "properties", "url")]


class _Callback(Struct, gc=False):
    """The customer's URL, and when it is called."""

    url: _Http
    strategy: Literal["OnChange", "OnCompletion"] | UnsetType = UNSET


class Body(Struct, rename="camel", gc=False):
    """A POST /sms body. Unknown members are dropped; the quick reader notices that."""

    body: _Body
    to: _Phone
    sender: _Sender = field(name="from")
    flash: bool | UnsetType = UNSET
    label: _Label | UnsetType = UNSET
    callback: _Callback | UnsetType = UNSET
    ttl: _Ttl | UnsetType = UNSET
    transcode: bool | UnsetType = UNSET

    def request(self) -> request.Request:
        """The request with its defaults filled in. Raises ValueError for a recipient that is to be remarked on."""
        if doubtful(self.to):
            raise ValueError(self.to)
        step = request.SmsStep(
            self.sender,
            with_plus(self.to),
            DEFAULT_TTL if self.ttl is UNSET else self.ttl,
            request.SmsMessage(self.body, self.flash is True, self.label, self.transcode),
            1,
            FAILOVER,
        )
        found = self.callback
        if found is UNSET:
            return request.Request([step])
        strategy = STRATEGY if found.strategy is UNSET else request.Strategy(found.strategy)
        return request.Request([step], request.Callback(strategy, found.url, each_part=True))


decode: Final = json.Decoder(Body).decode
"""Decodes the bytes of a body. Raises ValueError or RecursionError."""
