"""Refuses a request: the one place that answers an ApiError of the provider's API, with whatever the scenario makes of
the answer, records it in the journal and says it in the log.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Scope

from emulator.errors import Json
from emulator.http.log import about
from emulator.journal.kinds import Refused
from emulator.journal.kinds.flows import titled
from emulator.provider import errors
from emulator.provider.errors import ApiError
from emulator.provider.service import Parts
from emulator.provider.styles import styled


async def refused(
    parts: Parts, scope: Scope, application: str, refusal: ApiError, kind: type[Refused] = Refused, **members: str
) -> Response:
    """The answer to a request of an application (empty if that is unknown): the refusal as its service words it, or as
    a fault has it. The journal's entry is of this kind; `members` are those of it that tell of the request.
    """
    path = scope["path"]
    error = styled(refusal, path, parts.choices(application), parts.engine.now(application))
    response = parts.faults.response(errors.answer(error), error.spoilt)
    told, words = _told(error, response.status_code)
    said = about(scope)
    said.application, said.words = application or said.application, words
    await parts.engine.note(application, kind.of({"path": path} | members | told))
    return response


def _told(error: ApiError, status: int) -> tuple[Json, str]:
    """The members of the journal's entry that tell of an answer of this status, and what the log says of it. Neither
    tells what a fault keeps from the client: the error's body if another one is sent or none, and the status if the
    connection is closed without an answer.
    """
    told, words, spoilt = error.reason, error.words, error.spoilt
    if spoilt is None:
        return told, words
    if spoilt.fault.replaces or spoilt.fault.close:
        noted = {"note": told["note"]} if "note" in told else {}
        told = noted if spoilt.fault.close else {"status": status} | noted
        words = "; ".join([f"the answer is spoilt by {titled(spoilt.rule)}", *noted.values()])
    else:
        told["status"] = status
    return told | {"answer": spoilt.noted}, words
