"""The times that bodies tell of."""

from __future__ import annotations

from emulator.recording.moments import latest, moment


def test_a_body_tells_of_its_latest_time() -> None:
    """Wherever it stands."""
    late = {"createdAt": "1970-01-01T00:00:01Z", "messages": [{"status": {"date": "1970-01-01T00:00:03Z"}}]}
    assert (latest(late), latest([late, {"updatedAt": "1970-01-01T00:00:09Z"}]), latest("soon")) == (3000, 9000, 0)


def test_what_is_no_time_is_from_the_beginning() -> None:
    """Nothing that is read from a capture is sure to be one."""
    assert [moment("soon"), moment(None), moment("1970-01-01T00:00:01Z")] == [0, 0, 1000]
