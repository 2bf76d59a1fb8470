"""Access tokens: who gets one, what it allows, when it ends.

By default any application id with any secret is served with every scope, so that nothing needs set-up; with
credentials only the listed ones are, each with its own scopes and lifetime. Asking again before a token ends gives the
same token, with the seconds that are left. Roles follow from scopes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from emulator.errors import EmulatorError
from emulator.seed import identifier
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
    """The tokens of one emulator. `accounts` is None while any application is welcome."""

    def __init__(self, seed: str, lifetime: int, accounts: dict[str, Account] | None, saved: Iterable[Grant]) -> None:
        self._seed = seed
        self._lifetime = lifetime
        self._accounts = accounts
        self._grants = {grant.token: grant for grant in saved}
        self._revoked: Counter[str] = Counter()
        self._latest = {(grant.application, grant.scopes): grant for grant in saved}

    def account(self, application: str, secret: str) -> Account | None:
        """The account with this id and secret; None if there is none."""
        if self._accounts is None:
            return Account(secret)
        account = self._accounts.get(application)
        return account if account and account.secret == secret else None

    def issue(self, application: str, account: Account, scope: str, now: int) -> tuple[Grant, bool]:
        """The application's token for the wanted scopes (empty: all), and whether it is new. Raises TokenError."""
        scopes = _narrowed(account.scopes, scope)
        grant = self._latest.get((application, scopes))
        if grant is not None and seconds_left(grant, now) > 0:
            return grant, False
        ends = now + (account.lifetime or self._lifetime) * 1000
        again = [self._revoked[application]] if application in self._revoked else []
        name = identifier(self._seed, "token", application, *scopes, now, *again)
        grant = Grant(name, application, scopes, ends)
        self._forget(application, now)
        self._grants[grant.token] = self._latest[application, scopes] = grant
        return grant, True

    def all(self) -> list[Grant]:
        """Every token that is known, ended or not, the newest last."""
        return list(self._grants.values())

    def revoke(self, token: str) -> Grant | None:
        """Forget a token; None if there is none such."""
        grant = self._grants.pop(token, None)
        if grant is not None and self._latest.get((grant.application, grant.scopes)) is grant:
            del self._latest[grant.application, grant.scopes]
        if grant is not None:
            self._revoked[grant.application] += 1
        return grant

    def reset(self, application: str | None) -> None:
        """Forget the tokens of one application, or all; the same ones may be given again."""
        for grant in self.all():
            if application in (None, grant.application):
                self.revoke(grant.token)
                del self._revoked[grant.application]

    def _forget(self, application: str, now: int) -> None:
        for token in [t for t, g in self._grants.items() if g.application == application and g.expires_at <= now]:
            del self._grants[token]

    def find(self, token: str) -> Grant:
        """The grant of a token, ended or not. Raises TokenError."""
        grant = self._grants.get(token)
        if grant is None:
            raise TokenError("invalid_token", f"Invalid access token: {token}")
        return grant


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
