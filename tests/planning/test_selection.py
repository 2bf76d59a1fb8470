"""Which scenario is in force for which application, given the states in the store."""

from __future__ import annotations

import pytest

from emulator.planning.selection import Selection
from emulator.scenario import files
from emulator.scenario.files import Problem, ScenarioError
from emulator.scenario.rules import Scenario
from emulator.store.contract import Unavailable
from emulator.store.records import ApplicationState, Override

RULES = """
rules:
  - {name: a, plan: {Sms: Failed}}
  - {name: b, plan: {Sms: Failed}}
"""
TEXT = '{"name": "typed", "purpose": "p", "rules": []}'
BASE = Scenario("base", "")


class States(dict[str, ApplicationState]):
    """What the store says; nothing is in force for those that are not in it."""

    def of(self, application: str) -> tuple[ApplicationState, ApplicationState]:
        """As the store answers."""
        return self.setdefault(application, ApplicationState()), self.setdefault("", ApplicationState())


def put(number: int, name: str, uses: int | None = None) -> Override:
    """An override of RULES."""
    return Override(number, name, RULES, uses)


def test_without_overrides_the_scenario_itself_is_in_force() -> None:
    """Nothing is put together for nothing, and once only for what there is."""
    states = States(other=ApplicationState(overrides=(put(1, "a"),)))
    selection = Selection(states.of, BASE)
    assert selection.in_force("app") is BASE
    assert selection.in_force("other") is selection.in_force("other")
    assert [rule.name for rule in selection.in_force("other").rules] == ["override 1: a"]
    assert (selection.in_force("app").overrides, selection.in_force("other").overrides) == (0, 1)


def test_an_application_s_own_overrides_come_before_everybody_s() -> None:
    """Both below a request's own scenario's name, and above its rules."""
    states = States({"": ApplicationState(overrides=(put(2, "b"),)), "app": ApplicationState(overrides=(put(1, "a"),))})
    selection = Selection(states.of, BASE)
    named = files.find("abroad-undelivered")
    merged = selection.in_force("app", named)
    assert [rule.name for rule in merged.rules[:2]] == ["override 1: a", "override 2: b"]
    assert (merged.name, merged.rules[2:]) == (named.name, named.rules)
    assert [each.rule.name for each in selection.overrides("")] == ["override 2: b"]


def test_a_use_makes_a_new_scenario_of_what_is_left() -> None:
    """Only overrides with so many uses are told as used."""
    states = States(app=ApplicationState(overrides=(put(1, "a", 2), put(2, "b"))))
    selection = Selection(states.of, BASE)
    first = selection.in_force("app")
    assert selection.used("app", {"override 1: a", "override 2: b", "a"}) == (1,)
    states["app"] = ApplicationState(overrides=(put(2, "b"),))
    assert [rule.name for rule in selection.in_force("app").rules] == ["override 2: b"]
    assert selection.in_force("app") is not first


def test_a_scenario_that_was_given_as_a_text_is_read_again_after_a_restart() -> None:
    """From the text that the store has; once."""
    states = States({"": ApplicationState(scenario="inline", text=TEXT)})
    selection = Selection(states.of, BASE)
    assert (selection.chosen("app").name, selection.chosen("app").purpose) == ("typed", "p")
    assert selection.chosen("app") is selection.chosen("other")
    states["app"] = ApplicationState(scenario="inline", text=TEXT.replace('"p"', '"own"'))
    assert (selection.chosen("app").purpose, selection.chosen("other").purpose) == ("own", "p")


def test_a_file_s_new_version_takes_the_place_of_the_old_one_everywhere() -> None:
    """Of the choices, and of what a reset goes back to."""
    own = {"x": Scenario("x", "old"), "y": Scenario("y", "other")}
    states = States(a=ApplicationState(scenario="x", overrides=(put(1, "a"),)), b=ApplicationState(scenario="y"))
    selection = Selection(states.of, own["x"], own)
    assert [selection.in_force(each).purpose for each in ("a", "b", "")] == ["old", "other", "old"]
    own["x"] = Scenario("x", "new")
    assert [selection.in_force(each).purpose for each in ("a", "b", "")] == ["new", "other", "new"]


def test_a_scenario_whose_file_is_gone_stays_in_force_where_it_is() -> None:
    """As it was when it was last seen."""
    own = {"x": Scenario("x", "last")}
    selection = Selection(States(a=ApplicationState(scenario="x")).of, BASE, own)
    assert selection.chosen("a").purpose == "last"
    own.clear()
    assert selection.chosen("a").purpose == "last"


def test_a_file_with_another_name_in_it_stays_in_force() -> None:
    """Also where nothing was chosen."""
    old, new = Scenario("x", "old"), Scenario("z", "new")
    own = {"x": old}
    states = States(a=ApplicationState(scenario="x"))
    selection = Selection(states.of, old, own)
    own.clear()
    own["z"] = new
    selection.renamed(old, new)
    states["a"] = ApplicationState(scenario="z")
    assert [selection.chosen(each).purpose for each in ("a", "b")] == ["new", "new"]


@pytest.mark.parametrize("owner", ["app", ""])
def test_what_was_parsed_is_forgotten_with_a_choice(owner: str) -> None:
    """Of one application, or of everybody; what is still in force is parsed again."""
    states = States({"": ApplicationState(), "app": ApplicationState(scenario="inline", text=TEXT)})
    states["app"] = ApplicationState(scenario="inline", text=TEXT, overrides=(put(1, "a"),))
    selection = Selection(states.of, BASE)
    chosen, merged = selection.chosen("app"), selection.in_force("app")
    selection.forget("other")
    assert (selection.chosen("app") is chosen, selection.in_force("app") is merged) == (True, True)
    selection.forget(owner)
    assert (selection.chosen("app") is chosen, selection.in_force("app") is merged) == (False, False)
    assert [rule.name for rule in selection.in_force("app").rules] == ["override 1: a"]


@pytest.mark.parametrize("learned", [True, False])
def test_rules_that_were_just_read_are_not_read_again(learned: bool) -> None:
    """What was learned counts; without, the text is read."""
    rules = files.load_rules(RULES.replace("Failed", "Undelivered"), "overrides")
    selection = Selection(States(app=ApplicationState(overrides=(put(1, "a"),))).of, BASE)
    if learned:
        selection.learn_rules(RULES, rules)
    (made,) = selection.overrides("app")
    assert (made.rule.plan == dict(rules[0][0].plan)) is learned


def test_a_scenario_that_is_chosen_elsewhere_is_sought_and_else_nothing_is_answered() -> None:
    """As of a file that this process does not have."""

    def seek(name: str) -> Scenario:
        assert name == "there"
        raise ScenarioError([Problem("", 0, 0, "", "there is no scenario 'there'")])

    states = States(a=ApplicationState(scenario="all-fail"), b=ApplicationState(scenario="there"))
    assert Selection(states.of, BASE).chosen("a").name == "all-fail"
    with pytest.raises(Unavailable, match="chosen a scenario that can't be read here: there is no scenario 'there'"):
        Selection(states.of, BASE, seek=seek).chosen("b")
