"""Labels in texts: what each service sends to a recipient among the contacts of a file, and to one who is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, Emulator, emulator, receiver

KNOWN, UNKNOWN = "+306912345678", "+306900000001"
TEXT = "Hi [~firstName] [~{size}], [~other]"
FILE = f"""
- {{ mobile: "{KNOWN}", firstName: Nick, labels: {{ size: 5, long: "{"x" * 160}" }} }}
"""
MERGED = {KNOWN: "Hi Nick 5, [~other]", UNKNOWN: TEXT}
VIBER: dict[str, Any] = {"type": "Viber", "senderInfoTrackingId": "3f0c", "message": {"text": TEXT}}
TEXTED: dict[str, Any] = {"type": "Sms", "from": "Shop", "message": {"body": TEXT}, "order": 2}
TEMPLATE: dict[str, Any] = {"type": "Viber", "senderInfoTrackingId": "3f0c", "templateId": "t", "templateLang": "en"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator that knows a contact, under which Viber is never delivered."""
    file = Path(tmp_path_factory.mktemp("contacts")) / "contacts.yaml"
    file.write_text(FILE)
    options = ("--contacts", str(file), "--scenario", "viber-undelivered")
    with emulator("--rate", "0", "--seed", "contacts", *options) as running:
        yield running


def texts(server: Emulator, flow: str) -> list[str]:
    """What the phone shows of each message of a flow."""
    server.advance(until="idle")
    server.forget_token()
    shown = server.call("GET", f"/_emulator/flows/{flow}").json()["phone"]
    return [each["message"].get("text", "") if "message" in each else "".join(each["texts"]) for each in shown]


@pytest.mark.parametrize("to", [KNOWN, UNKNOWN])
def test_a_flow_s_texts_are_merged(server: Emulator, to: str) -> None:
    """On the phone, in answer, callbacks and tracking; what a recipient has no value for stays, and is told."""
    with receiver() as hook:
        body = {"flow": [VIBER | {"to": to}, TEXTED | {"to": to}], "callback": {"url": hook.url}}
        told = server.api("POST", "/failover", body).json()
        assert [step["message"].get("text", step["message"].get("body")) for step in told["flow"]] == [MERGED[to]] * 2
        assert texts(server, told["trackingId"]) == [MERGED[to]] * 2
        tracked = server.api("GET", f"/failover/tracking/{told['trackingId']}").json()
        assert hook.next() == tracked
    assert [each["body"] for each in tracked["messages"]] == [{"text": MERGED[to]}, MERGED[to]]
    note = server.journal(told["trackingId"])[0]["data"]["note"]
    assert f"[~other] stays, since {to} has no value for it" in note


@pytest.mark.parametrize("to", [KNOWN, UNKNOWN])
def test_the_sms_of_a_flow_with_templates_is_merged(server: Emulator, to: str) -> None:
    """A template has places of its own."""
    template = TEMPLATE | {"to": to, "templateParams": {"name": "[~firstName]"}}
    told = server.api("POST", "/failover/transactional", {"flow": [template, TEXTED | {"to": to}]}).json()
    assert told["flow"][0]["templateParams"] == {"name": "[~firstName]"}
    assert texts(server, told["trackingId"]) == ["", MERGED[to]]


@pytest.mark.parametrize("to", [KNOWN, UNKNOWN])
def test_the_sms_of_a_one_time_password_is_merged(server: Emulator, to: str) -> None:
    """As any Sms of a flow."""
    step = {"type": "Sms", "to": to, "order": 1, "ttl": 60, "from": "Shop", "message": {"body": TEXT}}
    told = server.api("POST", "/failover-otp/otp/send-failover", {"flow": [step]}).json()
    assert texts(server, told["flowId"]) == [MERGED[to]]


@pytest.mark.parametrize("to", [KNOWN, UNKNOWN])
def test_single_messages_are_merged(server: Emulator, to: str) -> None:
    """As their answers and trackings show."""
    sms = server.api("POST", "/sms", {"body": TEXT, "to": to, "from": "Shop"}).json()
    assert sms["body"] == MERGED[to]
    assert texts(server, sms["trackingId"]) == [MERGED[to]]
    (part,) = server.api("GET", f"/sms/tracking/single/{sms['trackingId']}").json()
    assert part["body"] == MERGED[to]
    viber = server.api("POST", "/viber", {"senderInfoTrackingId": "a", "to": to, "body": {"text": TEXT}}).json()
    assert viber["message"] == MERGED[to]
    assert texts(server, viber["trackingId"]) == [MERGED[to]]


def test_a_campaign_is_merged_for_each_recipient(server: Emulator) -> None:
    """A fallback value stands in for what a contact lacks."""
    body = {"body": TEXT, "to": [KNOWN, UNKNOWN], "from": "Shop", "fallbackValues": {"firstName": "you"}}
    told = server.api("POST", "/sms/campaign", body).json()
    page = server.api("GET", f"/sms/tracking/campaign/{told['trackingId']}").json()
    assert {each["to"]: each["body"] for each in page["content"]} == {
        KNOWN: MERGED[KNOWN],
        UNKNOWN: "Hi you [~{size}], [~other]",
    }


def test_parts_follow_the_merged_text(server: Emulator) -> None:
    """Also their price: a short text may become a long one."""
    for to, parts in ((KNOWN, 2), (UNKNOWN, 1)):
        flow = server.send(TEXTED | {"to": to, "message": {"body": "[~long]!"}})
        texts(server, flow)
        tracked = server.api("GET", f"/failover/tracking/{flow}").json()
        assert [each["parts"] for each in tracked["messages"]] == [parts] * parts
        assert tracked["totalPrice"] == 0.035 * parts


def test_contacts_of_the_file_are_the_application_s_own(server: Emulator) -> None:
    """Its calls list, change and delete them."""
    token = server.token("owner")
    (found,) = server.api("GET", "/contacts/my", token=token).json()["content"]
    assert (found["mobile"], found["firstName"], found["country"]) == (KNOWN, "Nick", "GR")
    assert server.api("GET", "/contacts/labels/my", token=token).json()["size"] == "Number"
    server.api("PUT", f"/contacts/my/{found['id']}", {"mobile": KNOWN, "firstName": "Nikos"}, token)
    sms = server.api("POST", "/sms", {"body": "[~firstName]", "to": KNOWN, "from": "Shop"}, token).json()
    assert sms["body"] == "Nikos"
    assert server.api("DELETE", f"/contacts/my/{found['id']}", token=token).status == 200
    sms = server.api("POST", "/sms", {"body": "[~firstName]", "to": KNOWN, "from": "Shop"}, token).json()
    assert sms["body"] == "[~firstName]"
    assert server.api("POST", "/failover", {"flow": [SMS]}, token).status == 200
