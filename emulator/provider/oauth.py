"""The door for POST /oauth/token, with the variants that real clients use.

Client id and secret are read from Basic authentication, %-encoded or not, or from the form; the provider does not
document the latter, so the journal notes it. `grant_type` and `scope` are read from the form or the query.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.accounts.tokens import Account, TokenError, Tokens, permissions, seconds_left
from emulator.engine.engine import Engine
from emulator.errors import Json
from emulator.http import messages
from emulator.http.log import about
from emulator.journal.kinds import Token, TokenRefused
from emulator.planning.planner import SpoiltAnswer
from emulator.provider import access, errors, faulty
from emulator.provider.errors import ApiError, bad_credentials
from emulator.provider.refusing import refused
from emulator.provider.service import Parts
from emulator.settings import Settings
from emulator.store.records import Grant
from emulator.validation.printing import printable

PATH = "/oauth/token"
AS_JSON: Final = "the body is JSON, which is not read: the members belong into the form or the query"
"""What journal and log say of a refused request whose members are not where they are read."""
UNSTORED: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
"""The headers that keep caches from storing an answer (RFC 6749, 5.1)."""


class TokenDoor:
    """Answers token requests, and records each in the journal."""

    def __init__(self, tokens: Tokens, engine: Engine, parts: Parts, settings: Settings) -> None:
        self._tokens = tokens
        self._engine = engine
        self._parts = parts
        self._faults = parts.faults
        self._settings = settings

    def routes(self) -> list[BaseRoute]:
        """The route to this door."""
        return [Route(PATH, self.issue, methods=["POST"])]

    async def issue(self, request: Request) -> Response:
        """Answer a token request."""
        spoilt: SpoiltAnswer | None = None
        note = ""
        try:
            limit = self._settings.max_body
            packed = await messages.read(request.receive, limit)
            body = errors.within(errors.unpacked(access.fields(request.scope["headers"]), packed, limit), limit)
            form = _joined(request.query_params.multi_items()) | _joined(
                parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
            )
            note = AS_JSON if body.lstrip()[:1] == b"{" and not form.get("grant_type") else ""
            application, secret, noted = self._client(request, form)
            application, account = self._account(application, secret)
            about(request.scope).application = application
            spoilt = await self._faults.of_call("token", application, self._engine.now(application), request.scope)
            if spoilt:
                faulty.refuse(spoilt, PATH, self._engine.now(application))
            grant = await self._granted(application, account, form)
        except ApiError as error:
            error.note = error.note or note
            error.spoilt = spoilt
            error.headers = UNSTORED | error.headers
            return await refused(self._parts, request.scope, "", error, TokenRefused)
        token = Token(" ".join(grant.scopes), noted, spoilt.noted if spoilt else UNSET)
        await self._engine.note(grant.application, token)
        answer = messages.good(_shown(grant, self._engine.now(application)))
        answer.headers.update(UNSTORED)
        return self._faults.response(answer, spoilt)

    def _client(self, request: Request, form: dict[str, str]) -> tuple[str, str, str | UnsetType]:
        """The client's id and secret, and a note for the journal if they are in the form. Raises ApiError 401."""
        scheme, _, value = request.headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() == "basic" and value.strip():
            application, colon, secret = _decoded(value.strip()).partition(":")
            if not colon or not application:
                raise self._bad_client("Bad credentials")
            return application, secret, UNSET
        if self._settings.form_credentials and form.get("client_id"):
            note = "client_id and client_secret came in the form, which the provider does not document"
            return form["client_id"], form.get("client_secret", ""), note
        raise self._bad_client("Full authentication is required to access this resource")

    def _account(self, application: str, secret: str) -> tuple[str, Account | None]:
        """A client's id and account; None if there is no such account. Credentials with a `%` that are wrong as they
        are may be %-encoded, as RFC 6749 (2.3.1) has them.
        """
        account = self._tokens.account(application, secret)
        if account is None and "%" in application + secret:
            application = unquote_plus(application)
            account = self._tokens.account(application, unquote_plus(secret))
        return application, account

    async def _granted(self, application: str, account: Account | None, form: dict[str, str]) -> Grant:
        """The grant for a client's form. Raises ApiError 401 without an account, 400 for a wrong form."""
        now = self._engine.now(application)
        if account is None:
            raise bad_credentials("Bad credentials", PATH, now)
        try:
            wanted = form.get("grant_type", "")
            if not wanted:
                raise TokenError("invalid_request", "Missing grant type; it must be client_credentials")
            if wanted != "client_credentials":
                description = f"Unsupported grant type: {wanted}; it must be client_credentials"
                raise TokenError("unsupported_grant_type", description)
            return await self._tokens.issue(application, account, form.get("scope", ""), now)
        except TokenError as error:
            raise ApiError(400, {"error": error.error, "error_description": printable(error.description)}) from error

    def _bad_client(self, message: str) -> ApiError:
        return bad_credentials(message, PATH, self._engine.now(""))


def _joined(members: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The members of a form or query by name. Of one that comes twice the last counts; of `scope`, all do."""
    found: dict[str, str] = {}
    for name, value in members:
        found[name] = f"{found[name]} {value}" if name == "scope" and name in found else value
    return found


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _shown(grant: Grant, now: int) -> Json:
    return {
        "access_token": grant.token,
        "token_type": "bearer",
        "expires_in": seconds_left(grant, now),
        "scope": " ".join(grant.scopes),
        "permissions": permissions(grant.scopes),
    }
