"""The callback of a request."""

from __future__ import annotations

import msgspec
import pytest

from emulator.flow.request import Strategy
from emulator.validation.hints import quoted
from tests.support.bodies import (
    sms,
)
from tests.support.reading import accepted, echoed, refused

NO_URL = "must be an http or https URL with a host, such as https://app.example/hook"


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("http://localhost", True),
        ("http://receiver:9000/hook", True),
        ("HTTPS://App.Example/x?y=z#w", True),
        ("http://127.0.0.1:65535", True),
        ("http://[::1]:8080/", True),
        ("http://user:pass@app.example/", True),
        ("https://παράδειγμα.example/", True),
        ("http://a?x", True),
        ("http://", False),
        ("http:///path", False),
        ("http://:8080/", False),
        ("http://a:65536/", False),
        ("http://a:port/", False),
        ("http://[1:2:3:4:5:6:7:8]/", True),
        ("http://[::ffff:10.1.2.3]/", True),
        ("http://[1]/h", False),
        ("http://[abc]/", False),
        ("http://[1::2::3]/", False),
        ("http://[1:2:3:4:5:6:7:8:9]/", False),
        ("http://[::256.1.1.1]/", False),
        ("http://[@a/", False),
        ("http://a\uff0fb/", False),
        ("http://\u2100/x", False),
        ("http://\u2100@a/x", False),
        ("http://a b/", False),
        ("http://a/ b", False),
        ("http://a/\n", False),
        (" http://a/", False),
        ("ws://a/", False),
        ("//a/", False),
        ("app.example/hook", False),
    ],
)
def test_a_callback_url_is_http_with_a_host(url: str, good: bool) -> None:
    """Local names, ports, addresses and credentials are fine; blanks, other schemes and impossible hosts are not."""
    if good:
        assert echoed(sms(), callback={"url": url})["callback"]["url"] == url
    else:
        told = f"{NO_URL}; found {quoted(url)}"
        assert refused(sms(), callback={"url": url}) == {"callback.url": told}


def test_a_callback_without_strategy_is_told_at_the_end() -> None:
    """OnCompletion is the default."""
    request = accepted(sms(), callback={"url": "http://a"})
    assert request == accepted(sms(), callback={"url": "http://a", "strategy": "OnCompletion"})
    assert msgspec.structs.asdict(request)["callback"].strategy is Strategy.ON_COMPLETION


@pytest.mark.parametrize(
    ("callback", "told"),
    [
        ({"strategy": "OnStep"}, {"callback.url": "is required"}),
        ({"strategy": "OnStep", "url": ""}, {"callback.url": f"{NO_URL}; found ''"}),
        (
            {"strategy": "onstep", "url": "http://a"},
            {"callback.strategy": "must be one of OnStep, OnCompletion; found 'onstep'; did you mean 'OnStep'?"},
        ),
        ("http://a", {"callback": "must be an object; found 'http://a'"}),
        ("", {"callback": "must be an object; found ''"}),
        ([], {"callback": "must be an object; found an array of 0"}),
    ],
)
def test_a_callback_that_cannot_be_made_is_refused(callback: object, told: dict[str, str]) -> None:
    """It needs a URL, and a strategy spelled exactly."""
    assert refused(sms(), callback=callback) == told


@pytest.mark.parametrize("callback", [None, {}, {"url": "", "strategy": ""}])
def test_an_empty_callback_is_none(callback: object) -> None:
    """A client that sends all members, empty, wants no callbacks."""
    assert "callback" not in echoed(sms(), callback=callback)
