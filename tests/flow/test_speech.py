"""How long what is said in a call takes."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.flow.speech import DIAL_MS, ENDLESS_MS, PLAY_MS, held, length


def say(text: str, **more: Any) -> Any:
    """A text that is said."""
    return {"type": "SAY", "message": {"language": "en-GB", "text": text}} | more


PLAY: Any = {"type": "PLAY", "fileURL": "https://cdn.example/a.wav"}
COLLECT: Any = {"type": "COLLECT", "eventUrl": "https://app.example/keys"}


@pytest.mark.parametrize(
    ("verb", "ms"),
    [
        (say("Hi"), 1000),
        (say(""), 1000),
        (say("x" * 15), 1000),
        (say("x" * 16), 2000),
        (say("x" * 150, repeat=2), 30_000),
        (say("Hi", repeat=-1), ENDLESS_MS),
        (PLAY, PLAY_MS),
        (PLAY | {"repeat": 1}, 2 * PLAY_MS),
        ({"type": "PAUSE", "duration": 1.5}, 1500),
        ({"type": "DIAL", "to": {"phone": "+306912345678"}}, DIAL_MS),
        (COLLECT, 0),
    ],
)
def test_a_verb_takes_its_time_as_often_as_it_is_repeated(verb: Any, ms: int) -> None:
    """A text by its letters."""
    assert length([verb]) == ms
    assert length([verb, say("Hi")]) == ms + 1000


def test_what_may_be_interrupted_holds_up_no_keys() -> None:
    """The last verbs, if they say so; what comes before them is heard."""
    assert held([say("Hi"), PLAY]) == 1000 + PLAY_MS
    assert held([say("Hi"), PLAY | {"bargeIn": True}]) == 1000
    assert held([say("Hi", bargeIn=True), PLAY]) == 1000 + PLAY_MS
    assert held([say("Hi", bargeIn=True), PLAY | {"bargeIn": True}]) == held([]) == 0
