"""Access tokens: who gets one, what it allows, when it ends.

By default any application id with any secret is served with every scope, so that nothing needs set-up; with
credentials only the listed ones are, each with its own scopes and lifetime. Asking again before a token ends gives the
same token, with the seconds that are left. Roles follow from scopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from emulator.errors import EmulatorError
from emulator.seed import identifier
from emulator.store.contract import Applications
from emulator.store.records import Grant

ROLES: Final = {
    "sms": "MT_ROLE_SMS",
    "viber": "MT_ROLE_VIBER",
    "voice": "MT_ROLE_VOICE",
    "account": "MT_ROLE_ACCOUNT_FINANCE",
    "failover": "MT_ROLE_FAILOVER",
    "report": "MT_ROLE_REPORT",
    "contact": "MT_ROLE_CONTACT",
    "lookup": "MT_ROLE_LOOKUP",
    "number_validator": "MT_ROLE_NUMBER_VALIDATOR",
    "number_pool": "MT_ROLE_NUMBER_POOL",
    "2step": "MT_ROLE_2STEP",
    "virtual_number": "MT_ROLE_VIRTUAL_NUMBER",
    "forms": "MT_ROLE_FORMS",
    "transactional_email": "MT_ROLE_TRANSACTIONAL_EMAIL",
    "email_sender": "MT_ROLE_EMAIL_SENDER",
    "promotional_email": "MT_ROLE_PROMOTIONAL_EMAIL",
    "email_validator": "MT_ROLE_EMAIL_VALIDATOR",
    "url_analyzer": "MT_ROLE_URL_ANALYZER",
}
"""The role that each scope brings. The Viber pair is not documented by the provider; it follows the others' pattern."""


class TokenError(EmulatorError):
    """A token request or a token that is refused: `error` and `description` as OAuth names them."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


class Account(Struct, frozen=True, rename="camel"):
    """One application of a credentials file; `lifetime` of its tokens in seconds (0: the emulator's default)."""

    secret: str
    scopes: tuple[str, ...] = tuple(ROLES)
    lifetime: int = 0


class Tokens:
    """Issues and finds tokens, which `store` keeps. `lifetime` is theirs in seconds, where an account has none of its
    own; `accounts` is None while any application is welcome; `time` tells the time of an application.
    """

    def __init__(
        self,
        seed: str,
        lifetime: int,
        accounts: dict[str, Account] | None,
        store: Applications,
        time: Callable[[str], int],
    ) -> None:
        self._seed = seed
        self._lifetime = lifetime
        self._accounts = accounts
        self._store = store
        self._time = time

    def account(self, application: str, secret: str) -> Account | None:
        """The account with this id and secret; None if there is none."""
        if self._accounts is None:
            return Account(secret)
        account = self._accounts.get(application)
        return account if account and account.secret == secret else None

    async def issue(self, application: str, account: Account, scope: str, now: int) -> Grant:
        """The application's token for the wanted scopes (empty: all): the latest one, or a new one if that has ended.
        Raises TokenError.
        """
        scopes = _narrowed(account.scopes, scope)
        grant = self._store.granted(application, scopes)
        if grant is not None and seconds_left(grant, now) > 0:
            return grant
        revoked = self._store.state(application).revoked
        name = identifier(self._seed, "token", application, *scopes, now, *([revoked] if revoked else []))
        grant = Grant(name, application, scopes, now + (account.lifetime or self._lifetime) * 1000)
        await self._store.save_grant(grant, now)
        return grant

    def valid(self, token: str) -> tuple[Grant, int]:
        """The grant of a token that is good, and the time on its application's clock. Raises TokenError."""
        grant = self._store.grant(token)
        if grant is None:
            raise TokenError("invalid_token", f"Invalid access token: {token}")
        now = self._time(grant.application)
        if seconds_left(grant, now) < 0:
            raise TokenError("invalid_token", f"Access token expired: {token}")
        return grant, now


def seconds_left(grant: Grant, now: int) -> int:
    """The whole seconds that a token has left; a fresh one has one less than its lifetime."""
    return (grant.expires_at - now - 1) // 1000


def permissions(scopes: Iterable[str]) -> list[str]:
    """The roles that these scopes bring."""
    return [ROLES[scope] for scope in scopes if scope in ROLES]


def _narrowed(allowed: tuple[str, ...], scope: str) -> tuple[str, ...]:
    wanted = scope.replace(",", " ").split()
    unknown = [each for each in wanted if each not in allowed]
    if unknown:
        told = f"Invalid scope: {' '.join(unknown)}; the application has {' '.join(allowed)}"
        raise TokenError("invalid_scope", told)
    return tuple(each for each in allowed if each in wanted) if wanted else allowed
