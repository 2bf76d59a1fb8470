"""Reads scenarios from YAML and JSON: the result is a Scenario, or a list of all mistakes with their places. Files of
other things are read in the same way by `declared`.

Other rooms import this module, `catalogue`, `declared` and `doubts` only. No other folder knows YAML.
"""

from __future__ import annotations

from emulator.scenario.files.document import Finding, Problem, ScenarioError
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
    path_of,
    placed,
    shipped,
    shipped_files,
    text_of,
)
from emulator.scenario.files.plans import written_plan

__all__ = [
    "SUFFIXES",
    "Finding",
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
    "path_of",
    "placed",
    "shipped",
    "shipped_files",
    "text_of",
    "written_plan",
]
