"""Who is calling: the bearer token of a request, and whether it carries the roles that the call needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.types import Scope

from emulator.accounts.tokens import ROLES, TokenError, Tokens
from emulator.provider.errors import generic, unauthorized
from emulator.store.records import Grant


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a request's header, by its name in small letters; None if there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1").strip())
    return None


def fields(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """A request's headers by their names in small letters; of those that came twice, the first."""
    return dict(headers[::-1])


class Access:
    """Lets in who has a good token."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def bearer(self, scope: Scope) -> Grant:
        """The grant of the request's token. Raises ApiError 401 if it has none that is good."""
        return self.authorized(fields(scope["headers"]))[0]

    def authorized(self, given: dict[bytes, bytes]) -> tuple[Grant, int]:
        """The grant of the token in these headers, and the time on its clock. Raises ApiError 401 if none is good."""
        authorization = given.get(b"authorization")
        if authorization is None:
            raise unauthorized("unauthorized", "Full authentication is required to access this resource")
        scheme, _, token = authorization.decode("latin-1").strip().partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise unauthorized("invalid_token", "The Authorization header carries no bearer token")
        try:
            return self._tokens.valid(token)
        except TokenError as error:
            raise unauthorized(error.error, error.description) from error


def require(grant: Grant, scopes: Iterable[str]) -> None:
    """Raises ApiError 403 if the grant lacks one of these scopes."""
    missing = [ROLES[scope] for scope in scopes if scope not in grant.scopes]
    if missing:
        raise generic(403, f"Access is denied: the token lacks {', '.join(missing)}")
