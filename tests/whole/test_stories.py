"""Stories, played by a real emulator: by themselves, scene by scene, again; what is said, and what stops one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Emulator, emulator

MINE = """
purpose: Mine
application: me
scenes:
  - say: First.
    send: {name: one, channels: [Viber, Sms], to: "+306900000200", text: Hi, ttl: 1}
    wait: 20s
  - send: {channels: [Sms], to: "+306912345678", text: Ho}
    wait: 20s
  - {say: "It waits.", flow: one, advance: end, wait: 0s}
  - {say: "The last.", wait: 5s}
"""
WRONG = """
purpose: Wrong
scenes:
  - send: {channels: [Sms], to: "12", text: Hi}
  - say: Never.
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator whose time stands still, with stories of the user's."""
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "mine.yaml").write_text(MINE)
    (tmp_path / "stories" / "wrong.yaml").write_text(WRONG)
    (tmp_path / "stories" / "broken.yaml").write_text("purpose: x\nscenes: []\n")
    with emulator("--rate", "0", "--seed", "story", "--scenarios", str(tmp_path)) as running:
        yield running


def control(server: Emulator, path: str, body: object = None, status: int = 200) -> Any:
    """A call about stories."""
    method, sent = ("GET", None) if body is None else ("POST", json.dumps(body).encode())
    answer = server.call(method, f"/_emulator/stories{path}", sent)
    assert answer.status == status, answer.body
    return answer.json()


def played(server: Emulator, name: str, pace: float = 0) -> Any:
    """A story once it is over."""
    at = control(server, f"/{name}", {"act": "replay", "pace": pace})
    while at["stand"] == "playing":
        at = control(server, f"/{name}")
    return at


def statuses(server: Emulator, application: str) -> list[list[str]]:
    """What became of an application's flows, in the order in which they were sent."""
    cards = server.call("GET", f"/_emulator/board/list?sort=oldest&application={application}").json()["cards"]
    return [[each["status"] for each in card["tried"]] for card in cards]


@pytest.mark.parametrize("name", ["shop", "bank-code", "clinic"])
def test_a_shipped_story_comes_to_the_same_each_time(server: Emulator, name: str) -> None:
    """It begins anew; every flow ends, some after failover; callbacks and replies are received; the shared clock
    stands.
    """
    first = played(server, name)
    assert (first["stand"], first["problem"], first["scene"]) == ("ended", "", len(first["scenes"]))
    found = statuses(server, first["application"])
    cards = server.call("GET", f"/_emulator/board/list?application={first['application']}").json()["cards"]
    assert {card["status"] for card in cards} <= {"Succeeded", "Failed"}
    assert max(map(len, found)) > 1
    posts = server.call("GET", f"/_emulator/callbacks?application={first['application']}").json()["callbacks"]
    assert {post["outcome"] for post in posts} == {"received"}
    assert played(server, name)["flow"] == first["flow"]
    assert statuses(server, first["application"]) == found
    assert server.clock()["now"] == "2026-01-01T00:00:00Z"


def test_scenes_are_done_one_by_one_and_time_passes_between_them(server: Emulator) -> None:
    """The time of a scene passes before the next one; at the end, that of the last."""
    first = control(server, "/mine", {"act": "step"})
    assert (first["stand"], first["scene"], first["caption"], first["flows"]) == (
        "paused",
        1,
        "First.",
        {"one": first["flow"]},
    )
    assert statuses(server, "me") == [["QUEUED"]]
    second = control(server, "/mine", {"act": "step"})
    assert (second["scene"], second["caption"]) == (2, "First.")
    assert second["flow"] != first["flow"]
    assert server.clock("me")["now"] == "2026-01-01T00:00:20Z"
    third = control(server, "/mine", {"act": "step"})
    assert (third["caption"], third["flow"]) == ("It waits.", first["flow"])
    assert statuses(server, "me") == [["EXPIRED", "Delivered"], ["Delivered"]]
    last = control(server, "/mine", {"act": "step"})
    assert (last["stand"], last["scene"]) == ("ended", 4)
    one, two = first["flow"], second["flow"]
    assert [(scene["done"], scene["flow"]) for scene in last["scenes"]] == [
        ("send", one),
        ("send", two),
        ("advance", one),
        ("", one),
    ]
    assert [scene["flow"] for scene in first["scenes"]] == [one, None, None, None]
    told = [each["text"] for each in server.journal() if each["kind"] == "story"]
    assert told == ["mine: “First.”", "mine: “It waits.”", "mine: “The last.”", "mine: ended"]


def test_a_story_is_paused_and_goes_on(server: Emulator) -> None:
    """It waits where it stands; what was begun by hand goes on by itself; a stop takes it to its beginning."""
    assert control(server, "/mine", {"act": "play"})["stand"] == "playing"
    paused = control(server, "/mine", {"act": "pause"})
    assert (paused["stand"], paused["scene"]) == ("paused", 1)
    assert control(server, "/mine", {"act": "step"})["scene"] == 2
    at = control(server, "/mine", {"act": "play", "pace": 0})
    while at["stand"] == "playing":
        at = control(server, "/mine")
    assert (at["stand"], len(statuses(server, "me"))) == ("ended", 2)
    assert control(server, "/mine", {"act": "pause"})["stand"] == "ended"
    again = control(server, "/mine", {"act": "play", "pace": 100})
    assert (again["stand"], again["flows"]) == ("playing", {})
    stopped = control(server, "/mine", {"act": "stop"})
    assert (stopped["stand"], stopped["scene"], stopped["flow"]) == ("ready", 0, None)


def test_a_reset_takes_stories_back_to_their_beginning(server: Emulator) -> None:
    """Those whose flows it has deleted: of one application, or of all."""
    control(server, "/mine", {"act": "step"})
    control(server, "/shop", {"act": "play"})
    assert server.call("POST", "/_emulator/reset", b'{"application": "corner-shop", "keep": true}').status == 200
    assert control(server, "/shop")["stand"] == "ready"
    assert control(server, "/mine")["scene"] == 1
    assert server.call("POST", "/_emulator/reset", b"{}").status == 200
    assert control(server, "/mine")["stand"] == "ready"
    assert played(server, "mine")["stand"] == "ended"


def test_a_file_that_was_written_anew_is_read_anew(server: Emulator, tmp_path: Path) -> None:
    """Without a restart; a story that is played is as it was when it began."""
    control(server, "/mine", {"act": "step"})
    path = tmp_path / "stories" / "mine.yaml"
    written = path.stat().st_mtime_ns
    path.write_text(MINE.replace("Mine", "Changed"))
    os.utime(path, ns=(written + 10**9, written + 10**9))
    assert control(server, "/mine")["purpose"] == "Mine"
    assert control(server, "/mine", {"act": "stop"})["purpose"] == "Changed"


def test_all_are_listed_with_what_is_wrong(server: Emulator) -> None:
    """A file that is wrong does not hide the others; a request that is refused stops a story, and says why."""
    listed = {each["name"]: each for each in control(server, "")["stories"]}
    assert [name for name, each in listed.items() if each["own"]] == ["broken", "mine", "wrong"]
    assert "scenes: must have at least 1" in listed["broken"]["problem"]
    assert listed["shop"]["stand"] == "ready"
    told = server.journal()
    assert control(server, "/wrong", {"act": "pause"})["stand"] == "ready"
    assert server.journal() == told
    at = played(server, "wrong")
    assert (at["stand"], at["scene"]) == ("failed", 1)
    assert "POST /failover was answered with 400" in at["problem"]
    assert "must be a phone number" in at["problem"]
    assert "broken.yaml" in control(server, "/broken", {"act": "play"}, 409)["detail"]
    assert "did you mean 'shop'" in control(server, "/shopp", status=404)["detail"]
    assert "act" in control(server, "/shop", {"act": "dance"}, 400)["detail"]


def test_a_story_sends_as_one_of_those_that_the_credentials_have(tmp_path: Path) -> None:
    """With its secret; another is refused before anything is done."""
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "mine.yaml").write_text(MINE)
    with emulator("--rate", "0", "--credentials", "me:s3cret", "--scenarios", str(tmp_path)) as server:
        assert "no application 'corner-shop'" in control(server, "/shop", {"act": "play"}, 409)["detail"]
        assert played(server, "mine")["stand"] == "ended"


def test_the_emulator_stops_while_a_story_is_played(server: Emulator) -> None:
    """At once."""
    control(server, "/shop", {"act": "play"})
    assert server.stop() == 0
