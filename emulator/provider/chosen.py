"""What the doors do under other choices than the usual: which requests they refuse that are usually taken, and what
their refusals look like. Pure.

Under the usual choices nothing of this is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import UNSET

from emulator.channels.table import VOICE
from emulator.choices.table import Choices
from emulator.errors import Json
from emulator.flow.kinds import KINDS
from emulator.flow.request import Request, ViberStep, VoiceStep
from emulator.provider.errors import ApiError, framework, invalid, listed
from emulator.provider.reading.forgiving import parse
from emulator.provider.styles import Restyled

ENTITIES: Final = {
    "failover": "FailoverRequest",
    "transactional": "TransactionalFailoverRequest",
    "2step": "TwoStep",
}
"""What the errors call the requests that are looked at, by the kinds of their services."""
_REMARK: Final = re.compile(r"(\S+) (is not known here|has no \+)")
"""How remarks on a request begin that some choices turn into refusals."""


def check(kind: str, body: bytes, request: Request, remarks: Sequence[str], choices: Choices) -> None:
    """Raises ApiError 400 for a valid request to a service of this kind, with remarks on it, that choices refuse."""
    value: Json = parse(body)
    told: dict[str, str] = {}
    if kind == "2step" and choices.two_step_template == "required" and not value.get("template"):
        told["template"] = "is required"
    if KINDS[kind].lists:
        told |= dict(_members(value, remarks, choices)) | dict(_steps(request, choices))
    if told:
        raise invalid(ENTITIES[kind], told)
    files = [step for step in request.flow if isinstance(step, ViberStep) and step.message.viber_file is not UNSET]
    if KINDS[kind].lists and files and choices.viber_file == "refused":
        raise listed(
            400, "400019000", "Viber message contains invalid data", {"019": "Provided viber file is not valid"}
        )


def _members(value: Json, remarks: Sequence[str], choices: Choices) -> Iterator[tuple[str, str]]:
    """What is wrong with the members of a flow's request, by path."""
    for remark in remarks:
        found = _REMARK.match(remark)
        if found and found[2].startswith("is not") and choices.unknown_members == "refused":
            yield found[1], "is not known"
        elif found and found[2].startswith("has no") and choices.number_without_plus == "refused":
            yield found[1], "must begin with +"
    for index, step in enumerate(value["flow"] if choices.ttl_and_order == "required" else ()):
        needed = ["order"] if str(step.get("type")).lower() == "voice" else ["ttl", "order"]
        yield from ((f"flow[{index}].{name}", "is required") for name in needed if step.get(name) is None)


def _steps(request: Request, choices: Choices) -> Iterator[tuple[str, str]]:
    """What is wrong with the steps of a flow, by path."""
    if choices.single_step == "refused" and len(request.flow) == 1:
        yield "flow", "must have at least two steps; it has 1"
    orders, channels = Counter[float](), Counter[str]()
    for index, step in enumerate(request.flow):
        orders[step.order] += 1
        channels[step.channel] += 1
        if choices.same_order == "refused" and orders[step.order] > 1:
            yield f"flow[{index}].order", f"must be of one step only; {step.order} is of another one too"
        if choices.same_channel == "refused" and channels[step.channel] > 1:
            yield f"flow[{index}].type", f"must be of one step only; {step.channel} is of another one too"
        usual = set(VOICE.default_failover)
        if isinstance(step, VoiceStep) and choices.voice_statuses == "two" and set(step.failover_on_statuses) - usual:
            yield f"flow[{index}].failoverOnStatuses", f"must be of {', '.join(VOICE.default_failover)}"


def refusal(error: ApiError, path: str, choices: Choices, now: int) -> ApiError:
    """A refusal of a call of a path other than those of Failover OTP, as the choices have it; `now` in ms."""
    status, body = error.status, error.body
    if body.get("error") == "invalid_token" and choices.refused_bearer == "403":
        status = 403
    if status == 500 and body.get("code") == "500" and choices.unmapped_call == "405":
        status, body = 405, framework(405, body["developerMessage"], path, now)
    malformed = body.keys() == {"code", "developerMessage"} and body["code"] == "400000000"
    if malformed and choices.malformed_body == "framework":
        status, body = 400, framework(400, body["developerMessage"], path, now)
    if "timestamp" in body and choices.error_time == "milliseconds":
        body = body | {"timestamp": now}
    if "properties" in body and choices.error_places == "names":
        names = {path.rpartition(".")[2].partition("[")[0]: why for path, why in reversed(body["properties"].items())}
        body = body | {"properties": dict(reversed(names.items()))}
    if "code" in body and choices.error_code == "number":
        body = body | {"code": int(body["code"])}
    if (status, body) == (error.status, error.body):
        return error
    made = Restyled(status, body, error)
    made.headers = error.headers
    return made
