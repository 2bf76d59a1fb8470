"""The scenarios that come with the emulator: each does what it says of itself."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.fakes.expected import request_of
from emulator.flow.machine import CAUSES
from emulator.planning.rehearsal import Rehearsal
from emulator.scenario import files
from emulator.scenario.files.catalogue import Catalogue
from emulator.scenario.files.doubts import doubts
from emulator.scenario.questions import Facts
from emulator.scenario.rules import HAPPY_SCENARIO
from emulator.shipped import folder
from tests.support.expected import unmet
from tests.support.playing import request, result, step

SHIPPED = files.shipped()
NAMED = [
    "happy",
    "viber-expires-sms-delivers",
    "viber-undelivered",
    "voice-busy-then-viber",
    "voice-no-answer",
    "all-fail",
    "not-triggered",
    "no-balance",
    "silence-until-ttl",
    "seen-after-delivered",
]


def test_the_library_has_the_scenarios_that_everybody_needs() -> None:
    """The ten by their names, and a good deal more."""
    assert set(NAMED) <= set(SHIPPED)
    assert len(SHIPPED) >= 25


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_scenario_says_what_it_is_for_and_what_it_comes_to(name: str) -> None:
    """One line of purpose, one expectation or more, and the name of its file."""
    scenario = SHIPPED[name]
    assert "\n" not in scenario.purpose.strip()
    assert scenario.expect
    assert files.shipped_files()[name].name == f"{name}.yaml"


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_scenario_comes_to_what_it_expects(name: str) -> None:
    """Whatever the seed."""
    assert unmet(SHIPPED[name], request_of) == []


def test_the_shipped_scenarios_stand_in_folders_by_what_they_are_about() -> None:
    """And beside them those that are about every channel, so few that one look finds them."""
    found = Counter(Catalogue().groups().values())
    assert set(found) == {"", "api", "callbacks", "money", "real-life", "sms", "viber", "voice"}
    assert max(found.values()) <= 16


def test_an_expectation_that_is_not_met_is_noticed() -> None:
    """The test above can fail: a happy world does not meet what others expect."""
    assert {"all-fail", "callbacks-twice"} <= {
        name for name, each in SHIPPED.items() if unmet(replace(each, rules=()), request_of)
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_no_shipped_scenario_says_anything_in_vain(name: str) -> None:
    """So `check --strict` is content."""
    assert doubts(SHIPPED[name].rules) == []


def test_the_happy_scenario_needs_no_file_and_equals_its_file() -> None:
    """The value in the code and the file differ only in what the file expects."""
    assert replace(SHIPPED["happy"], expect=()) == HAPPY_SCENARIO
    assert files.find("happy") is HAPPY_SCENARIO


def ends(viber: int, sms: int, voice: int, on: tuple[str, ...]) -> tuple[str, str]:
    """Status and statusCode of a flow of Voice, Viber and Sms to a magic number."""
    to = f"+306900000{viber}{sms}{voice}"
    steps = [step({"type": channel, "to": to}, order) for order, channel in enumerate(("Voice", "Viber", "Sms"), 1)]
    steps[0] = replace(steps[0], failover_on_statuses=list(on))
    came = result(Rehearsal(SHIPPED["default"]).play(request(steps)))
    return came["status"], came["status_code"]


VOICE = {"Completed": 0, "Busy": 1, "NoAnswer": 2, "Failed": 3, "Unsent": 4, "Terminated": 5}


@pytest.mark.parametrize("voice", VOICE)
@pytest.mark.parametrize(
    ("viber", "sms", "status"), [(0, 0, "Succeeded"), (1, 0, "Succeeded"), (1, 1, "Failed"), (1, 3, "Failed")]
)
def test_every_row_of_the_outcome_matrix_has_a_number(voice: str, viber: int, sms: int, status: str) -> None:
    """Voice, Viber and Sms: one digit each, whatever is listed."""
    assert ends(viber, sms, VOICE[voice], tuple(list(VOICE)[1:]))[0] == (
        "Succeeded" if voice == "Completed" else status
    )


def test_every_status_code_has_a_number() -> None:
    """Server error, no balance, no next step, not triggered."""
    listed = ("Busy", "NoAnswer", "Failed")
    assert [ends(1, 9, 1, listed)[1], ends(1, 4, 1, listed)[1], ends(1, 1, 1, listed)[1]] == ["0", "1", "2"]
    assert ends(0, 0, 3, ("Busy",)) == ("Failed", "3")
    assert set(CAUSES.values()) == {"0", "1"}


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("channel", list(Channel))
def test_a_digit_of_a_magic_number_moves_its_own_channel_only(channel: Channel, digit: int) -> None:
    """Each channel asks for its own digit; 0 is the implied happy rule."""
    place = {Channel.VIBER: 0, Channel.SMS: 1, Channel.VOICE: 2}[channel]
    for others in itertools.product("05", repeat=2):
        digits = [*others[:place], str(digit), *others[place:]]
        planned = SHIPPED["default"].planned_for(Facts(channel, f"+306900000{''.join(digits)}"))
        assert planned.rule == (f"{channel} {digit}" if digit else "happy")


@pytest.mark.parametrize("to", ["+306912345678", "+3069000001110", "+30690000011", "+306900001111", ""])
def test_a_number_outside_the_magic_range_goes_well(to: str) -> None:
    """Nobody's own test data meets the range by accident."""
    for channel in Channel:
        assert SHIPPED["default"].planned_for(Facts(channel, to)).rule == "happy"


def test_the_default_scenario_is_read_without_a_yaml_library_and_means_the_same_as_yaml() -> None:
    """It is written as JSON, which is YAML; both ways of reading it agree."""
    text = (folder("scenarios") / "default.yaml").read_text("utf-8")
    assert json.loads(text)["rules"]
    as_yaml = files.load_text("# not JSON any more\n" + text, "default")
    assert as_yaml == files.load_text(text, "default")


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_scenario_is_valid_by_the_schema(name: str) -> None:
    """So editors that know the schema have nothing to complain about."""
    schema = json.loads((folder("schemas") / "scenario.json").read_text("utf-8"))
    value = _plain(files.shipped_files()[name])
    assert [error.message for error in Draft202012Validator(schema).iter_errors(value)] == []


def _plain(path: Path) -> object:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
