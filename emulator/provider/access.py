"""Checks the bearer token of a request, and that it has the scopes that the call needs.

Which tokens there are is known to `accounts.tokens`; what a refusal looks like, to `errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.types import Scope

from emulator.accounts.tokens import ROLES, TokenError, Tokens
from emulator.http.log import about
from emulator.provider.errors import NO_BEARER, bad_credentials, generic, unauthorized
from emulator.store.records import Grant


def fields(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """A request's headers by their lower-case names; of repeated ones, the first."""
    return dict(headers[::-1])


class Access:
    """Finds the grant of a request's token, or refuses the request."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def bearer(self, scope: Scope) -> Grant:
        """The grant of a request's token. Raises ApiError 401 if the token is missing, unknown or expired."""
        grant = self.authorized(fields(scope["headers"]), scope["path"])[0]
        about(scope).application = grant.application
        return grant

    def admitted(self, scope: Scope, needed: str) -> str:
        """The application that makes a request. Raises ApiError 401, or 403 if its token lacks the needed scope."""
        grant = self.bearer(scope)
        require(grant, [needed])
        return grant.application

    def authorized(self, headers: dict[bytes, bytes], path: str = "") -> tuple[Grant, int]:
        """The grant of the token in these headers (see `fields`), and the time on its application's clock in ms. Raises
        ApiError 401 if the token is missing, unknown or expired. Credentials in its place are refused as those of a
        token request, with this path.
        """
        authorization = headers.get(b"authorization")
        if authorization is None:
            raise unauthorized("unauthorized", "Full authentication is required to access this resource")
        scheme, _, token = authorization.decode("latin-1").strip().partition(" ")
        scheme, token = scheme.lower(), token.strip()
        if scheme == "basic" and token:
            raise bad_credentials("Bad credentials", path, self._tokens.now())
        if scheme != "bearer" or not token:
            raise unauthorized("invalid_token", NO_BEARER)
        try:
            return self._tokens.valid(token)
        except TokenError as error:
            raise unauthorized(error.error, error.description, token) from error


def require(grant: Grant, scopes: Iterable[str]) -> None:
    """Raises ApiError 403 if the grant lacks one of these scopes."""
    missing = [ROLES[scope] for scope in scopes if scope not in grant.scopes]
    if missing:
        raise generic(403, f"Access is denied: the token lacks {', '.join(missing)}")
