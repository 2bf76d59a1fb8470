"""Every outcome that a request can have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, Channel
from emulator.errors import Json
from emulator.flow.request import Request, Step, Strategy
from emulator.planning.paths import TooManyPaths, paths
from emulator.planning.rehearsal import Rehearsal
from emulator.provider.requests import request_of
from emulator.scenario import files
from tests.support.playing import NUMBER, request, result, step
from tests.support.running import SMS, emulator
from tests.support.samples import callback, sms, viber, voice
from tests.support.scenarios import THREE, run


@pytest.mark.parametrize("channel", list(Channel))
def test_every_way_in_which_a_channel_ends_is_a_path(channel: Channel) -> None:
    """All final statuses, but for the Sms status that flows do not have; and all statusCodes."""
    found = paths(Request([step({"type": channel}, 1)]))
    final = {status for status in CHANNELS[channel].statuses if CHANNELS[channel].final(status)} - {"Unsent"}
    assert final <= {path.steps[-1][1] for path in found}
    assert {path.status_code for path in found} >= {None, "0", "1", "2"}


def test_no_path_comes_twice() -> None:
    """Steps with their statuses, status, code and callbacks tell all paths apart."""
    found = paths(request([voice(1), viber(2), sms(3)]))
    keys = {(path.steps, path.status, path.status_code, path.callbacks) for path in found}
    assert len(keys) == len(found) > 50


@pytest.mark.parametrize(
    "steps",
    [
        [sms()],
        [viber(1), sms(2)],
        [voice(1), viber(2), sms(3)],
        [viber(1), viber(2)],
        [sms(2), viber(1, on=["EXPIRED"])],
    ],
    ids=["sms", "viber, sms", "voice, viber, sms", "viber twice", "other order"],
)
def test_each_path_is_produced_by_its_scenario_and_by_its_number(steps: list[Step]) -> None:
    """Played once more, from the outside in: the same statuses, code and number of callbacks."""
    default = files.named("default")
    for path in paths(request(steps)):
        expected = {
            "answer": 200,
            "callbacks": path.callbacks,
            "status": path.status,
            "status_code": path.status_code,
            "messages": tuple(status for _, status in path.steps),
        }
        scenario = files.load_text(json.dumps(path.scenario), "path")
        assert result(Rehearsal(scenario).play(request(steps))) == expected
        if path.number:
            numbered = [type(each)(**{**_members(each), "to": path.number}) for each in steps]
            assert result(Rehearsal(default).play(request(numbered))) == expected


def _members(each: Step) -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__struct_fields__}


def test_callbacks_are_counted_by_the_request_s_own_strategy() -> None:
    """OnCompletion has one, whatever the path."""
    found = paths(Request([viber(1), sms(2)], callback(Strategy.ON_COMPLETION)))
    assert {path.callbacks for path in found} == {1}


def test_a_request_without_a_callback_has_none() -> None:
    """Of whatever kind; with one, those of its service are counted: a one-time password's start is not told."""
    assert {path.callbacks for path in paths(Request([viber(1), sms(2)]))} == {0}
    steps: list[Json] = [
        {"type": "ViberOtp", "senderInfoTrackingId": "a", "templateId": "9a1f", "pin": "4711"},
        {"type": "Sms", "from": "Shop", "message": {"body": "4711"}},
    ]
    body: Json = {"flow": [each | {"to": NUMBER, "ttl": 60, "order": order} for order, each in enumerate(steps, 1)]}
    assert {path.callbacks for path in paths(request_of(json.dumps(body).encode()))} == {0}
    told = body | {"callback": {"url": "http://127.0.0.1:9/x"}}
    assert {path.callbacks for path in paths(request_of(json.dumps(told).encode()))} == {1, 2, 3}


def test_a_flow_that_never_fails_over_has_only_its_first_step_s_paths() -> None:
    """A status that is not listed ends the flow with 3."""
    found = paths(Request([viber(1, on=["EXPIRED"]), sms(2)]))
    assert [path.status_code for path in found if path.steps == ((Channel.VIBER, "UNDELIVERED"),)] == ["3"]


def test_a_step_that_the_next_one_follows_even_so_is_delivered() -> None:
    """As its service tells of it: it does not expire."""
    waits = replace(viber(1, expire_on_delivery=True), ttl_since_delivery=True)
    found = {path.steps: path for path in paths(Request([waits, sms(2)]))}
    both = found[(Channel.VIBER, "DELIVERED"), (Channel.SMS, "Delivered")]
    assert (both.status, both.number) == ("Succeeded", "+306900000000")
    assert ((Channel.VIBER, "DELIVERED"),) not in found


def test_more_outcomes_than_anybody_can_read_are_refused() -> None:
    """Each step more multiplies them."""
    with pytest.raises(TooManyPaths, match="the request has 8 steps, and so more than 1000 outcomes"):
        paths(Request([viber(order) for order in range(1, 9)]))


def test_the_command_paths_prints_every_outcome() -> None:
    """A line each; as JSON with a scenario that a server takes."""
    found = json.loads(run("paths", "-", "--json").stdout)
    printed = run("paths", "-").stdout
    assert f"{len(found)} outcomes" in printed
    assert found[0]["number"] in printed
    path = next(each for each in found if each["status_code"] == "0")
    with emulator("--rate", "0") as server:
        body = json.dumps({"scenario": path["scenario"]}).encode()
        assert server.call("POST", "/_emulator/scenario", body).status == 200
        flow = server.send(*THREE["flow"])
        server.advance(until="idle")
        assert server.api("GET", f"/failover/tracking/{flow}").json()["statusCode"] == "0"


@pytest.mark.parametrize(
    ("arguments", "body", "told"),
    [
        (["paths", "-"], "{", "<stdin>: The body is not JSON"),
        (["paths", "-"], {"flow": [SMS | {"order": order} for order in range(1, 9)]}, "more than 1000 outcomes"),
    ],
)
def test_the_command_paths_says_what_is_wrong(arguments: list[str], body: object, told: str) -> None:
    """Without a traceback."""
    done = run(*arguments, body=body)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_s_scenario_is_written_as_people_write_one() -> None:
    """A rule for each step that runs, in the order of running, with the shortest form of what its channel does."""
    found = {(path.steps, path.callbacks): path for path in paths(request([sms(2), viber(1)]))}
    path = found[((Channel.VIBER, "EXPIRED"), (Channel.SMS, "Undelivered")), 4]
    assert (path.number, str(path)) == (
        "+306900000210",
        "Viber EXPIRED, Sms Undelivered: Failed 2 (4 callbacks)",
    )
    assert path.scenario == {
        "purpose": "One outcome of a flow.",
        "rules": [
            {"name": "step 1", "match": {"order": 1, "channel": "Viber"}, "plan": {"Viber": "EXPIRED"}},
            {"name": "step 2", "match": {"order": 2, "channel": "Sms"}, "plan": {"Sms": "Undelivered"}},
        ],
    }


def test_a_channel_that_comes_twice_has_a_number_where_both_do_the_same() -> None:
    """One digit decides for both."""
    found = {path.steps: path.number for path in paths(Request([viber(1), viber(2)]))}
    assert found[(Channel.VIBER, "EXPIRED"), (Channel.VIBER, "EXPIRED")] == "+306900000200"
    assert found[(Channel.VIBER, "EXPIRED"), (Channel.VIBER, "FAILED")] is None
