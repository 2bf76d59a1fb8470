"""Access tokens: who gets one, which scopes it has, when it expires.

By default any application id with any secret gets a token with every scope, so that no set-up is needed. With
credentials only the listed applications do, each with its own scopes and lifetime. A request before a token expires
gets the same token again, with the seconds that are left. Nothing here knows HTTP.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from emulator.clock.clock import EVERYBODY
from emulator.clock.durations import UNITS
from emulator.errors import EmulatorError
from emulator.store.contract import Store
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
    "application_security": "MT_ROLE_APPLICATION_SECURITY",
}
"""The role that each scope grants. The provider does not document Viber's; it follows the pattern of the others."""
OF_ALL: Final = "MT_ROLE_PRICING_PACKAGES"
"""The role that is listed besides where all scopes are granted; no scope of its own is known."""
EVERYTHING: Final = "all"
"""The scope that stands for all of an application's scopes."""
LONGEST: Final = 10**9
"""How many seconds a token may live at most: 31 years."""
REMEMBERED: Final = UNITS["d"]
"""For how long after its end a token of an application that asks for no other is remembered, in milliseconds."""


class TokenError(EmulatorError):
    """A token request or a token is refused: `error` and `description` as OAuth names them."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


Url = Annotated[str, Meta(pattern="^https?://[^/]", title="a URL such as https://app.example/hook")]


class DefaultCallback(Struct, frozen=True, forbid_unknown_fields=True):
    """What is called for messages that name no callback, and when."""

    url: Url
    strategy: Literal["OnChange", "OnCompletion"] = "OnChange"


class Account(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """One application of a credentials file: its secret, the scopes that it may have, and its settings: the `lifetime`
    of its tokens in seconds (0: the emulator's default), whether an Sms is transcoded that does not say so, and what is
    called for an Sms that names no callback, and for a two-step verification (None: what the emulator is set to).
    """

    secret: Annotated[str, Meta(min_length=1)]
    scopes: tuple[str, ...] = tuple(ROLES)
    lifetime: Annotated[int, Meta(ge=0, le=LONGEST)] = 0
    transcode: bool = False
    callback: DefaultCallback | None = None
    two_step_callback: Url | None = None


ANYBODY: Final = Account("-")
"""The settings of applications of which no file says anything."""


class Tokens:
    """Issues and checks tokens, which `store` keeps. `lifetime` in seconds is for accounts without one of their own;
    `accounts` is None if any application is served; `time` answers the time on an application's clock; `draw` makes
    an application's token from what it belongs to.
    """

    def __init__(
        self,
        draw: Callable[[str, tuple[object, ...]], str],
        lifetime: int,
        accounts: dict[str, Account] | None,
        store: Store,
        time: Callable[[str], int],
    ) -> None:
        self._draw = draw
        self._lifetime = lifetime
        self._accounts = accounts
        self._store = store
        self._time = time

    def account(self, application: str, secret: str) -> Account | None:
        """The account with this id and secret; None if there is no such account."""
        if self._accounts is None:
            return Account(secret)
        account = self._accounts.get(application)
        equal = account is not None and hmac.compare_digest(_bytes(account.secret), _bytes(secret))
        return account if equal else None

    async def issue(self, application: str, account: Account, scope: str, now: int) -> Grant:
        """A grant for the scopes that are asked for (`scope` as in OAuth; empty: all of the account's): the latest one
        of the same scopes, or a new one if that has expired. Raises TokenError for a scope that the account lacks.

        Nothing is awaited between the look for a grant and the new one, in a turn, so concurrent requests get the same
        token.
        """
        scopes = _narrowed(account.scopes, scope)
        return await self._store.turn(partial(self._granted, application, account, scopes, now))

    async def _granted(self, application: str, account: Account, scopes: tuple[str, ...], now: int) -> Grant:
        grant = self._store.granted(application, scopes)
        if grant is not None and seconds_left(grant, now) > 0:
            return grant
        revoked = self._store.state(application).revoked
        token = self._draw(application, (*scopes, now, *([revoked] if revoked else [])))
        grant = Grant(token, application, scopes, now + (account.lifetime or self._lifetime) * 1000)
        await self._store.save_grant(
            grant, now, lambda each: each.expires_at + REMEMBERED < self._time(each.application)
        )
        return grant

    def now(self, application: str = EVERYBODY) -> int:
        """The time on an application's clock."""
        return self._time(application)

    def valid(self, token: str) -> tuple[Grant, int]:
        """The grant of a token, and the time on its application's clock. Raises TokenError if the token is unknown or
        has expired.
        """
        grant = self._store.grant(token)
        if grant is None:
            raise TokenError("invalid_token", f"Invalid access token: {token}")
        now = self._time(grant.application)
        if seconds_left(grant, now) < 0:
            raise TokenError("invalid_token", f"Access token expired: {token}")
        return grant, now


def _bytes(secret: str) -> bytes:
    return secret.encode(errors="surrogatepass")


def seconds_left(grant: Grant, now: int) -> int:
    """The whole seconds until a token expires; a new token has one less than its lifetime, as at the provider."""
    return (grant.expires_at - now - 1) // 1000


def permissions(scopes: Iterable[str]) -> list[str]:
    """The roles that these scopes grant; scopes without a role are left out."""
    roles = [ROLES[scope] for scope in scopes if scope in ROLES]
    return [*roles, OF_ALL] if len(roles) == len(ROLES) else roles


def _narrowed(allowed: tuple[str, ...], scope: str) -> tuple[str, ...]:
    """The allowed scopes that `scope` asks for (all if it is empty, or names `all`), in the account's order. Raises
    TokenError.
    """
    wanted = scope.replace(",", " ").split()
    if EVERYTHING in wanted and EVERYTHING not in allowed:
        return allowed
    unknown = [each for each in wanted if each not in allowed]
    if unknown:
        description = f"Invalid scope: {' '.join(unknown)}; the application has {' '.join(allowed)}"
        raise TokenError("invalid_scope", description)
    return tuple(each for each in allowed if each in wanted) if wanted else allowed
