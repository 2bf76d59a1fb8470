"""The settings that a credentials file gives an application: what its requests get that say nothing themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, Emulator, Receiver, emulator, receiver

TO = "+306912345678"
GREEK = "Καλημέρα, το δέμα σας είναι έτοιμο και σας περιμένει στο κατάστημα μας μέχρι αύριο."
FLOW: dict[str, Any] = {key: SMS[key] for key in SMS if key != "message"}


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """What is called by default."""
    with receiver() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, hook: Receiver) -> Iterator[Emulator]:
    """An emulator with an application that has settings, and one that has none."""
    file = tmp_path / "credentials.json"
    own = {"transcode": True, "callback": {"url": f"{hook.url}", "strategy": "OnCompletion"}, "lifetime": 60}
    settled = {"secret": "secret"} | own | {"twoStepCallback": hook.url}
    file.write_text(json.dumps({"app": settled, "plain": {"secret": "secret"}}))
    with emulator("--rate", "0", "--credentials", str(file)) as running:
        yield running


def test_an_sms_is_transcoded_unless_it_says_otherwise(server: Emulator) -> None:
    """Single ones, campaigns' and those of flows; the answers tell it."""
    single = {"body": GREEK, "to": TO, "from": "Shop"}
    for more, unicode in (({}, False), ({"transcode": False}, True), ({"transcode": True}, False)):
        assert server.api("POST", "/sms", single | more).json()["bodyAnalysis"]["unicode"] is unicode
        flow = FLOW | {"message": {"body": GREEK} | more}
        told = server.api("POST", "/failover", {"flow": [flow]}).json()
        assert told["flow"][0]["message"]["transcode"] is not unicode
        shown = server.call("GET", f"/_emulator/flows/{told['trackingId']}").json()["phone"]
        assert shown[0]["unicode"] is unicode
    told = server.api("POST", "/failover/transactional", {"flow": [FLOW | {"message": {"body": GREEK}}]}).json()
    assert told["flow"][0]["message"]["transcode"]
    many = server.api("POST", "/sms/campaign", {"body": GREEK, "to": [TO], "from": "Shop"}).json()
    assert many["totalMessages"] == 1  # of two parts, if it was not transcoded
    plain = server.token("plain")
    assert server.api("POST", "/sms", single, plain).json()["bodyAnalysis"]["unicode"] is True
    told = server.api("POST", "/failover", {"flow": [FLOW | {"message": {"body": GREEK}}]}, plain).json()
    assert "transcode" not in told["flow"][0]["message"]


def test_an_sms_without_a_callback_has_the_default_one(server: Emulator, hook: Receiver) -> None:
    """With its strategy, which the answer shows; a flow has none."""
    told = server.api("POST", "/sms", {"body": "Hi", "to": TO, "from": "Shop"}).json()
    assert told["callback"] == {"url": hook.url, "strategy": "OnCompletion"}
    server.advance(until="idle")
    assert hook.next()["status"]["name"] == "Delivered"
    assert hook.empty()
    server.forget_token()
    own = {"callback": {"url": "http://127.0.0.1:9/own"}}
    told = server.api("POST", "/sms", {"body": "Hi", "to": TO, "from": "Shop"} | own).json()
    assert told["callback"]["url"] == "http://127.0.0.1:9/own"
    assert "callback" not in server.api("POST", "/failover", {"flow": [SMS]}).json()
    plain = server.token("plain")
    assert "callback" not in server.api("POST", "/sms", {"body": "Hi", "to": TO, "from": "Shop"}, plain).json()


def test_a_verification_is_told_to_its_application_s_url(server: Emulator, hook: Receiver) -> None:
    """At each change."""
    asked = {"method": "sms", "type": "code", "recipient": TO, "digits": 4}
    name = server.api("POST", "/2step", asked).json()["trackingId"]
    server.api("DELETE", f"/2step/{name}")
    server.advance(by="0s")
    assert hook.next()["status"] == "Cancelled"


def test_its_tokens_live_as_long_as_it_says(server: Emulator) -> None:
    """Another application's as long as usual."""
    token, plain = server.token(), server.token("plain")
    server.advance(by="61s")
    assert server.api("POST", "/failover", {"flow": [SMS]}, token).status == 401
    assert server.api("POST", "/failover", {"flow": [SMS]}, plain).status == 200
