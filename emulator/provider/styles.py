"""How the provider's services word their errors. All do it alike but Failover OTP, whose framework is another one."""

from __future__ import annotations

import re
from typing import Final

from emulator.choices.table import TAKEN, Choices
from emulator.errors import Json
from emulator.provider.errors import NO_BEARER, ApiError

OTP: Final = "/failover-otp"
"""The path of Failover OTP, and what those below it begin with."""
_PARTS: Final = ("body", "query")
"""The parts of a request that its errors tell of; where another service words an error, it is one of the body."""
_TOKENLESS: Final = ("unauthorized", "Unauthorized", NO_BEARER)
"""What tells, in the other services' words, that a request has no token at all."""


class Restyled(ApiError):
    """An error worded otherwise. The journal has what is told of it elsewhere, and the status."""

    def __init__(self, status: int, body: Json, of: ApiError) -> None:
        kept = {name: value for name, value in of.headers.items() if name != "WWW-Authenticate"}
        super().__init__(status, body, kept | ({"WWW-Authenticate": "Bearer"} if status == 401 else {}))
        self._of = of
        self.spoilt = of.spoilt

    @property
    def reason(self) -> Json:
        """The members of the journal entry about the refusal."""
        return self._of.reason | {"status": self.status}

    @property
    def words(self) -> str:
        """What the client is told, in a line."""
        return self._of.words


def is_detailed(path: str) -> bool:
    """Whether errors of calls of a path are worded as Failover OTP does."""
    return path == OTP or path.startswith(f"{OTP}/")


def styled(error: ApiError, path: str, choices: Choices = TAKEN, now: int = 0) -> ApiError:
    """An error as the service of this path words it, and the choices have it; `now` in ms."""
    if choices is not TAKEN and error.status >= 400 and not is_detailed(path):
        from emulator.provider.chosen import refusal

        return refusal(error, path, choices, now)
    if not is_detailed(path) or error.status < 400 or "detail" in error.body:
        return error
    body = error.body
    said = next(filter(None, (body.get(name) for name in ("developerMessage", "error_description", "message"))), "")
    if error.status == 400:
        entity = body.get("entity") if body.get("entity") in _PARTS else _PARTS[0]
        places = [
            {
                "loc": [
                    entity,
                    *(int(key) if key.isdecimal() else key for key in re.findall(r"[^.\[\]]+", place)),
                ],
                "msg": why,
                "type": "missing" if why.startswith("is required") else "value_error",
            }
            for place, why in body.get("properties", {}).items()
        ]
        return Restyled(422, {"detail": places or [{"loc": ["body"], "msg": said, "type": "value_error"}]}, error)
    if error.status == 401 and not {body.get("error"), said}.isdisjoint(_TOKENLESS):
        return Restyled(int(choices.otp_without_bearer), {"detail": "Not authenticated"}, error)
    return Restyled(error.status, {"detail": said}, error)
