"""Checks the bearer token of a request, and that it has the scopes that the call needs.

Which tokens there are is known to `accounts.tokens`; what a refusal looks like, to `errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from starlette.types import Scope

from emulator.accounts.tokens import ROLES, TokenError, Tokens
from emulator.http.log import about
from emulator.provider.errors import NO_BEARER, ApiError, bad_credentials, generic, unauthorized
from emulator.store.records import Grant

NAMED: Final = "emulator.named"
"""Where a request's scope has the scenario that its header names, once it was looked for; or the ApiError that tells
that there is none.
"""


def fields(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """A request's headers by their lower-case names; of repeated ones, the first."""
    return dict(headers[::-1])


@lru_cache(64)
def credentials(authorization: bytes) -> tuple[str, str]:
    """The scheme of an Authorization, in lower case, and what comes after it."""
    scheme, _, rest = authorization.decode("latin-1").strip().partition(" ")
    return scheme.lower(), rest.strip()


class Access:
    """Finds the grant of a request's token, or refuses the request."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def bearer(self, scope: Scope) -> Grant:
        """The grant of a request's token. Raises ApiError 401 if the token is missing, unknown or expired."""
        grant = self.authorized(scope["headers"], scope["path"])[1]
        about(scope).application = grant.application
        return grant

    def admitted(self, scope: Scope, needed: str) -> str:
        """The application that makes a request. Raises ApiError 401, 403 if its token lacks the needed scope, or 400 if
        it names a scenario that there is not.
        """
        grant = self.bearer(scope)
        require(grant, [needed])
        if isinstance(named := scope.get(NAMED), ApiError):
            raise named
        return grant.application

    def authorized(self, sent: Sequence[tuple[bytes, bytes]], path: str = "") -> tuple[dict[bytes, bytes], Grant, int]:
        """The headers that a request was sent with (see `fields`), the grant of their token, and the time on its
        application's clock in ms. Raises ApiError 401 if the token is missing, unknown or expired. Credentials in its
        place are refused as those of a token request, with this path.
        """
        headers = fields(sent)
        authorization = headers.get(b"authorization")
        if authorization is None:
            raise unauthorized("unauthorized", "Full authentication is required to access this resource")
        scheme, token = credentials(authorization)
        if scheme == "basic" and token:
            raise bad_credentials("Bad credentials", path, self._tokens.now())
        if scheme != "bearer" or not token:
            raise unauthorized("invalid_token", NO_BEARER)
        try:
            return headers, *self._tokens.valid(token)
        except TokenError as error:
            raise unauthorized(error.error, error.description, token) from error


def require(grant: Grant, scopes: Iterable[str]) -> None:
    """Raises ApiError 403 if the grant lacks one of these scopes."""
    missing = [ROLES[scope] for scope in scopes if scope not in grant.scopes]
    if missing:
        raise generic(403, f"Access is denied: the token lacks {', '.join(missing)}")
