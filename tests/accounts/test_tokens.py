"""Tokens without a server: asked for again, counting down, expiring."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from emulator.accounts.tokens import Account, TokenError, Tokens, seconds_left
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import HOUR, NOW, SECOND

pytestmark = pytest.mark.anyio
ALL = Account("secret")


def drawn(application: str, parts: tuple[object, ...]) -> str:
    """A token of what it belongs to."""
    return f"{application} {parts}"


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    """A store in memory."""
    made = SqliteStore()
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def tokens(store: SqliteStore) -> Tokens:
    """Tokens that live an hour, for everybody."""
    return Tokens(drawn, 3600, None, store, lambda _: NOW)


async def test_asking_again_gives_the_same_token_with_fewer_seconds(tokens: Tokens) -> None:
    """As recorded from the provider: 3599, and later 1809."""
    first = await tokens.issue("app", ALL, "", NOW)
    again = await tokens.issue("app", ALL, "", NOW + 1790 * SECOND)
    assert again == first
    assert (seconds_left(first, NOW), seconds_left(first, NOW + 1790 * SECOND)) == (3599, 1809)


async def test_a_token_that_has_ended_is_replaced(tokens: Tokens) -> None:
    """And forgotten."""
    first = await tokens.issue("app", ALL, "", NOW)
    second = await tokens.issue("app", ALL, "", NOW + 3600 * SECOND)
    assert second.token != first.token
    with pytest.raises(TokenError, match="invalid_token"):
        tokens.valid(first.token)


async def test_each_application_and_scope_has_a_token_of_its_own(tokens: Tokens) -> None:
    """The order in which scopes are asked for does not matter."""
    issued = [
        (await tokens.issue(app, ALL, scope, NOW)).token for app, scope in (("a", ""), ("b", ""), ("a", "sms viber"))
    ]
    assert len(set(issued)) == 3
    assert (await tokens.issue("a", ALL, "viber sms", NOW)).token == issued[2]


async def test_a_scope_that_the_application_lacks_is_refused_by_name(tokens: Tokens) -> None:
    """With what it has."""
    with pytest.raises(TokenError, match="voice; the application has sms"):
        await tokens.issue("app", Account("s", ("sms",)), "sms voice", NOW)


async def test_the_longest_lifetime_of_the_provider_works(tokens: Tokens) -> None:
    """Twenty years, which its portal calls unlimited."""
    grant = await tokens.issue("app", Account("s", lifetime=631_139_040), "", NOW)
    assert seconds_left(grant, NOW) == 631_139_039


async def test_a_token_that_ended_long_ago_is_forgotten_when_others_get_theirs(store: SqliteStore) -> None:
    """After a day of its application's clock; until then its client is told that it has expired."""
    now = {"gone": NOW}
    tokens = Tokens(drawn, 3600, None, store, lambda application: now.get(application, NOW))
    old = await tokens.issue("gone", ALL, "", NOW)
    for hours, kept in ((2, True), (24, True), (26, False)):
        now["gone"] = NOW + hours * HOUR
        for number in range(3):
            await tokens.issue(f"app {hours} {number}", ALL, "", NOW)
        assert (store.grant(old.token) is not None) is kept
