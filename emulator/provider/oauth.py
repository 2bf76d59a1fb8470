"""The door for POST /oauth/token, with the variants that real clients use.

Client id and secret come by Basic authentication, or in the form (not documented by the provider: the journal says so).
`grant_type` and `scope` come in the form or in the query.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from emulator.accounts.tokens import TokenError, permissions, seconds_left
from emulator.emulation import Emulation
from emulator.errors import Json
from emulator.http import messages
from emulator.planning.planner import SpoiltAnswer
from emulator.provider import errors, faulty
from emulator.provider.errors import ApiError, bad_credentials
from emulator.store.records import Grant

PATH = "/oauth/token"


async def issue(request: Request) -> Response:
    """Answer a token request."""
    emulation: Emulation = request.app.state.emulation
    spoilt: SpoiltAnswer | None = None
    told: Json = {}
    try:
        form = await _form(request)
        application, secret, note = _client(request, form)
        spoilt = emulation.engine.ask_call("token", application, await faulty.chosen(request.scope, emulation))
        if spoilt:
            told = {"answer": faulty.reason(spoilt)}
            faulty.refuse(spoilt, PATH, emulation.engine.now(application))
        grant = await _granted(emulation, application, secret, form)
    except ApiError as error:
        await emulation.engine.note("token refused", "", {"path": PATH} | error.reason | told)
        answer = errors.answer(error)
    else:
        await emulation.engine.note("token", grant.application, {"scope": " ".join(grant.scopes)} | note | told)
        answer = messages.good(_shown(grant, emulation.engine.now(application)))
    return faulty.FaultyResponse(answer, spoilt, emulation.closing) if spoilt else answer


async def _form(request: Request) -> dict[str, str]:
    emulation: Emulation = request.app.state.emulation
    limit = emulation.settings.max_body
    body = errors.within(await messages.read(request.receive, limit), limit)
    return dict(request.query_params) | dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _client(request: Request, form: dict[str, str]) -> tuple[str, str, Json]:
    scheme, _, value = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic" and value.strip():
        application, colon, secret = _decoded(value.strip()).partition(":")
        if not colon or not application:
            raise _bad_client("Bad credentials", request)
        return application, secret, {}
    emulation: Emulation = request.app.state.emulation
    if emulation.settings.form_credentials and form.get("client_id"):
        note = {"note": "client_id and client_secret came in the form, which the provider does not document"}
        return form["client_id"], form.get("client_secret", ""), note
    raise _bad_client("Full authentication is required to access this resource", request)


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


async def _granted(emulation: Emulation, application: str, secret: str, form: dict[str, str]) -> Grant:
    account = emulation.tokens.account(application, secret)
    now = emulation.engine.now(application)
    if account is None:
        raise bad_credentials("Bad credentials", PATH, now)
    try:
        _check_grant_type(form)
        grant, fresh = emulation.tokens.issue(application, account, form.get("scope", ""), now)
    except TokenError as error:
        raise ApiError(400, {"error": error.error, "error_description": error.description}) from error
    if fresh:
        await emulation.store.save_grant(grant, now)
    return grant


def _check_grant_type(form: dict[str, str]) -> None:
    wanted = form.get("grant_type", "")
    if not wanted:
        raise TokenError("invalid_request", "Missing grant type; it must be client_credentials")
    if wanted != "client_credentials":
        raise TokenError("unsupported_grant_type", f"Unsupported grant type: {wanted}; it must be client_credentials")


def _bad_client(message: str, request: Request) -> ApiError:
    emulation: Emulation = request.app.state.emulation
    return bad_credentials(message, PATH, emulation.engine.now(""))


def _shown(grant: Grant, now: int) -> Json:
    return {
        "access_token": grant.token,
        "token_type": "bearer",
        "expires_in": seconds_left(grant, now),
        "scope": " ".join(grant.scopes),
        "permissions": permissions(grant.scopes),
    }
