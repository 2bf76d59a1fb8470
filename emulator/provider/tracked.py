"""What the doors for trackings share: the body of a search, and faults of the answer that shows one message or flow."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emulator.http import messages
from emulator.http.log import about
from emulator.journal.kinds import Refused
from emulator.provider import access, errors, faulty
from emulator.provider.errors import ApiError
from emulator.provider.service import Parts


class Trackings:
    """Reads searches, and answers as the scenario says."""

    def __init__(self, parts: Parts) -> None:
        self._faults = parts.faults
        self._engine = parts.engine
        self._max_body = parts.settings.max_body

    async def body(self, request: Request) -> bytes:
        """The body of a search: JSON, or nothing. Raises ApiError 400 or 415."""
        body = await messages.read(request.receive, self._max_body)
        headers = access.fields(request.scope["headers"])
        body = errors.unpacked(headers, body, self._max_body)
        if body.strip():
            errors.json_within(headers, body, self._max_body)
        return errors.within(body, self._max_body)

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
