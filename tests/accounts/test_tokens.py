"""Tokens without a server: asked for again, counting down, expiring."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from emulator.accounts.tokens import Account, TokenError, Tokens, seconds_left
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NOW, SECOND

pytestmark = pytest.mark.anyio
ALL = Account("secret")


@pytest.fixture
async def tokens() -> AsyncIterator[Tokens]:
    """Tokens that live an hour, for everybody."""
    store = SqliteStore()
    await store.open()
    yield Tokens("seed", 3600, None, store, lambda _: NOW)
    await store.close()


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
