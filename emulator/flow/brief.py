"""Reads of a request's JSON only what its flow is counted by, in a tenth of the time. Pure.

That is written alike in a request of steps that is kept as it came and in one that was encoded anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Union

from msgspec import UNSET, Struct, UnsetType, defstruct, field, json
from msgspec.structs import fields, replace

from emulator.channels.table import Channel
from emulator.flow.request import Request, SmsStep, ViberStep, VoiceStep


def brief(body: bytes) -> Request:
    """A request of which `result` makes the same as of the whole. Raises ValueError if it takes the whole: for JSON of
    another form, and where what a call says counts, since no step is an Sms.
    """
    found = _decoder()(body)
    channels = {step.channel for step in found.flow}
    if Channel.SMS not in channels and Channel.VOICE in channels:
        raise ValueError("what the call says counts")
    for place, step in enumerate(found.flow):
        if step.order is UNSET:  # type: ignore[comparison-overlap]  # which this one may be
            found.flow[place] = replace(step, order=place + 1)  # type: ignore[unreachable]
    return found


@cache
def _decoder() -> Callable[[bytes], Request]:
    """Made when it is first needed, since few starts need it."""
    order = (int | UnsetType, UNSET)
    sms = _reading(SmsStep, ("to", "message", "url_shortener"), order=order)
    viber = _reading(ViberStep, ("to", "message"), order=order)
    voice = _reading(VoiceStep, ("to",), order=order)
    whole = _reading(Request, (), flow=(list[Union[sms, viber, voice]],))  # type: ignore[valid-type]  # noqa: UP007
    decode: Callable[[bytes], Request] = json.Decoder(whole).decode
    return decode


def _reading(whole: type[Struct], read: tuple[str, ...], **typed: tuple[Any, ...]) -> Any:
    """A type in the place of this one, of which only these members are read; no JSON has a name of the others."""
    unread = [each.name for each in fields(whole) if each.name not in read and each.name not in typed]
    given = [(name, *kind) for name, kind in typed.items()]
    given += [(name, Any, field(default=UNSET, name=f"unread {name}")) for name in unread]
    return defstruct(whole.__name__, given, bases=(whole,), kw_only=True)
