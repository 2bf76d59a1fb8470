"""What the doors for trackings share: the faults of the answer that shows one message or flow."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emulator.http.log import about
from emulator.journal.kinds import Refused
from emulator.provider import errors, faulty
from emulator.provider.errors import ApiError
from emulator.provider.service import Parts


class Trackings:
    """Answers as the scenario says."""

    def __init__(self, parts: Parts) -> None:
        self._faults = parts.faults
        self._engine = parts.engine

    async def answer(self, request: Request, application: str, own: Response) -> Response:
        """The right answer, with the fault that the scenario applies to it, if any; a refusal is recorded in the
        journal.
        """
        path, now = request.scope["path"], self._engine.now(application)
        spoilt = await self._faults.of_call("tracking", application, now, request.scope)
        if spoilt is None:
            return own
        try:
            faulty.refuse(spoilt, path, now)
        except ApiError as error:
            about(request.scope).words = error.words
            details = {"path": path, "method": request.method} | error.reason | {"answer": spoilt.noted}
            await self._engine.note(application, Refused.of(details))
            own = errors.answer(error)
        return self._faults.response(own, spoilt)
