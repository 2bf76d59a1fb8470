"""Reads scenarios from YAML and JSON: the result is a Scenario, or a list of all mistakes with their places. Files of
other things are read in the same way by `declared`.

Other rooms import this module, `catalogue`, `declared`, `doubts` and `folders` only. No other folder knows YAML.
"""

from __future__ import annotations

from emulator.scenario.files.document import Finding, Problem, ScenarioError
from emulator.scenario.files.folders import SUFFIXES, is_scenario
from emulator.scenario.files.loading import (
    find,
    is_file,
    load,
    load_folder,
    load_match,
    load_rules,
    load_text,
    named,
    path_of,
    placed,
    setting,
    shipped,
    shipped_files,
    text_of,
    twice,
    with_plans,
)
from emulator.scenario.files.parameters import base_of, call, called
from emulator.scenario.files.scenario import NAME, NAMED_OF
from emulator.scenario.files.written import written_plan

__all__ = [
    "NAME",
    "NAMED_OF",
    "SUFFIXES",
    "Finding",
    "Problem",
    "ScenarioError",
    "base_of",
    "call",
    "called",
    "find",
    "is_file",
    "is_scenario",
    "load",
    "load_folder",
    "load_match",
    "load_rules",
    "load_text",
    "named",
    "path_of",
    "placed",
    "setting",
    "shipped",
    "shipped_files",
    "text_of",
    "twice",
    "with_plans",
    "written_plan",
]
