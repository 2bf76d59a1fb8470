"""Which senders there are, and what is said of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.accounts.senders import ALWAYS, ANY, load
from emulator.channels.senders import sender_name
from emulator.flow.request import Step
from emulator.provider.twostep.request import SENDER
from emulator.scenario.files import ScenarioError
from tests.support.samples import sms, viber, voice

FILE = """
viber:
  - { id: 3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10, name: Shop, picture: "https://shop.example/logo.png" }
  - { id: nameless }
  - { id: old, active: false }
sms:
  - { from: Shop }
"""


def test_without_a_file_any_sender_is_there() -> None:
    """With an invented name, and no picture."""
    assert load("") is ANY
    assert ANY.open
    assert (ANY.named("x"), ANY.picture("x")) == (sender_name("x"), "")
    assert [ANY.wrong(step) for step in (sms(), viber(), voice())] == ["", "", ""]


def test_a_file_names_the_senders(tmp_path: Path) -> None:
    """One without a name has an invented one, as an unknown one has."""
    file = tmp_path / "senders.yaml"
    file.write_text(FILE)
    senders = load(str(file))
    shop = "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10"
    assert not senders.open
    assert (senders.named(shop), senders.picture(shop)) == ("Shop", "https://shop.example/logo.png")
    for other in ("nameless", "none"):
        assert (senders.named(other), senders.picture(other)) == (sender_name(other), "")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"channel": "Sms", "sender": "Shop"}, ""),
        ({"channel": "Sms", "sender": "Shp"}, "'Shp' is no sender of this account; did you mean 'Shop'?"),
        ({"channel": "Sms", "sender": ALWAYS}, ""),
        ({"channel": "Viber", "sender": "nameless"}, ""),
        ({"channel": "Viber", "sender": "none"}, "'none' is no Viber sender of this account"),
        ({"channel": "Viber", "sender": "old"}, "the Viber sender 'old' is not active"),
    ],
)
def test_a_sender_that_is_not_there_or_not_active_may_not_send(tmp_path: Path, step: dict[str, str], why: str) -> None:
    """A call may come from any number, a code from the provider's own sender."""
    from msgspec.structs import replace

    file = tmp_path / "senders.yaml"
    file.write_text(FILE)
    sent: Step = (
        replace(sms(), sender=step["sender"])
        if step["channel"] == "Sms"
        else replace(viber(), sender_info_tracking_id=step["sender"])
    )
    assert load(str(file)).wrong(sent) == why
    assert load(str(file)).wrong(voice()) == ""
    assert ALWAYS == SENDER


@pytest.mark.parametrize(("text", "channel"), [("viber: []", "Sms"), ("sms: []", "Viber")])
def test_a_list_that_a_file_lacks_limits_nothing(tmp_path: Path, text: str, channel: str) -> None:
    """An empty one lets nobody send."""
    file = tmp_path / "senders.yaml"
    file.write_text(text)
    allowed = {step.channel for step in (sms(), viber()) if not load(str(file)).wrong(step)}
    assert allowed == {channel}


def test_what_is_wrong_with_a_file_is_told_in_its_place(tmp_path: Path) -> None:
    """All of it."""
    file = tmp_path / "senders.yaml"
    file.write_text(
        "sms:\n  - { from: Far too long a name }\nviber:\n  - { id: a, picture: http://a.b/c, activ: true }\n"
    )
    with pytest.raises(ScenarioError) as error:
        load(str(file))
    told = str(error.value).replace(f"{tmp_path}/", "").splitlines()
    assert [each.split(": ")[0] for each in told] == [
        "senders.yaml:2:13",
        "senders.yaml:4:23",
        "senders.yaml:4:37",
    ]
    assert "did you mean 'active'?" in told[2]
