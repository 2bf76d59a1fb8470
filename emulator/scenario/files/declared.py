"""Reads files of things that there are, such as templates, senders and contacts: YAML or JSON that a shipped schema
describes. All that is wrong with one is told by line and column, as with scenarios.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emulator.scenario.files.document import Document, Finding, Problem, ScenarioError, Unreadable
from emulator.scenario.files.loading import text_of
from emulator.validation import schema
from emulator.validation.hints import meant, quoted
from emulator.validation.shape import shape_of
from emulator.validation.wording import each_worded


def declared(file: str, name: str, keys: Mapping[str, str]) -> Any:
    """The value of a file that keeps the shipped schema of this name. `keys` are the members by which the entries of a
    list differ, by the list's own name; that of the whole is empty. Raises ScenarioError with all problems, also if the
    file can't be read.
    """
    text = text_of(Path(file))
    try:
        document = Document(text)
    except Unreadable as error:
        raise ScenarioError([Problem(file, *error.place, "", error.message)]) from None
    try:
        value = None if document.findings else json.loads(json.dumps(document.value))  # with plain numbers
    except TypeError:
        raise ScenarioError([Problem(file, 1, 1, "", "this has something in it that JSON does not know")]) from None
    findings = document.findings or _findings(name, value) or list(_twins(value, keys))
    if findings:
        raise ScenarioError(document.problems(findings, file))
    return value


def _findings(name: str, value: Any) -> list[Finding]:
    """What is wrong with a value by a schema: members that it does not know, each told by its key, and all else."""
    unknown = [
        Finding(path, f"unknown key {quoted(str(path[-1]))}{meant(str(path[-1]), list(known))}", on_key=True)
        for path, known in shape_of(name).unknown(value)
    ]
    if not unknown and schema.valid(name, value):
        return []
    wrong = [each for each in schema.violations(name, value) if each.validator != "additionalProperties"]
    texts = [each for each in wrong if each.validator_value == "string" and type(each.instance) in (int, float)]
    return [
        *unknown,
        *(Finding(place.path, why) for place, why in each_worded([e for e in wrong if e not in texts], value, {})),
        *(Finding(place.path, f"{why}: put it in quotes") for place, why in each_worded(texts, value, {})),
    ]


def _twins(value: Any, keys: Mapping[str, str]) -> Iterator[Finding]:
    """Entries of lists that have the key of an earlier one."""
    for name, key in keys.items():
        seen = set[str]()
        for index, entry in enumerate(value.get(name, ()) if name else value):
            if entry[key] in seen:
                path = (name, index, key) if name else (index, key)
                yield Finding(path, f"another entry has {quoted(entry[key])} too")
            seen.add(entry[key])
