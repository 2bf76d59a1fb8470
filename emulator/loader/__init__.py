"""Scenario files become scenarios, or a list of everything that is wrong with them.

The doors are `load`, `load_text`, `load_folder`, `shipped` and `find`; the rest of the package is how they read.
"""

from __future__ import annotations

from emulator.loader.files import find, load, load_folder, load_text, shipped
from emulator.loader.problems import Problem, ScenarioError

__all__ = ["Problem", "ScenarioError", "find", "load", "load_folder", "load_text", "shipped"]
