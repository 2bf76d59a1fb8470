"""Reading pieces of a scenario's file; and the commands that foretell what a request comes to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from emulator.scenario import files
from emulator.scenario.files import Problem, ScenarioError
from emulator.scenario.files.cursor import Cursor
from emulator.scenario.files.document import Finding
from emulator.scenario.rules import Rule
from emulator.shipped import folder
from tests.support.running import SMS, VIBER, VOICE

BROKEN = Path(__file__).parents[1] / "scenario" / "files" / "broken"
"""Files that are broken in one way each."""
DOCS = "\n".join(
    page.read_text("utf-8")
    for page in (folder("scenarios") / "README.md", *sorted(folder("scenarios").glob("guide/*.md")))
)
"""All that is written about the language."""
THREE = {"flow": [VOICE | {"order": 1}, VIBER | {"order": 2}, SMS | {"order": 3}]}
"""A request with a step on each channel."""


def rule(yaml: str) -> Rule:
    """The one rule of a scenario, from the text of its members."""
    indented = "\n".join(f"    {line}" for line in yaml.splitlines())
    return files.load_text(f"purpose: Test.\nrules:\n  -\n{indented}\n", "test").rules[0]


def problems_of(text: str) -> tuple[Problem, ...]:
    """What is wrong with a text; nothing if it is a scenario."""
    try:
        files.load_text(text, "any")
    except ScenarioError as error:
        return error.problems
    return ()


def cursor(value: Any) -> tuple[Cursor, list[Finding]]:
    """A cursor for a value, and the findings that it will note."""
    findings: list[Finding] = []
    return Cursor(value, findings), findings


def run(*arguments: str, body: object = THREE) -> subprocess.CompletedProcess[str]:
    """A command with a request on its standard input."""
    command = [sys.executable, "-m", "emulator", *arguments]
    text = body if isinstance(body, str) else json.dumps(body)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=30, check=False)
