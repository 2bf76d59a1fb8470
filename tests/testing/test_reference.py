"""The reference of the plugin and the client, emulator/testing/README.md, has all that they have, as it is."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faker.providers import BaseProvider

from emulator import fakes, testing
from emulator.client.client import Application, Client
from emulator.client.results import Callback, ClockState, Entry, Flow, Message, Verdict
from emulator.client.twins import AsyncApplication, Twin
from emulator.fakes import FailoverProvider
from emulator.planning.paths import Path as Outcome
from emulator.testing import plugin
from emulator.testing.embedded import Emulator
from emulator.testing.receiver import Received, Receiver

README = (Path(plugin.__file__).with_name("README.md")).read_text("utf-8")
VALUES = (Flow, Message, Callback, Entry, ClockState, Verdict, Received, Outcome)


def section(title: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    level, _, rest = README.partition(f"# {title}\n")
    marks = len(level) - len(level.rstrip("#")) + 1
    return re.split(rf"(?m)^#{{2,{marks}}} ", rest)[0]


def public(of: type) -> Iterator[tuple[str, Any]]:
    """The public members of a class, as they are, but for the functions that make its values of answers."""
    for name in dir(of):
        member = inspect.getattr_static(of, name)
        if not name.startswith("_") and not isinstance(member, classmethod | Twin):
            yield name, member


def written(name: str, call: Any) -> str:
    """A method with its arguments and their defaults, without types."""
    signature = inspect.signature(call)
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in list(signature.parameters.values())[1:]]
    return f"{name}{signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)}"


@pytest.mark.parametrize(
    ("of", "title"),
    [
        (Application, "An application"),
        (Client, "Without pytest"),
        (Emulator, "Without pytest"),
        (AsyncApplication, "With an event loop"),
        (Receiver, "The receiver"),
        (FailoverProvider, "Every outcome, and made-up requests"),
    ],
)
def test_it_has_each_method_with_its_arguments_and_each_property(of: type, title: str) -> None:
    """Where it tells of them, as they stand in the code."""
    told = section(title)
    own = [each for each in public(of) if each[0] not in dir(BaseProvider) or of is not FailoverProvider]
    calls = [written(name, member) if inspect.isfunction(member) else name for name, member in own]
    assert [call for call in calls if f"`{call}`" not in told] == []


@pytest.mark.parametrize("of", VALUES)
def test_it_has_each_member_of_what_calls_return(of: type) -> None:
    """In the lines about the value."""
    (told,) = re.findall(rf"(?s)(?:^|\n)(?:\||A|[^\n]*Each is a) ?`{of.__name__}`.*?(?=\n\||\n\n)", README)
    assert [name for name, _ in public(of) if f"`{name}`" not in told] == []


def test_it_has_each_fixture_with_its_scope_and_each_option() -> None:
    """Of the plugin."""
    marks = {name: getattr(made, "_fixture_function_marker", None) for name, made in vars(plugin).items()}
    fixtures = {name: mark.scope for name, mark in marks.items() if mark is not None}
    assert len(fixtures) == 8
    rows = dict(re.findall(r"(?m)^\| `(failover\w*)` \| (\w+) \|", section("Fixtures")))
    assert rows == {name: "test" if callable(scope) else scope for name, scope in fixtures.items()}
    added = re.findall(r'"(--failover[a-z-]+|failover_[a-z]+)"', inspect.getsource(plugin.pytest_addoption))
    assert [name for name in added if f"`{name}`" not in section("Setting a test up")] == []
    assert len(added) == 7


def test_its_contents_are_its_headings() -> None:
    """Each line leads to one."""
    contents = README.partition("## Fixtures")[0]
    places = [
        re.sub(r"[^a-z -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"(?m)^###? (.*)", README)
    ]
    assert re.findall(r"\(#([a-z-]+)\)", contents) == places


@pytest.mark.parametrize("module", [testing, fakes])
def test_a_module_that_imports_its_names_late_lists_them(module: Any) -> None:
    """For completion at a prompt and for help."""
    assert set(module.__all__) <= set(dir(module))
    assert all(getattr(module, name) is not None for name in dir(module))
