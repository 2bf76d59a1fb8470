"""Reading scenarios from YAML and JSON: a Scenario, or a list of all that is wrong, with places.

This is the front door; beside it, only `catalogue` is imported from outside. No other folder knows YAML.
"""

from __future__ import annotations

from emulator.scenario.files.document import Problem, ScenarioError
from emulator.scenario.files.loading import (
    SUFFIXES,
    find,
    is_file,
    is_scenario,
    load,
    load_folder,
    load_match,
    load_rules,
    load_text,
    named,
    shipped,
)
from emulator.scenario.files.plans import written_plan

__all__ = [
    "SUFFIXES",
    "Problem",
    "ScenarioError",
    "find",
    "is_file",
    "is_scenario",
    "load",
    "load_folder",
    "load_match",
    "load_rules",
    "load_text",
    "named",
    "shipped",
    "written_plan",
]
