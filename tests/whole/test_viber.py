"""Single Viber messages from outside: sent over HTTP, callbacks and replies received on real sockets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Emulator, Receiver, emulator, receiver

STILL = ("--rate", "0", "--seed", "viber")
VIBER: dict[str, Any] = {"senderInfoTrackingId": "3f0c", "to": "+306912345678", "body": {"text": "Parcel 71 is ready"}}


def send(server: Emulator, **more: Any) -> Any:
    """Send a message; the answer."""
    answer = server.api("POST", "/viber", VIBER | more)
    assert answer.status == 200, answer.body
    return answer.json()


def statuses(hook: Receiver) -> list[str]:
    """The statuses that the posts tell which have come."""
    return [each["status"]["name"] for each in hook.rest()]


def test_each_change_is_posted_and_the_first_queued_too(tmp_path: Path) -> None:
    """Until it is seen."""
    rules = tmp_path / "seen.yaml"
    rules.write_text("purpose: x\nrules:\n  - { match: { endpoint: viber }, plan: { Viber: SEEN } }\n")
    with receiver() as hook, emulator(*STILL, "--scenario", str(rules)) as server:
        send(server, callbackUrl=hook.url)
        server.advance(until="idle")
        assert statuses(hook) == ["QUEUED", "DELIVERED", "SEEN"]


def test_a_message_that_nobody_takes_expires_after_its_seconds() -> None:
    """Or after two weeks."""
    with receiver() as hook, emulator(*STILL, "--scenario", "silence-until-ttl") as server:
        send(server, callbackUrl=hook.url, ttl=31)
        send(server, callbackUrl=hook.url)
        server.advance(until="idle")
        found = [hook.next() for _ in range(hook.count)]
        assert [(each["status"]["name"], each["status"]["updatedDate"]) for each in found[2:]] == [
            ("EXPIRED", "2026-01-01T00:00:31Z"),
            ("EXPIRED", "2026-01-15T00:00:00Z"),
        ]


def test_the_recipient_s_reply_is_posted_to_the_inbound_url() -> None:
    """It refers to the message."""
    with receiver() as inbox, emulator(*STILL) as server:
        sent = send(server, inboundUrl=inbox.url, label="june")
        server.advance(until="idle")
        path = f"/_emulator/flows/{sent['trackingId']}/replies"
        both = server.call("POST", path, b'{"message": "ok", "text": "no"}')
        assert (both.status, both.json()["detail"]) == (400, "message is an older name of text: give one of them")
        server.call("POST", path, b'{"text": "ok"}')
        server.advance(by="0s")
        assert inbox.next() == {
            "from": VIBER["to"],
            "to": sent["from"],
            "message": "ok",
            "sentDate": "2026-01-01T00:00:02Z",
            "referenceTrackingId": sent["trackingId"],
            "direction": "Inbound",
            "label": "june",
        }


def test_a_scenario_has_recipients_reply(tmp_path: Path) -> None:
    """By a text to the inboundUrl of a flow's message, by a file, and by an Sms to the URL of its number."""
    with receiver() as inbox:
        rules = tmp_path / "answers.yaml"
        rules.write_text(
            "purpose: Everybody answers.\nrules:\n  - plan:\n"
            "      Viber:\n        reply:\n          - { after: 10s, text: STOP }\n"
            "          - { after: 1m, media: 'https://a.b/p', filename: p.png }\n"
            f"      Sms: {{ reply: {{ text: 'Yes', url: '{inbox.url}' }} }}\n"
        )
        with emulator(*STILL, "--scenario", str(rules)) as server:
            step = {"type": "Viber", "senderInfoTrackingId": "a", "to": VIBER["to"], "message": {"text": "Hi"}}
            flow = server.send(step | {"inboundUrl": inbox.url})
            other = server.api("POST", "/sms", {"body": "Hi", "to": VIBER["to"], "from": "Shop"}).json()["trackingId"]
            server.advance(until="idle")
            told = [inbox.next() for _ in range(3)]
            assert [(each["message"], each.get("filename"), each.get("parts")) for each in told] == [
                ("STOP", None, None),
                ("Yes", None, 1),
                ("", "p.png", None),
            ]
            assert (told[0]["sentDate"], told[1]["receivedDate"]) == ("2026-01-01T00:00:12Z", "2026-01-01T00:00:13Z")
            assert [
                entry["text"] for name in (flow, other) for entry in server.journal(name) if entry["kind"] == "reply"
            ] == [
                "the recipient writes: STOP",
                "the recipient sends p.png",
                "the recipient writes: Yes",
            ]


def test_who_has_answered_stop_is_treated_otherwise_from_then_on(tmp_path: Path) -> None:
    """Whether a scenario or somebody had them answer; after a restart too, until they answer something else."""
    rules, store = tmp_path / "opted-out.yaml", str(tmp_path / "store.db")
    rules.write_text(
        "purpose: Who answers STOP is opted out.\nrules:\n"
        "  - { name: opted out, match: { replied: STOP }, plan: { Viber: UNDELIVERED } }\n"
        "  - match: { to: '+306912345670' }\n    plan: { Viber: { reply: { after: 1m, text: STOP } } }\n"
    )
    options = (*STILL, "--scenario", str(rules), "--store", store)

    def ends(server: Emulator, to: str = VIBER["to"]) -> tuple[str, str]:
        flow = server.send(step | {"to": to})
        server.advance(by="5s")
        shown = server.call("GET", f"/_emulator/flows/{flow}").json()
        return flow, shown["messages"][0]["status"]["name"]

    step = {"type": "Viber", "senderInfoTrackingId": "a", "to": VIBER["to"], "message": {"text": "Hi"}}
    with receiver() as inbox:
        step |= {"inboundUrl": inbox.url}
        with emulator(*options) as server:
            assert [ends(server, "+306912345670")[1] for _ in range(2)] == ["DELIVERED", "DELIVERED"]
            server.advance(by="1m")
            flow, ended = ends(server)
            assert (ended, ends(server, "+306912345670")[1]) == ("DELIVERED", "UNDELIVERED")
            reply(server, flow, "STOP")
            assert ends(server)[1] == "UNDELIVERED"
        with emulator(*options) as server:
            assert [ends(server, to)[1] for to in (VIBER["to"], "+306912345670")] == ["UNDELIVERED", "UNDELIVERED"]
            reply(server, flow, "START")
            assert ends(server)[1] == "DELIVERED"


def reply(server: Emulator, flow: str, text: str) -> None:
    """Have the recipient answer a flow's message."""
    said = json.dumps({"message": text}).encode()
    server.call("POST", f"/_emulator/flows/{flow}/replies", said, {"Content-Type": "application/json"})


def test_a_reply_that_cannot_be_is_refused() -> None:
    """With what is wrong, and nothing is posted."""
    with receiver() as inbox, emulator(*STILL) as server:
        path = f"/_emulator/flows/{send(server, inboundUrl=inbox.url)['trackingId']}/replies"
        headers = {"Content-Type": "application/json"}
        for body, status, why in (
            ({"message": "ok"}, 409, "the Viber message is QUEUED; a recipient answers what has arrived"),
            ({}, 400, "a reply has a text, or a picture or file at the URL media"),
            ({"message": "ok", "filename": "a"}, 400, "filename is that of a file at the URL media"),
            ({"media": "https://a.b", "url": inbox.url}, 409, "an Sms is answered by a text alone"),
        ):
            answer = server.call("POST", path, json.dumps(body).encode(), headers)
            assert (answer.status, answer.json()["detail"]) == (status, why)
        assert inbox.count == 0


@pytest.mark.parametrize("again", [1, 2])
def test_a_message_goes_on_after_a_restart(again: int, tmp_path: Path) -> None:
    """With its callbacks; the same seed gives the same ids."""
    store = ("--store", str(tmp_path / "store.db"))
    with receiver() as hook:
        with emulator(*STILL, *store) as server:
            name = send(server, callbackUrl=hook.url, isSessionMessage=True)["trackingId"]
            assert hook.next()["status"]["name"] == "QUEUED"
            server.stop()
        with emulator(*STILL, *store) as server:
            server.advance(until="idle")
            assert statuses(hook) == ["DELIVERED"]
            assert server.api("GET", f"/viber/tracking/{name}").json()["sessionMessage"] is True
    assert name.endswith("-000000000001"), again


def test_a_flow_of_one_step_and_a_message_come_to_the_same() -> None:
    """Whichever service is asked."""
    told = []
    for service in ("failover", "viber"):
        with emulator(*STILL, "--scenario", "unreliable-viber") as server:
            for number in range(20):
                to = f"+3069123456{number:02d}"
                step = {"type": "Viber", "senderInfoTrackingId": "3f0c", "to": to, "ttl": 10, "message": VIBER["body"]}
                body = {"flow": [step]} if service == "failover" else VIBER | {"to": to, "ttl": 600}
                assert server.api("POST", f"/{service}", body).status == 200
            server.advance(until="idle")
            told.append(
                [(each["at"], each["flow"], each["text"]) for each in server.journal() if each["kind"] == "status"]
            )
    assert told[0] == told[1]


def test_a_placeholder_is_filled_with_what_is_known_of_the_recipient() -> None:
    """As in all messages."""
    with emulator(*STILL) as server:
        server.api("POST", "/contacts/my", {"mobile": VIBER["to"], "firstName": "Maria"})
        assert send(server, body={"text": "Hi [~firstName]"})["message"] == "Hi Maria"
