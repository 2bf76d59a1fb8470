"""The settings: what follows from their table, and what they come to."""

from __future__ import annotations

import re

import pytest

from emulator.clock.clock import INSTANT
from emulator.settings import MIB, Settings, SettingsError, settings_of, table


def test_every_setting_is_described() -> None:
    """With a sentence, an option and a variable of its own name."""
    assert [setting.name for setting in table()] == list(Settings.__struct_fields__)
    assert all(setting.option.help[0].isupper() and setting.option.help.endswith(".") for setting in table())
    (ca,) = (setting for setting in table() if setting.name == "callback_ca")
    assert (ca.flag, ca.variable, ca.default) == ("--callback-ca", "EMULATOR_CALLBACK_CA", "")


def test_hosts_stand_between_commas() -> None:
    """In small letters, without blanks."""
    assert Settings(allowed_hosts="One.example, two.example,").host_names == ("one.example", "two.example")
    assert Settings(callback_hosts="*.Example,10.0.0.0/8").callback_hosts_allowed == ("*.example", "10.0.0.0/8")
    assert Settings().host_names == Settings().callback_hosts_allowed == ()


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        (Settings(), 32 * MIB),
        (Settings(store="kept.db"), None),
        (Settings(keep=0), None),
        (Settings(keep=7, store="kept.db"), 7),
    ],
)
def test_a_store_in_memory_keeps_less_unless_told_otherwise(settings: Settings, kept: int | None) -> None:
    """None is everything."""
    assert settings.keep_bytes == kept


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"rat": 1}, "there is no setting rat; did you mean 'rate'"),
        ({"rate": "fast"}, "Expected `float | null`, got `str` - at `$.rate`"),
        ({"rate": -1}, "rate must be at least 0; it is -1"),
        ({"token_lifetime": -1}, "token_lifetime must be at least 1; it is -1"),
        ({"port": 70_000}, "port must be from 0 to 65535; it is 70000"),
        ({"port": "x"}, "Expected `int`, got `str`"),
        ({"log_format": "xml"}, "log_format must be one of"),
    ],
)
def test_settings_that_are_given_in_code_are_checked_as_options_are(given: dict[str, object], why: str) -> None:
    """By name, type and limits."""
    with pytest.raises(SettingsError, match=re.escape(why)):
        settings_of(given)


def test_a_rate_may_be_the_word_instant() -> None:
    """As on the command line."""
    assert settings_of({"rate": "instant"}).rate == INSTANT
    assert settings_of({"rate": 2}) == Settings(rate=2.0)
