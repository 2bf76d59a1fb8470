"""Bodies in other spellings, as the reader of recordings takes them."""

from __future__ import annotations

from emulator.clock import instants
from emulator.errors import Json
from emulator.recording.bodies import of_bodies
from emulator.recording.usual import at, bodies, latest, moment

CREATED = instants.read("2026-03-02T09:15:44.9Z")


def single(status: str, date: str, latency: int, **more: object) -> dict[str, object]:
    """A callback of POST /sms."""
    return {"messageId": "a", "status": {"name": status, "updatedDate": date}, "latency": latency} | more


def times(*told: dict[str, object]) -> list[int]:
    """After how many milliseconds each of these bodies says that something happened, at last."""
    return [at(each) - CREATED for each in bodies([(each, None) for each in told], CREATED)]


def test_the_time_of_a_single_message_goes_with_its_latency() -> None:
    """In seconds as in milliseconds; it begins as Queued when the request came."""
    assert times(single("Delivered", "2026-03-02T09:15:46Z", 1)) == [0, 1100]
    assert times(single("Delivered", "2026-03-02T09:15:46Z", 2)) == [0, 1501]
    assert times(single("Delivered", "2026-03-02T09:15:46Z", 1234)) == [0, 1234]
    assert times(single("Sent", "2026-03-02T09:15:44Z", 0)) == [0, 0]
    begun = bodies([(single("Sent", "2026-03-02T09:15:46Z", 0, part=2), None)], CREATED)[0]
    assert (begun["status"]["name"], begun["part"]) == ("Queued", 2)


def test_a_flow_without_a_failure_has_no_status_code() -> None:
    """However that is written."""
    whole = {"messages": [], "statusCode": "", "updatedAt": "2026-03-02T09:15:46Z"}
    assert bodies([(whole, None)], 0) == [whole | {"statusCode": None}]
    assert bodies([(whole | {"statusCode": "2"}, None)], 0) == [whole | {"statusCode": "2"}]
    assert bodies([], 0) == []


def test_a_body_without_a_time_is_from_the_beginning() -> None:
    """Nothing that is read from a capture is sure to be there."""
    assert [at({}), at({"status": {}}), at({"updatedAt": "1970-01-01T00:00:01Z"}), moment("soon")] == [0, 0, 1000, 0]


def test_a_body_tells_of_its_latest_time() -> None:
    """Wherever it stands."""
    late = {"createdAt": "1970-01-01T00:00:01Z", "messages": [{"status": {"date": "1970-01-01T00:00:03Z"}}]}
    assert (latest(late), latest([late, {"updatedAt": "1970-01-01T00:00:09Z"}]), latest("soon")) == (3000, 9000, 0)


def reports(*told: tuple[Json, int | None]) -> list[list[tuple[int, str]]]:
    """When each step of the flow that bodies tell of had which statuses, after its start."""
    (flow,) = of_bodies(bodies(told, CREATED))
    return [[(report.at, report.status) for report in step.reports] for step in flow.steps]


def test_callbacks_and_trackings_of_single_messages_tell_the_same() -> None:
    """Of Sms, Viber messages and calls; those of calls know no latency."""
    date, sent = "2026-03-02T09:15:46.9Z", {"to": "+306900000001"}
    for more in ({"trackingId": "a"}, {"messageId": "a", "conversationTrackingId": "b"}):
        status = "Completed" if "messageId" in more else "DELIVERED"
        callback = sent | more | {"status": {"name": status, "updatedDate": date}}
        tracking = sent | more | {"status": {"status": status, "date": date}}
        assert reports((callback, None)) == reports((tracking, None), (callback, None)) == [[(2000, status)]]
    sms = sent | {"messageId": "a", "status": {"status": "Delivered", "date": "2026-03-02T09:15:46Z"}, "latency": 1}
    assert reports((sms, None)) == [[(1100, "Delivered")]]


def test_the_story_of_a_password_tells_when_its_steps_ended() -> None:
    """A step begins with the end of the one before; a status without a latency came when it was told."""
    step = {"phone_number": "306900000001", "created_at": "2026-03-02T09:15:44Z"}
    first = step | {"trackingId": "a", "channel": "viber", "status": "EXPIRED", "latency_ms": 60_000}
    second = step | {"trackingId": "b", "channel": "sms", "created_at": "2026-03-02T09:16:44Z", "status": "Sent"}
    came = CREATED + 61_000
    assert reports(({"flowId": "f", "steps": [first, second]}, came)) == [[(60_000, "EXPIRED")], [(1000, "Sent")]]
    waits = first | {"status": "queued"}
    assert reports(({"flowId": "f", "steps": [waits]}, None)) == [[]]
