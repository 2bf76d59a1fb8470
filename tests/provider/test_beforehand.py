"""Requests held against settings and files before they are sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.fakes import samples
from emulator.flow.request import SmsStep, ViberStep
from emulator.provider import requests
from emulator.provider.beforehand import Beforehand, NotTaken, beforehand
from emulator.provider.otp.request import SEND
from emulator.provider.requests import TRANSACTIONAL, Asked
from emulator.settings import Settings
from tests.support.running import SMS, VIBER, VOICE, emulator

TO = "+306912345678"
FILES: dict[str, object] = {
    "senders": {"viber": [{"id": "known", "name": "Shop"}], "sms": [{"from": "Shop"}]},
    "templates": [{"id": "t1", "text": "Parcel {{n}}"}],
    "contacts": [{"mobile": TO, "firstName": "Eleni"}],
    "credentials": {
        "first": {"secret": "secret", "transcode": True, "callback": {"url": "http://127.0.0.1:9/sms"}},
        "narrow": {"secret": "secret", "scopes": ["failover", "sms"]},
    },
}


@pytest.fixture
def there(tmp_path: Path) -> Beforehand:
    """What these files declare."""
    return beforehand(Settings(**files(tmp_path)))


def files(folder: Path) -> dict[str, Any]:
    """The settings that name these files, which are written."""
    for name, content in FILES.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return {name: str(folder / f"{name}.json") for name in FILES}


def asked(body: dict[str, Any], path: str = "") -> Asked:
    """A request as it is read."""
    return requests.read(json.dumps(body).encode(), path)


def test_a_request_is_completed_as_the_emulator_would(there: Beforehand) -> None:
    """By contacts, templates and the application's settings."""
    step = samples.templated(TO, order=1) | {"senderInfoTrackingId": "known"}
    step |= {"templateId": "t1", "templateParams": {"n": "71"}}
    held = there.held(asked({"flow": [step, SMS | {"message": {"body": "[~firstName] [~nick]"}}]}), "first")
    viber, sms = held.request.flow
    assert isinstance(viber, ViberStep)
    assert isinstance(sms, SmsStep)
    assert viber.message.text == "Parcel 71"
    assert (sms.message.body, sms.message.transcode) == ("Eleni [~nick]", True)
    assert held.remarks == (f"[~nick] stays, since {TO} has no value for it",)
    assert there.rejected(held.request) == {}
    single = there.held(asked(samples.sms(TO, "Hi")), "first").request
    assert single.callback
    assert single.callback.url == "http://127.0.0.1:9/sms"


def test_what_a_flow_s_channels_do_not_take_fails_and_is_remarked(there: Beforehand) -> None:
    """A sender, or a template, that there is not."""
    strange = samples.templated(TO, order=2) | {"senderInfoTrackingId": "known", "templateId": "t2"}
    held = there.held(asked({"flow": [SMS | {"from": "Shpo"}, strange]}), "first")
    assert list(there.rejected(held.request)) == [0, 1]
    assert held.remarks == (
        "flow[0] will fail: 'Shpo' is no sender of this account; did you mean 'Shop'?",
        "flow[1] will fail: there is no template 't2'",
    )


@pytest.mark.parametrize(
    ("body", "path", "application", "why"),
    [
        (samples.sms(TO, "Hi") | {"from": "Other"}, "", "first", "is refused: 'Other' is no sender of this account"),
        (samples.viber(TO, "Hi"), "", "first", "is no Viber sender of this account"),
        ({"flow": [SMS]}, "", "frist", "have no application 'frist'; did you mean 'first'?"),
        (
            {"flow": [SMS, VIBER, VOICE]},
            "",
            "narrow",
            "refused with 403: the application 'narrow' lacks the scope viber, voice",
        ),
        (samples.otp(["Viber"], TO, ""), SEND, "narrow", "lacks the scope viber"),
        ({"flow": [samples.templated(TO)]}, TRANSACTIONAL, "narrow", "lacks the scope viber"),
        (samples.code(TO), "", "narrow", "lacks the scope 2step"),
    ],
)
def test_what_the_emulator_would_refuse_is_refused(
    there: Beforehand, body: dict[str, Any], path: str, application: str, why: str
) -> None:
    """With the reason."""
    with pytest.raises(NotTaken) as refused:
        there.held(asked(body, path), application)
    assert why in str(refused.value)


def test_without_files_anything_is_taken() -> None:
    """By anybody; nobody is known."""
    there = beforehand(Settings())
    held = there.held(asked({"flow": [VIBER | {"message": {"text": "[~firstName]"}}, SMS]}), there.application)
    assert there.application == "app"
    assert there.rejected(held.request) == {}
    assert held.remarks == (f"[~firstName] stays, since {TO} has no value for it",)


def test_a_server_with_these_files_takes_and_refuses_the_same(there: Beforehand, tmp_path: Path) -> None:
    """Remarks and outcomes of what is taken, whatever is sent."""
    bodies: list[dict[str, Any]] = [
        {
            "flow": [
                VIBER | {"senderInfoTrackingId": sender},
                SMS | {"from": name, "message": {"body": "[~firstName][~x]"}},
            ]
        }
        for sender in ("known", "other")
        for name in ("Shop", "Other")
    ]
    options = [word for name, file in files(tmp_path).items() for word in (f"--{name}", file)]
    with emulator("--rate", "0", "--scenario", "happy", *options) as server:
        for application in ("first", "narrow"):
            token = server.token(application)
            for body in bodies:
                answer = server.api("POST", "/failover", body, token=token)
                try:
                    held = there.held(asked(body), application)
                except NotTaken:
                    assert answer.status == 403
                    continue
                accepted = server.journal(answer.json()["trackingId"])[0]
                assert accepted["data"].get("note", "") == "; ".join(held.remarks)
                server.advance(application, until="idle")
                flow = server.call("GET", f"/_emulator/flows/{answer.json()['trackingId']}").json()
                failed = [each["status"]["name"] == "FAILED" for each in flow["messages"] if each["type"] == "Viber"]
                assert failed == [0 in there.rejected(held.request)]
