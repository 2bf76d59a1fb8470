"""The provider's JSON byte for byte: each channel in each outcome, and each member that a request can have.

`python -m tests.provider.failover.test_golden_bodies` writes anew what is expected, for a change that is meant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.channels.table import Channel
from emulator.flow import machine
from emulator.flow.request import (
    Action,
    DialPlan,
    SmsMessage,
    Step,
    UrlShortener,
    ViberFile,
    ViberMessage,
    ViberVideo,
    VoiceTarget,
    ttl_ms,
)
from emulator.flow.state import Cancelled, Flow, Plan, Report, Reported
from emulator.provider.failover import rendering
from emulator.scenario.outcomes import SILENCE, WAYS
from tests.support.golden import keep, kept
from tests.support.samples import MINUTE, NOW, SECOND, callback, flow, sms, viber, voice

GOLDEN: Final = Path(__file__).parent / "golden" / "bodies.json"
FOR_EVER: Final = 100 * 24 * 60 * MINUTE
PLAIN: Final[dict[Channel, Step]] = {Channel.SMS: sms(), Channel.VIBER: viber(), Channel.VOICE: voice()}
_LINK: Final = "https://shop.example/" + "x" * 200


def rich() -> dict[str, Step]:
    """A step for each member that a request can have."""
    image = ViberMessage("Ready", "https://shop.example/i.png", Action("Map", "https://shop.example/map"))
    file = ViberMessage(viber_file=ViberFile("a.pdf", "pdf", "https://shop.example/a.pdf"))
    video = ViberMessage(viber_video=ViberVideo("https://shop.example/v.mp4", "https://shop.example/v.png", 1.5, 30))
    play = DialPlan([{"type": "PLAY", "url": "https://shop.example/a.mp3", "repeat": 2}])
    return {
        "a long labelled Sms": replace(sms(3, ttl=5), message=SmsMessage("ä" * 400 + "€", flash=True, label="june")),
        "a transcoded Sms": replace(sms(), message=SmsMessage("Καλημέρα, «Μαρία» " * 6, transcode=True)),
        "a long Sms in UCS-2": replace(sms(to="+4915112345678"), message=SmsMessage("Καλημέρα 🙂 " * 9)),
        "shortened links": replace(
            sms(), message=SmsMessage(f"See {_LINK} and {_LINK[:99]}"), url_shortener=UrlShortener()
        ),
        "a network nobody knows": sms(to="+12025550123"),
        "a number of no country": replace(sms(to="+88312345678"), sender="302100000000"),
        "quotes and controls": replace(sms(), message=SmsMessage('"\\ \u0001\u2028</script> ' * 3, label='"\\')),
        "a picture and a button": replace(viber(), message=image, label="june", inbound_url="https://shop.example/in"),
        "a file": replace(viber(ttl=0.5), message=file, label=""),
        "a video": replace(viber(ttl=1440), message=video, sender_info_tracking_id="ναι"),
        "expires on delivery": replace(viber(), expire_on_delivery=True),
        "a call to a SIP address": replace(voice(), to=VoiceTarget(sip="sip:1111@pbx.example")),
        "a call with a detection": replace(voice(2), dial_plans=[play, play], machine_detection={"mode": "HANGUP"}),
    }


def planned(steps: list[Step], statuses: list[str]) -> Flow:
    """A flow whose steps go the usual ways to these statuses."""
    ways = [WAYS[step.channel][status] for step, status in zip(steps, statuses, strict=True)]
    plans = tuple(Plan(way.reports(ttl_ms(step), lambda: 0.5), "test") for step, way in zip(steps, ways, strict=True))
    return flow(steps, plans, callback())


def told(start: Flow) -> list[Flow]:
    """A flow as it begins, and at each of its callbacks."""
    begun = machine.accept(start).flow
    return [begun, *machine.due(begun, NOW + FOR_EVER).callbacks]


def flows() -> dict[str, list[Flow]]:
    """Every case by its name, as it stands at one or several times."""
    made = {
        f"{channel} {status}": told(planned([PLAIN[channel]], [status]))[-1:]
        for channel, ways in WAYS.items()
        for status in ways
    }
    good = {Channel.SMS: "Delivered", Channel.VIBER: "SEEN", Channel.VOICE: "Completed"}
    made |= {name: told(planned([step], [good[step.channel]]))[-1:] for name, step in rich().items()}
    steps: list[Step] = [voice(3), viber(1), sms(2)]
    made["three steps"] = told(planned(steps, ["Completed", "EXPIRED", "Undelivered"]))
    silent = flow([sms()], (Plan(SILENCE.reports(0, lambda: 0.5), "test"),), callback())
    made["silence"] = told(silent)
    begun = machine.accept(silent).flow
    made["cancelled"] = [machine.handle(begun, Cancelled("enough"), NOW + SECOND).flow]
    reports = (
        Report(0, 0, "Failed", "Odd", "Nobody knows why."),
        Report(0, 0, "Failed", "Odd"),
        Report(0, 0, "Failed", "", "Nobody knows why."),
        Report(0, 0, "Failed", "", "", "server"),
    )
    for number, report in enumerate(reports, 1):
        made[f"reported {number}"] = [machine.handle(begun, Reported(report), NOW + 7).flow]
    return made


def rendered() -> dict[str, list[str]]:
    """The answer and the callbacks of every case."""
    prices = Prices()
    return {
        name: [rendering.created(each[0]).decode(), *(rendering.body(flow, prices).decode() for flow in each)]
        for name, each in flows().items()
    }


RENDERED: Final = rendered()
KNOWN: Final = kept(GOLDEN)


@pytest.mark.parametrize("name", sorted(KNOWN | RENDERED))
def test_a_body_is_what_it_always_was(name: str) -> None:
    """Byte for byte: the order of members, what is left out, the form of numbers, the ids."""
    assert RENDERED[name] == KNOWN[name]


def test_every_status_of_every_channel_is_there() -> None:
    """A new one needs a body here."""
    statuses = {f'"name":"{status}"' for ways in WAYS.values() for status in ways}
    text = "".join(body for bodies in KNOWN.values() for body in bodies)
    assert [status for status in statuses if status not in text] == []


if __name__ == "__main__":
    keep(GOLDEN, RENDERED)
