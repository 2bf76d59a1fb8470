"""Texts: how long an Sms may be and what it costs to keep, what does not print, what becomes of a letter."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.errors import Json
from tests.support.bodies import sms, viber
from tests.support.running import Emulator, emulator, receiver

HIDDEN = "\u200b"
SHOWN = r"\u200b"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose time stands still."""
    with emulator("--rate", "0") as running:
        yield running


def refused(server: Emulator, step: Json, **root: object) -> Any:
    """What is said to be wrong with a request, by path."""
    answer = server.api("POST", "/failover", {"flow": [step], **root})
    assert answer.status == 400, answer.body
    return answer.json()["properties"]


@pytest.mark.parametrize(
    ("good", "bad", "more"),
    [
        ("x" * 153 * 255, "x" * (153 * 255 + 1), {}),
        ("Ω" * 153 * 255, "ю" * (67 * 255 + 1), {}),
        ("😀" * 33 * 255, "😀" * (33 * 255 + 1), {}),
        ("ώ" * 153 * 255, "ώю" * 17_000, {"transcode": True}),
        (f"https://a/{'x' * 40_000}", "https://a/x " * 4_000, {"urlShortener": {}}),
    ],
    ids=["GSM-7", "UCS-2", "pairs", "transcoded", "shortened"],
)
def test_g1_an_sms_has_at_most_255_parts(server: Emulator, good: str, bad: str, more: Json) -> None:
    """Counted in the text that goes out; more are refused at the text's place, however many there would be."""
    flow = server.send(sms({"message": {"body": good, **more}}))
    (first, *_) = messages = server.api("GET", f"/failover/tracking/{flow}").json()["messages"]
    assert len(messages) == first["parts"] <= 255
    told = refused(server, sms({"message": {"body": bad, **more}}))
    assert list(told) == ["flow[0].message.body"]
    assert told["flow[0].message.body"].startswith("must fit into 255 parts of an Sms; it takes ")


def test_g1_all_that_is_wrong_is_told_beside_it(server: Emulator) -> None:
    """The text's length is an error like others."""
    told = refused(server, sms({"message.body": "x" * 200_000, "ttl": 0}), callback={"url": "x"})
    assert list(told) == ["flow[0].message.body", "flow[0].ttl", "callback.url"]
    assert told["flow[0].message.body"] == "must fit into 255 parts of an Sms; it takes 1308"


def test_g1_a_long_sms_is_kept_and_told_within_a_small_limit(tmp_path: Path) -> None:
    """Its text is kept once, so that 10 MB of callback cost some thousand bytes; each is posted and shown whole."""
    text = "".join(f"{number:07}" for number in range(153 * 255 // 7))
    with receiver() as shop, emulator("--rate", "0", "--keep", "2000000", "--store", str(tmp_path / "db")) as server:
        flow = server.send(sms({"message.body": text}), callback=shop.url)
        server.advance("app", flow=flow)
        told = shop.flow()
        assert [len(each["messages"]) for each in told] == [255] * len(told)
        assert {part["body"] for each in told for part in each["messages"]} == {text}
        assert server.api("GET", f"/failover/tracking/{flow}").json() == told[-1]
        callbacks = server.call("GET", f"/_emulator/callbacks?flow={flow}").json()["callbacks"]
        assert [json.loads(each["body"]) for each in callbacks] == told
        assert server.call("GET", "/_emulator/settings").status == 200
        assert server.stop() == 0
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 1_000_000


def test_g1_what_has_just_ended_is_there_for_whoever_had_it_end() -> None:
    """However little is kept: an advance to its end finds it though others end with it, and the last one can be looked
    at until another ends.
    """
    with receiver() as shop, emulator("--rate", "0", "--keep", "1") as server:
        first, *_, last = [server.send(sms({"message.body": f"Parcel {n}"}), callback=shop.url) for n in range(5)]
        server.advance("app", flow=first)
        assert server.api("GET", f"/failover/tracking/{last}").json()["status"] == "Succeeded"
        assert server.api("GET", f"/failover/tracking/{first}").status == 404


def test_g2_what_does_not_print_is_shown_and_named_in_a_refusal(server: Emulator) -> None:
    """A zero width space at the end of a number can be seen, and looked up."""
    told = refused(server, sms({"to": f"+306912345678{HIDDEN}", "from": "Sh\u0000p"}))
    assert told["flow[0].to"].endswith(rf"found '+306912345678{SHOWN}' (with zero width space)")
    assert told["flow[0].from"].endswith(r"found 'Sh\x00p' (with control character 0x00)")
    answer = server.api("POST", "/failover/tracking?page=%E2%80%8B1", [{"fieldName": f"to{HIDDEN}", "searchTerm": "x"}])
    told = answer.json()["properties"]
    assert told["page"].endswith(rf"found '{SHOWN}1' (with zero width space)")
    assert rf"found 'to{SHOWN}' (with zero width space)" in told["[0].fieldName"]


def test_g2_so_it_is_in_the_emulator_s_own_refusals(server: Emulator) -> None:
    """Of a call, a name, a scenario's file, a path."""
    answer = server.call("GET", "/_emulator/flows/%E2%80%8Bx")
    assert SHOWN in answer.json()["detail"]
    text = json.dumps({"text": f"purpose: x\nrules:\n  - {{name: a, pla{HIDDEN}n: {{}}}}"}).encode()
    answer = server.call("POST", "/_emulator/scenario", text)
    assert answer.status == 400
    assert SHOWN in json.loads(answer.body)["detail"]
    assert HIDDEN not in answer.body.decode()
    assert SHOWN in server.call("GET", "/_emulator/nothing%E2%80%8B").json()["detail"]
    assert SHOWN in server.call("GET", "/nothing%E2%80%8B").json()["message"]
    for form in ("grant_type=%E2%80%8Bx", "grant_type=client_credentials&scope=%E2%80%8Bx"):
        basic = {"Authorization": "Basic YXBwOnNlY3JldA==", "Content-Type": "application/x-www-form-urlencoded"}
        answer = server.call("POST", "/oauth/token", form.encode(), basic)
        assert SHOWN in answer.json()["error_description"]


def test_g2_so_it_is_in_the_journal_and_the_log(tmp_path: Path) -> None:
    """In one line, wherever people read it; the data are as they came."""
    with emulator("--rate", "0", log=tmp_path / "log") as server:
        refused(server, sms({f"to{HIDDEN}": "x", "to": f"+30{HIDDEN}"}))
        entry = server.newest()
        assert rf"found '+30{SHOWN}' (with zero width space)" in entry["text"]
        flow = server.send(viber({"inboundUrl": "http://a/", f"odd{HIDDEN}": 1}))
        assert f"odd{SHOWN} is not known here and ignored" in server.journal(flow)[0]["text"]
        server.call("GET", "/nothing%E2%80%8B")
        assert rf"There is nothing at /nothing{SHOWN}" in server.newest()["text"]
        body = json.dumps({"flow": flow, "why": f"since{HIDDEN}\n\u2028I say so"}).encode()
        assert server.call("POST", f"/_emulator/flows/{flow}/cancel", b'{"why": "a\xe2\x80\x8bb"}').status == 200, body
        assert rf"a{SHOWN}b" in server.journal(flow)[-1]["text"]
        server.stop()
    lines = (tmp_path / "log").read_text()
    assert HIDDEN not in lines
    assert rf"+30{SHOWN}" in lines


@pytest.mark.skipif(shutil.which("node") is None, reason="no JavaScript is here but in a browser")
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"+30{HIDDEN}69", rf"+30{SHOWN}69"),
        ("a\u00a0b\x1b[31m\u202e\u3164", r"a\u00a0b\u001b[31m\u202e\u3164"),
        ("Καλημέρα 👩\u200d🚀\n日本", "Καλημέρα 👩\u200d🚀\n日本"),
        ("\U000e0041", r"\udb40\udc41"),
    ],
)
def test_g2_so_it_is_on_the_page(server: Emulator, tmp_path: Path, text: str, seen: str) -> None:
    """Lines are broken and emoji joined as they were."""
    for name in ("words.js", "numbers.js"):
        (tmp_path / name).write_bytes(server.call("GET", f"/_emulator/page/lib/{name}").body)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    show = f"console.log(JSON.stringify(visible({json.dumps(text)})))"
    script = f"import {{ visible }} from {json.dumps((tmp_path / 'words.js').as_uri())}; {show}"
    done = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == seen


@pytest.mark.parametrize(
    ("body", "sent", "parts"),
    [
        (
            "Καλημέρα! Το δέμα σας είναι έτοιμο — 71 · ½ ώρα… " * 4,
            "KAΛHMEPA! TO ΔEMA ΣAΣ EINAI ETOIMO - 71 . 1/2 ΩPA... " * 4,
            2,
        ),
        ("Καλημέρα Ю " * 20, "KAΛHMEPA Ю " * 20, 4),
        ("Καλημέρα 😀 " * 20, "KAΛHMEPA 😀 " * 20, 4),
        ("……Ю" * 60, "……Ю" * 60, 3),
    ],
    ids=["all can be", "one letter can't be", "an emoji can't be", "it would take more parts"],
)
def test_g3_each_letter_that_can_be_is_transcoded(server: Emulator, body: str, sent: str, parts: int) -> None:
    """What remains decides whether the text is UCS-2."""
    flow = server.send(sms({"message": {"body": body, "transcode": True}}))
    messages = server.api("GET", f"/failover/tracking/{flow}").json()["messages"]
    assert [each["body"] for each in messages] == [sent] * parts
