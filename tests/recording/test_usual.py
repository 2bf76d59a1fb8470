"""Bodies in other spellings, as the reader of recordings takes them."""

from __future__ import annotations

from emulator.clock import instants
from emulator.recording.usual import at, bodies, moment

CREATED = instants.read("2026-03-02T09:15:44.9Z")


def single(status: str, date: str, latency: int, **more: object) -> dict[str, object]:
    """A callback of POST /sms."""
    return {"messageId": "a", "status": {"name": status, "updatedDate": date}, "latency": latency} | more


def times(*told: dict[str, object]) -> list[int]:
    """After how many milliseconds each of these bodies says that something happened, at last."""
    return [at(each) - CREATED for each in bodies(told, CREATED)]


def test_the_time_of_a_single_message_goes_with_its_latency() -> None:
    """In seconds as in milliseconds; it begins as Queued when the request came."""
    assert times(single("Delivered", "2026-03-02T09:15:46Z", 1)) == [0, 1100]
    assert times(single("Delivered", "2026-03-02T09:15:46Z", 2)) == [0, 1501]
    assert times(single("Delivered", "2026-03-02T09:15:46Z", 1234)) == [0, 1234]
    assert times(single("Sent", "2026-03-02T09:15:44Z", 0)) == [0, 0]
    begun = bodies([single("Sent", "2026-03-02T09:15:46Z", 0, part=2)], CREATED)[0]
    assert (begun["status"]["name"], begun["part"]) == ("Queued", 2)


def test_a_flow_without_a_failure_has_no_status_code() -> None:
    """However that is written."""
    whole = {"messages": [], "statusCode": "", "updatedAt": "2026-03-02T09:15:46Z"}
    assert bodies([whole], 0) == [whole | {"statusCode": None}]
    assert bodies([whole | {"statusCode": "2"}], 0) == [whole | {"statusCode": "2"}]
    assert bodies([], 0) == []


def test_a_body_without_a_time_is_from_the_beginning() -> None:
    """Nothing that is read from a capture is sure to be there."""
    assert [at({}), at({"status": {}}), at({"updatedAt": "1970-01-01T00:00:01Z"}), moment("soon")] == [0, 0, 1000, 0]
