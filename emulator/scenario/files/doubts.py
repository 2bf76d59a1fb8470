"""What a scenario's file says in vain: rules that nothing reaches, matches that nothing meets, members without effect.

A file with doubts is loaded all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from emulator.flow.faults import CallbackFaults
from emulator.scenario.answers import AnswerFault
from emulator.scenario.files.cursor import MOST_FINDINGS
from emulator.scenario.files.document import Finding, Path, Problem, ScenarioError
from emulator.scenario.files.loading import placed
from emulator.scenario.matching import Match
from emulator.scenario.reach import elsewhere, implies, impossible, lacking, later_only, stepless, unmet, unsent
from emulator.scenario.rules import CODED, Rule, Scenario

MOST: Final = 500
"""How many rules are looked through: each is compared with those before it."""


def doubts(rules: Sequence[Rule], limited: Collection[int] = (), broken: Collection[int | str] = ()) -> list[Finding]:
    """What is in vain in rules, in their order, up to MOST_FINDINGS. Those of the `limited` indices have a number of
    uses, so later rules have their turn; those of the `broken` ones are left out, since nobody knows what they mean.
    """
    found: list[Finding] = []
    before: list[Rule] = []
    for index, rule in enumerate(rules[:MOST]):
        if index in broken:
            continue
        found += islice(_doubts(rule, before, ("rules", index)), MOST_FINDINGS - len(found))
        before += [] if index in limited else [rule]
    return found


def all_doubts(scenario: Scenario) -> list[Finding]:
    """What is in vain in a scenario's own file: members that do nothing, an include of whose rules none is ever used,
    and what is in vain in its own rules.
    """
    own = len(scenario.rules) - scenario.included
    found = doubts(scenario.rules)
    rules = {each.path for each in found if each.path[1] in range(own, len(scenario.rules)) and _whole(each.path)}
    idle = [Finding(path, why, on_key=isinstance(path[-1], str)) for path, why in scenario.idle]
    if rules and len(rules) == scenario.included:
        idle.append(Finding(("include",), "no rule of what this includes is ever used", on_key=True))
    return idle + [each for each in found if each.path[1] in range(own)]


def beside(error: ScenarioError, text: str, file: str) -> tuple[Problem, ...]:
    """What is in vain in those rules of a scenario's text, or of one of overrides, in which nothing is wrong, though
    something is elsewhere in it.
    """
    match error.made:
        case Scenario(rules=rules, included=included):
            own, limited = len(rules) - included, set[int]()
        case tuple() as given:
            rules, own = tuple(rule for rule, _ in given), len(given)
            limited = {index for index, (_, uses) in enumerate(given) if uses is not None}
        case _:
            return ()
    if any(each.path[:1] in (("plans",), ("parameters",), ("include",)) for each in error.findings):
        return ()  # rules may be others than they seem
    broken = {each.path[1] for each in error.findings if each.path[:1] == ("rules",) and each.path[1:]}
    found = [each for each in doubts(rules, limited, broken) if each.path[1] in range(own)]
    return tuple(placed(text, found, file))


def _whole(path: Path) -> bool:
    """Whether a finding at this path is about all that a rule does."""
    return path[2:] in ((), ("match",))


def warnings(text: str, rules: Sequence[tuple[Rule, int | None]], file: str) -> list[Problem]:
    """What is in vain in a text of overrides, and where; `rules` are what `load_rules` made of it."""
    limited = {index for index, (_, uses) in enumerate(rules) if uses is not None}
    return placed(text, doubts([rule for rule, _ in rules], limited), file)


def _doubts(rule: Rule, before: Sequence[Rule], path: Path) -> Iterator[Finding]:
    if why := impossible(rule.match):
        yield Finding((*path, "match"), f"no request meets this: {why}", on_key=True)
        return
    yield from (
        Finding((*path, "match", *part), f"no request meets this: {why}", on_key=True)
        for part, why in unmet(rule.match)
    )
    demanded = rule.match.demanded()
    wider = [each for each in before if implies(rule.match, each.match, demanded)]
    unused = {member: why for member in _effects(rule) if (why := _unused(rule, member, wider))}
    if len(unused) == len(_effects(rule)) and len(set(unused.values())) == 1:
        yield Finding(path, f"this rule is never used: {next(iter(unused.values()))}")
        return
    for member, why in _together(unused, rule).items():
        yield Finding((*path, *member.split(".")), f"this is never used: {why}", on_key=True)
    yield from (Finding((*path, *member), why, on_key=True) for member, why in _idle(rule))


def _together(unused: Mapping[str, str], rule: Rule) -> dict[str, str]:
    """The unused members, with the plan as one if all of it is unused for one reason."""
    whole = {unused.get(f"plan.{channel}", "") for channel in rule.plan}
    if len(whole) != 1 or "" in whole:
        return dict(unused)
    rest = {member: why for member, why in unused.items() if not member.startswith("plan.")}
    return {"plan": whole.pop()} | rest


def _effects(rule: Rule) -> tuple[str, ...]:
    """What a rule decides: a channel's plan as plan.Sms, the answer, the callbacks, how long a flow is queued."""
    others = [name for name in ("answer", "callbacks", "queued", "code") if getattr(rule, name) is not None]
    return (*(f"plan.{channel}" for channel in rule.plan), *others)


def _unused(rule: Rule, member: str, wider: Sequence[Rule]) -> str:
    """Why a member of a rule decides nothing; empty if it may. The `wider` rules come first for all that it matches."""
    channel = member.removeprefix("plan.")
    why = ""
    if member.startswith("plan."):
        why = lacking(rule.match, next(each for each in rule.plan if each == channel)) or unsent(rule.match, rule.plan)
    elif later_only(rule.match):
        why = f"the step that runs first decides about the {member}, and it has order 1"
    if not why and member != "answer" and stepless(rule.match):
        why = "a request that sends no message, such as one for a token, has no steps and no callbacks"
    if not why and member == "code" and elsewhere(rule.match, CODED):
        why = f"only requests to the endpoint {CODED} have a code"
    answered = member in ("callbacks", "queued", "code") or (member != "answer" and rule.match == Match())
    if not why and answered and rule.answer and rule.answer.refuses:
        why = "the answer of this rule refuses the request, so nothing else happens"
    first = next((each for each in wider if member in _effects(each) and _asked(each, rule, member)), None)
    return why or (f"the rule '{first.name}' comes first for all that it matches" if first else "")


def _asked(first: Rule, rule: Rule, member: str) -> bool:
    """Whether an earlier rule is asked wherever the later one is: about requests without steps, only those that name
    their endpoint are.
    """
    return member != "answer" or first.match.asks_about("endpoint") or not rule.match.asks_about("endpoint")


def _idle(rule: Rule) -> Iterator[tuple[Path, str]]:
    """Members of a fault that another one makes useless."""
    answer, callbacks = rule.answer, rule.callbacks
    if answer and answer.close and answer != AnswerFault(close=answer.close, delay=answer.delay):
        yield ("answer", "close"), "the connection closes without an answer, so the other members are unused"
    if callbacks and callbacks.never and callbacks != CallbackFaults(never=True):
        yield ("callbacks", "never"), "no callback is sent, so the other members are unused"
