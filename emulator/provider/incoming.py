"""What the doors begin with that take JSON and send no message: who calls, what comes with the call, and what is
remarkable about that.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from emulator.http import messages
from emulator.http.log import about
from emulator.journal.kinds import Remarked
from emulator.provider import access, errors
from emulator.provider.service import Parts


async def json_sent(request: Request, parts: Parts, scope: str, *, optional: bool = False) -> tuple[str, bytes]:
    """The application that calls, and the JSON that it sends, unpacked; or nothing, if that is `optional`. Raises
    ApiError 401, 403 if its token lacks this scope, or 400.
    """
    limit = parts.settings.max_body
    packed = await messages.read(request.receive, limit)
    application = parts.access.admitted(request.scope, scope)
    headers = access.fields(request.scope["headers"])
    body = errors.unpacked(headers, packed, limit)
    if body.strip() or not optional:
        errors.json_within(headers, body, limit)
    return application, errors.within(body, limit)


async def remark(request: Request, parts: Parts, application: str, remarks: Sequence[str]) -> None:
    """Tell remarks on a request, if there are any: in the log, and in the application's journal."""
    if remarks:
        note = about(request.scope).words = "; ".join(remarks)
        await parts.engine.note(application, Remarked(request.method, request.scope["path"], note))
