"""Tokens by themselves: repeating, counting down, ending."""

from __future__ import annotations

import pytest

from emulator.accounts.tokens import Account, TokenError, Tokens, seconds_left
from tests.support.samples import NOW, SECOND

ALL = Account("secret")


def tokens() -> Tokens:
    """Tokens that live an hour, for everybody."""
    return Tokens("seed", 3600, None, [])


def test_asking_again_gives_the_same_token_with_fewer_seconds() -> None:
    """As recorded from the provider: 3599, and later 1809."""
    made = tokens()
    first, fresh = made.issue("app", ALL, "", NOW)
    again, fresh_again = made.issue("app", ALL, "", NOW + 1790 * SECOND)
    assert (again, fresh, fresh_again) == (first, True, False)
    assert (seconds_left(first, NOW), seconds_left(first, NOW + 1790 * SECOND)) == (3599, 1809)


def test_a_token_that_has_ended_is_replaced() -> None:
    """And forgotten."""
    made = tokens()
    first, _ = made.issue("app", ALL, "", NOW)
    second, fresh = made.issue("app", ALL, "", NOW + 3600 * SECOND)
    assert fresh
    assert second.token != first.token
    with pytest.raises(TokenError, match="invalid_token"):
        made.find(first.token)


def test_each_application_and_scope_has_a_token_of_its_own() -> None:
    """The order in which scopes are asked for does not matter."""
    made = tokens()
    issued = [made.issue(app, ALL, scope, NOW)[0].token for app, scope in (("a", ""), ("b", ""), ("a", "sms viber"))]
    assert len(set(issued)) == 3
    assert made.issue("a", ALL, "viber sms", NOW)[0].token == issued[2]


def test_a_scope_that_the_application_lacks_is_refused_by_name() -> None:
    """With what it has."""
    with pytest.raises(TokenError, match="voice; the application has sms"):
        tokens().issue("app", Account("s", ("sms",)), "sms voice", NOW)


def test_the_longest_lifetime_of_the_provider_works() -> None:
    """Twenty years, which its portal calls unlimited."""
    grant, _ = tokens().issue("app", Account("s", lifetime=631_139_040), "", NOW)
    assert seconds_left(grant, NOW) == 631_139_039
