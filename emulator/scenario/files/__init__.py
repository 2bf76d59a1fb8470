"""Reads scenarios from YAML and JSON: the result is a Scenario, or a list of all mistakes with their places. Files of
other things are read in the same way by `declared`.

Other rooms import this module, `catalogue`, `declared` and `doubts` only. No other folder knows YAML. What is here is
imported when it is first used, since a start with the shipped scenarios reads no file.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
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
_HOMES: Final = MappingProxyType(
    {"Finding": "document", "Problem": "document", "ScenarioError": "document", "written_plan": "plans"}
)
"""The modules of names that are not in `loading`."""


def __getattr__(name: str) -> object:
    """A name, imported when it is first used: an emulator that plays the default scenario starts without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'loading')}"), name)
    return found
