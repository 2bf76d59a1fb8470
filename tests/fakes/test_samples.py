"""Fixed sample requests."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from emulator.channels.table import Channel
from emulator.channels.templates import OTPS
from emulator.fakes import samples
from emulator.flow.request import ViberStep
from emulator.provider.failover import quick, reading
from emulator.provider.sms import reading as sms
from tests.support.samples import NUMBER


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("text", ["Hi", 'Ό,τι "να\'ναι" 😀'])
def test_a_sample_step_is_valid_and_brings_the_text(channel: Channel, text: str) -> None:
    """To the number, and even the quick reader takes it."""
    read = quick.read(json.dumps({"flow": [samples.step(channel, NUMBER, text)]}, ensure_ascii=False).encode())
    assert read is not None
    (step,) = read.flow
    assert (step.channel, step.to) == (channel, NUMBER)
    assert json.dumps(text, ensure_ascii=False).encode() in msgspec.json.encode(read)


def test_members_of_a_sample_can_be_added_and_replaced() -> None:
    """Also those that are given by position."""
    step = samples.step("Voice", NUMBER, "Hi", to={"phone": NUMBER}, order=3)
    assert step == samples.step("Voice", NUMBER, "Hi") | {"to": {"phone": NUMBER}, "order": 3}


def test_a_sample_is_nobody_else_s() -> None:
    """Who changes one changes no other."""
    step: Any = samples.step("Sms", NUMBER, "Hi")
    step["message"]["body"] = "Bye"
    assert samples.step("Sms", NUMBER, "Hi")["message"] == {"body": "Hi"}


def test_a_sample_body_has_a_step_for_each_channel_in_order() -> None:
    """Even twice for one; with a callback only if there is a URL."""
    body = samples.body(["Viber", "Sms", "Sms"], NUMBER, "Hi", "http://127.0.0.1:9/hook", "OnCompletion")
    request = reading.failover(json.dumps(body).encode())
    assert [(step.channel, step.order) for step in request.flow] == [("Viber", 1), ("Sms", 2), ("Sms", 3)]
    assert body["callback"] == {"strategy": "OnCompletion", "url": "http://127.0.0.1:9/hook"}
    assert "callback" not in samples.body(["Sms"], NUMBER, "Hi")


def test_a_sample_of_a_transactional_flow_has_a_template_on_viber() -> None:
    """One that is always there, with what it needs."""
    body = samples.body(["Viber", "Sms"], NUMBER, "Hi", transactional=True)
    viber, _ = reading.read(json.dumps(body).encode(), form=reading.TRANSACTIONAL).request.flow
    assert isinstance(viber, ViberStep)
    assert viber.template
    assert set(OTPS[viber.template.template_id].places) == set(viber.template.template_params)


def test_a_channel_that_does_not_exist_is_refused() -> None:
    """By its name."""
    with pytest.raises(ValueError, match="'Email' is not a valid Channel"):
        samples.step("Email", NUMBER, "Hi")


def test_faker_is_imported_only_for_what_is_drawn() -> None:
    """Fixed samples do without it, and an unknown name is none of the public ones."""
    code = (
        "import sys; from emulator.fakes import samples; import emulator.fakes as fakes; print('faker' in sys.modules);"
        "print(hasattr(fakes, 'Fake'), 'faker' in sys.modules); fakes.FailoverProvider; print('faker' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False", "True"]


@pytest.mark.parametrize("callback", ["", "http://127.0.0.1/"])
def test_a_sample_message_is_valid(callback: str) -> None:
    """And even the quick reader takes it."""
    made = samples.sms(NUMBER, "Hi", callback)
    read = sms.quick(json.dumps(made).encode())
    assert read is not None
    assert bool(read.callback) is bool(callback)
