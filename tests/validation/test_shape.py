"""What schemas know of values."""

from __future__ import annotations

from emulator.validation.shape import parts, shape_of
from tests.support.bodies import say, sms, voice


def test_every_part_of_a_value_has_a_shape_or_is_unknown() -> None:
    """With its path; parts of unknown ones are left out, and an object without declared members may have any."""
    step = sms({"message.odd": {"deep": 1}, "restrictions": {"india": {"ttl": "5"}}, "urlShortener": {"urlValidty": 1}})
    found = {part.path: part.shape for part in parts(step, shape_of("sms-step"))}
    assert [path for path, shape in found.items() if shape is None] == [
        ("type",),
        ("message", "odd"),
        ("urlShortener", "urlValidty"),
    ]
    assert ("restrictions", "india") not in found
    assert ("message", "odd", "deep") not in found


def test_a_shape_has_what_references_and_conditions_bring() -> None:
    """A call's `to` is a text or an object; a verb may be a SAY or a PLAY."""
    shape = shape_of("voice-step")
    assert shape.members["to"].types == {"object", "string"}
    assert list(shape.members["to"].members) == ["phone", "viber", "sip"]
    value = voice({"dialPlan.verbs": [say(), {"fileURL": "x"}]})
    types = {part.path: part.shape.types for part in parts(value, shape) if part.shape}
    assert types["dialPlan", "verbs", 0, "message", "text"] == {"string"}
    assert types["dialPlan", "verbs", 1, "fileURL"] == {"string"}


def test_a_value_of_another_type_has_no_parts() -> None:
    """Whatever the schema says of its members."""
    for value in (7, "x", None, [1]):
        assert list(parts(value, shape_of("callback"))) == []
