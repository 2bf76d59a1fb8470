"""Renders a verification: the answers that show it, its callbacks, and reports. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec import json

from emulator.channels.numbers import UNKNOWN, country
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow.state import Flow
from emulator.flow.verification import Standing, Verification
from emulator.provider.rendering.wording import Wording

_encode: Final = json.Encoder().encode


def shown(flow: Flow) -> Json:
    """How a flow's verification stands."""
    return _shown(flow, _of(flow))


def _shown(flow: Flow, found: Verification) -> Json:
    assert flow.request.verification
    told = {"trackingId": flow.id, "status": found.status, "updatedAt": instants.written(found.updated_at)}
    if flow.choices.verification_members == "three":
        return told
    return told | {
        "maxRetries": flow.request.verification.max_retries,
        "expiresAt": instants.written(found.expires_at),
        "timesTried": found.tried,
    }


def report(flows: Iterable[Flow]) -> Json:
    """How many verifications these flows are, by where they stand, in all and by the recipient's country."""
    of = Counter((country(str(flow.request.flow[0].to)) or UNKNOWN, _of(flow).status) for flow in flows)
    totals = {code: {each.value: of[code, each] for each in Standing} for code in sorted({code for code, _ in of})}
    return {
        "total": of.total(),
        "totals": {each.value: sum(total[each] for total in totals.values()) for each in Standing},
        "perCountry": totals,
    }


class Rendering(Wording, frozen=True):
    """What is answered and posted about flows of POST /2step."""

    def created(self, flow: Flow) -> bytes:
        """The body that answers the request: the verification as it was then."""
        return created(flow)

    def callbacks(self, flow: Flow) -> list[bytes]:
        """The body of the callback that tells how the verification stands."""
        found = _of(flow)
        told = {
            "applicationId": flow.application,
            "trackingId": flow.id,
            "recipient": str(flow.request.flow[0].to),
            "status": found.status,
            "updatedAt": instants.written(found.updated_at),
        }
        return [_encode(told)]


def created(flow: Flow) -> bytes:
    """The body that answers the request for a verification, which was Pending then."""
    return _encode(_shown(flow, Verification(_of(flow).code, flow.created_at, _of(flow).expires_at)))


def _of(flow: Flow) -> Verification:
    assert flow.verification is not None
    return flow.verification
