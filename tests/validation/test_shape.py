"""What schemas know of values."""

from __future__ import annotations

from emulator.validation.shape import shape_of
from tests.support.bodies import say, sms, voice


def test_members_that_the_schema_does_not_know_are_found() -> None:
    """With what it knows there; those within unknown ones are left out, and an object without members may have any."""
    step = sms({"message.odd": {"deep": 1}, "restrictions": {"india": {"ttl": "5"}}, "urlShortener": {"urlValidty": 1}})
    found = dict(shape_of("sms-step").unknown(step))
    assert list(found) == [("type",), ("message", "odd"), ("urlShortener", "urlValidty")]
    assert set(found["message", "odd"]) == {"body", "flash", "label", "transcode", "urlShortener"}


def test_a_shape_has_what_references_and_conditions_bring() -> None:
    """A call's `to` is a text or an object; a verb may be a SAY or a PLAY."""
    shape = shape_of("voice-step")
    assert shape.members["to"].types == {"object", "string"}
    assert list(shape.members["to"].members) == ["phone", "viber", "sip"]
    said, played = voice({"dialPlan.verbs": [say(), {"fileURL": "x"}]})["dialPlan"]["verbs"]
    verb = shape.members["dialPlan"].members["verbs"].elements
    assert verb is not None
    assert verb.members["message"].members["text"].types == {"string"}
    assert {key: its for key, _, its in verb.inside(said)}["message"] is verb.members["message"]
    assert list(verb.inside(played)) == [("fileURL", "x", verb.members["fileURL"])]


def test_a_value_of_another_type_has_nothing_inside() -> None:
    """Whatever the schema says of its members."""
    for value in (7, "x", None, [1]):
        assert shape_of("callback").inside(value) == ()
        assert list(shape_of("callback").unknown(value)) == []
