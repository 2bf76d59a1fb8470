"""A scenario's text as plain values, and the line and column of each of them.

YAML 1.2, of which JSON is a part: a text that is JSON is read as JSON, in a hundredth of the time and without importing
a YAML library; only to say where a problem lies is it read as YAML. All of YAML's own rules are checked here: one
document, no key twice, nothing that contains itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emulator.validation.strict import Malformed, members, no_constant

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.nodes import Node

MOST: Final = 1_000_000
"""How many values a text may have, those that aliases repeat counted each time."""
LONGEST: Final = 500_000
"""How many characters a YAML text may have: it is read slowly, a hundred times slower than JSON."""
WORST: Final = 100
"""How many breaches of YAML's own rules are told."""
DIGITS: Final = 300
"""How many digits a number may have; beyond, Python itself refuses to write it."""
Path = tuple[str | int, ...]


class Finding(NamedTuple):
    """Something wrong at a path; `on_key` if with the key rather than with its value."""

    path: Path
    message: str
    on_key: bool = False


class Place(NamedTuple):
    """A place in a text, counted from 1."""

    line: int
    column: int


class Unreadable(Exception):
    """A text that has no values: why, and where."""

    def __init__(self, message: str, place: Place = Place(1, 1)) -> None:  # noqa: B008  (a constant)
        super().__init__(message)
        self.message = message
        self.place = place


def from_json(text: str) -> Any:
    """The values of a text that is JSON; None if it is not, or if a key comes twice in a map."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return json.loads(text, object_pairs_hook=members, parse_constant=no_constant)
    except (Malformed, ValueError, RecursionError):
        return None


class Document:
    """A YAML text: `value` with plain values, `findings` with what breaks YAML's own rules. Raises Unreadable."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise Unreadable(f"this has more than {LONGEST} characters; as JSON, that is no limit")
        yaml = _yaml()
        self._root = _composed(yaml, text)
        if _size(self._root, {}) > MOST:
            raise Unreadable(f"this has more than {MOST} values, since its aliases repeat one another")
        self.findings = list(islice(_against_rules(self._root, (), ()), WORST))
        self.value = None if self.findings else _constructed(yaml, self._root)

    def place(self, finding: Finding) -> Place:
        """Where a finding is; where its path ends early, the last thing on it."""
        node, at = self._root, self._root
        for step in finding.path:
            key, node = _child(node, step)
            at = key if key is not None and (finding.on_key or _is_empty(node)) else node
        return _start(at)


def _yaml() -> YAML:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.allow_duplicate_keys = True
    return yaml


def _composed(yaml: YAML, text: str) -> Node:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        node: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        raise _unreadable(error) from None
    except (YAMLError, ValueError) as error:
        raise Unreadable(f"this is not YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise Unreadable("this is nested too deeply") from None
    if node is None:
        raise Unreadable("the file is empty; it needs at least a purpose")
    return node


def _constructed(yaml: YAML, node: Node) -> Any:
    from ruamel.yaml.error import MarkedYAMLError

    try:
        return yaml.constructor.construct_document(node)
    except MarkedYAMLError as error:
        raise _unreadable(error) from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise Unreadable(f"this cannot be read: {error}", _start(node)) from None


def _unreadable(error: MarkedYAMLError) -> Unreadable:
    problem, context, mark = error.problem or "", error.context or "", error.problem_mark or error.context_mark
    message = f"{context}, {problem}" if problem.startswith("but") else problem or context
    return Unreadable(f"this is not YAML: {message}", Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1))


def _size(node: Node, known: dict[int, int]) -> int:
    """How many values a node has, repeated ones counted each time; what it contains of itself counts once."""
    if id(node) not in known:
        known[id(node)] = 1
        known[id(node)] += sum(_size(child, known) for _, _, child in _children(node))
    return known[id(node)]


def _against_rules(node: Node, path: Path, parents: tuple[Node, ...]) -> Iterator[Finding]:
    if any(node is parent for parent in parents):
        yield Finding(path, "this contains itself")
        return
    if isinstance(node.value, str) and len(node.value) > DIGITS and str(node.tag).endswith((":int", ":float")):
        yield Finding(path, f"this number has more than {DIGITS} digits")
    seen: set[Any] = set()
    for key, name, child in _children(node):
        if key is not None and name in seen:
            yield Finding((*path, name), f"the key '{name}' comes twice", on_key=True)
        seen.add(name)
        yield from _against_rules(child, (*path, name), (*parents, node))


def _children(node: Node) -> Iterator[tuple[Node | None, str | int, Node]]:
    """Key, name and value of each member; the first two are None and the index for a list."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    if isinstance(node, MappingNode):
        yield from ((key, str(key.value), value) for key, value in node.value)
    elif isinstance(node, SequenceNode):
        yield from ((None, index, value) for index, value in enumerate(node.value))


def _child(node: Node, step: str | int) -> tuple[Node | None, Node]:
    """The key and the value of a member, of twins the last; the node itself if it has no such member."""
    found = [(key, value) for key, name, value in _children(node) if name == step]
    return found[-1] if found else (None, node)


def _is_empty(node: Node) -> bool:
    """Whether a value is left out; the parser then puts it where the next thing is."""
    return bool(node.value == "" and node.start_mark.index == node.end_mark.index)


def _start(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
