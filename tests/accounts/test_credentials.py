"""Reading credentials from a file and from pairs."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.accounts.credentials import CredentialsError, load
from emulator.accounts.tokens import ROLES, Account


def test_pairs_stand_between_commas() -> None:
    """With every scope."""
    assert load("a:1, b:2") == {"a": Account("1"), "b": Account("2")}
    assert Account("1").scopes == tuple(ROLES)
    assert load("") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "expected"),
        ('{"a": {}}', "secret"),
        ('{"a": {"secret": "s", "scopes": ["fax"]}}', "a has an unknown scope 'fax'; known here: sms, "),
        ('{"a": {"secret": "s", "scopes": ["falover"]}}', r"did you mean 'failover'\?"),
        ('{"a": {"secret": "s", "lifetime": -5}}', r"lifetime: Expected `int` >= 0"),
        ('{"a": {"secret": "s", "lifetme": 5}}', r"unknown member 'lifetme'; did you mean 'lifetime'\?"),
        ('{"a": {"secret": "s", "transcode": "yes"}}', r"transcode: Expected `bool`"),
        (
            '{"a": {"secret": "s", "callback": {"url": "/hook"}}}',
            r"callback.url must be a URL such as https://app.example/hook; expected",
        ),
        (
            '{"a": {"secret": "s", "callback": {"url": "http://a.b/", "strategy": "OnStep"}}}',
            r"strategy must be OnChange or OnCompletion; it is 'OnStep'; did you mean 'OnChange'|OnCompletion",
        ),
        ('{"a": {"secret": "s", "twoStepCallbak": "http://a.b/"}}', r"did you mean 'twoStepCallback'\?"),
        ('{"a": {"secret": ""}}', r"secret: Expected `str` of length >= 1"),
        ('{"": {"secret": "s"}}', r"Expected `str` of length >= 1"),
        ('{"a": {"secret": "s"},\n "b": {"scopes": ["sms"]}}', r"json:2: b: Object missing required field `secret`"),
        ('{"a": {"secret": "s"},\n "b": {"secret": 5}}', r"json:2: b\.secret: Expected `str`, got `int`"),
        ('{"a": {"secret": "s",\n "scopes": ["smss"]}}', r"json:2: a has an unknown scope 'smss'; did you mean 'sms'"),
        ('{"a": {}}', r'"transcode": true, "callback": \{"url": .*"twoStepCallback"'),
    ],
)
def test_a_bad_file_is_told_with_its_name(tmp_path: Path, text: str, told: str) -> None:
    """And with what would be right."""
    path = tmp_path / "credentials.json"
    path.write_text(text)
    with pytest.raises(CredentialsError, match=told) as caught:
        load(str(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("text", ["nonsense", "a:", ":b", "a:1,,b:2"])
def test_what_is_neither_is_refused(text: str) -> None:
    """A file that does not exist is neither."""
    with pytest.raises(CredentialsError, match="neither a file nor pairs"):
        load(text)
