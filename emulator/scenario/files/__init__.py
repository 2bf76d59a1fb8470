"""Scenario files become scenarios, or a list of everything that is wrong with them.

The doors are the functions that are named below; the rest of the package is how they read.
"""

from __future__ import annotations

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
from emulator.scenario.files.problems import Problem, ScenarioError

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
]
