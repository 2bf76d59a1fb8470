"""A scenario's text as plain values; and what is wrong with it, by line and column.

A text is YAML 1.2, of which JSON is a part. One that is JSON is read as JSON, in a hundredth of the time and without
importing a YAML library; it is read as YAML only to find the place of a problem. YAML's own rules are all checked here:
one document, no key twice in a map, no value that contains itself. What the values mean is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from emulator.errors import EmulatorError
from emulator.validation import strict
from emulator.validation.printing import printable

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.nodes import Node

T = TypeVar("T", int, float)
MOST_VALUES: Final = 1_000_000
"""How many values a text may have, those that an alias repeats counted each time."""
LONGEST: Final = 500_000
"""How many characters a YAML text may have; JSON has no limit, since it is read a hundred times faster."""
MOST_TABS: Final = 1_000_000
"""How many tabs, times its length, a YAML text with tabs between tokens may have: at each the library begins again."""
MOST_BREACHES: Final = 100
"""How many breaches of YAML's own rules are reported."""
MOST_DIGITS: Final = 300
"""How many digits a number may have; Python refuses to print one of some thousands."""

Path = tuple[str | int, ...]
"""The keys and indices that lead to a value."""


class Place(NamedTuple):
    """A place in a text, counted from 1."""

    line: int
    column: int


class Finding(NamedTuple):
    """Something wrong with the value at a path, or with its key if `on_key`. It has a `place` of its own where the path
    does not say which of two values is meant.
    """

    path: Path
    message: str
    on_key: bool = False
    place: Place | None = None


class Problem(Struct, frozen=True):
    """One thing that is wrong with a scenario. `line` and `column` count from 1; `path` is written as in
    `rules[0].plan.Sms`, and is empty for the file as a whole. Without a `file` there is no place either.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    @property
    def warned(self) -> Problem:
        """The same as a warning, which hinders nothing."""
        return replace(self, message=f"warning: {self.message}")

    def __str__(self) -> str:
        if not self.file:
            return self.message
        return f"{self.file}:{self.line}:{self.column}: {self.path + ': ' if self.path else ''}{self.message}"


class ScenarioError(EmulatorError):
    """A scenario, or another file of its language, can't be loaded: all problems, in the order of the file. `made` is
    what was read of it, with stand-ins where the `findings` are; None if reading stopped early. `warnings` are those
    about the rest, if anybody looked for them.
    """

    def __init__(self, problems: Sequence[Problem], made: object = None, findings: Sequence[Finding] = ()) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
        self.made = made
        self.findings = tuple(findings)
        self.warnings: tuple[Problem, ...] = ()


class Unreadable(Exception):
    """A text has no values: why, and where."""

    def __init__(self, message: str, place: Place = Place(1, 1)) -> None:  # noqa: B008  (a constant)
        super().__init__(message)
        self.message = message
        self.place = place


def from_json(text: str) -> Any:
    """The values of a text that is strict JSON and begins with a brace; else None."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        return strict.Reader().read(text.encode())
    except (strict.Malformed, ValueError):
        return None


class _AsWritten:
    """A number that Python would write otherwise, such as +30, 007 or 1e3: it is shown as the text has it."""

    text = ""

    def __str__(self) -> str:
        return self.text


class _Whole(_AsWritten, int):
    pass


class _Broken(_AsWritten, float):
    pass


class Document:
    """A YAML text: `value` has its plain values, `findings` what breaks YAML's own rules, and then there are no values.
    Raises Unreadable.
    """

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise Unreadable(f"this has more than {LONGEST} characters; as JSON, that is no limit")
        yaml = _reader()
        self._root = _composed(yaml, text)
        if _size(self._root, {}) > MOST_VALUES:
            raise Unreadable(f"this has more than {MOST_VALUES} values, since its aliases repeat one another")
        self.findings = list(islice(_breaches(self._root, (), ()), MOST_BREACHES))
        self.value = None if self.findings else _constructed(yaml, self._root, text)

    def problems(self, findings: Iterable[Finding], file: str) -> list[Problem]:
        """Findings with their places in this text, in its order; `file` is its name."""
        found = []
        for finding in findings:
            parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in finding.path)
            path = "".join(parts).removeprefix(".")
            found.append(Problem(file, *self._place(finding), printable(path), printable(finding.message)))
        return sorted(found, key=lambda problem: (problem.line, problem.column, problem.path))

    def _place(self, finding: Finding) -> Place:
        """Where a finding is, if it does not say so itself. If its path leads to nothing, the place of the last thing
        on it; of twin keys, the last; a value that is left out has the place of its key, since the parser puts it
        where the next thing is.
        """
        if finding.place:
            return finding.place
        node, at = self._root, self._root
        for step in finding.path:
            key, node = next(
                ((key, value) for key, name, value in reversed(list(_children(node))) if name == step), (None, node)
            )
            left_out = node.value == "" and node.start_mark.index == node.end_mark.index
            at = key if key is not None and (finding.on_key or left_out) else node
        return _start(at)


def _reader() -> YAML:
    """What reads YAML 1.2, in which dates and `=` are texts."""
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor

    class Texts(SafeConstructor):
        def whole(self, node: Node) -> int:
            return _as_written(self.construct_yaml_int(node), _Whole, node)

        def broken(self, node: Node) -> float:
            return _as_written(self.construct_yaml_float(node), _Broken, node)

    for tag in ("timestamp", "value"):
        Texts.add_constructor(f"tag:yaml.org,2002:{tag}", SafeConstructor.construct_yaml_str)
    Texts.add_constructor("tag:yaml.org,2002:int", Texts.whole)
    Texts.add_constructor("tag:yaml.org,2002:float", Texts.broken)
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = Texts
    yaml.constructor.allow_duplicate_keys = True
    return yaml


def _as_written(number: T, kind: Callable[[T], Any], node: Node) -> T:
    """A number of a node, which shows itself as the text has it."""
    if str(number) == node.value:
        return number
    made = kind(number)
    made.text = node.value
    return made  # type: ignore[no-any-return]


def _composed(yaml: YAML, text: str) -> Node:
    """The root node of a text. Tabs between tokens, which YAML allows and the library does not, are taken for spaces.
    Raises Unreadable.
    """
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        node: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        if (spaced := _without_tab(text, error)) is not None and text.count("\t") * len(text) <= MOST_TABS:
            return _composed(_reader(), spaced)
        raise _unreadable(error, text) from None
    except ReaderError as error:
        line, column = text.count("\n", 0, error.position), error.position - text.rfind("\n", 0, error.position) - 1
        sign = text[error.position : error.position + 1] or "\0"
        why = f"U+{ord(sign):04X} cannot stand in YAML; in double quotes it can be written as \\u{ord(sign):04x}"
        raise Unreadable(why, Place(line + 1, column + 1)) from None
    except (YAMLError, ValueError) as error:
        raise Unreadable(f"this is not YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise Unreadable("this is nested too deeply") from None
    if node is None:
        raise Unreadable("the file is empty")
    return node


def _without_tab(text: str, error: MarkedYAMLError) -> str | None:
    """The text with a space in place of the tab that an error is about; None if it is not, or if the tab indents."""
    mark = error.problem_mark
    if mark is None or "'\\t'" not in str(error.problem):
        return None
    before = text[: mark.index].rpartition("\n")[2]
    return f"{text[: mark.index]} {text[mark.index + 1 :]}" if before.strip() else None


def _constructed(yaml: YAML, node: Node, text: str) -> Any:
    """The plain values of a node. Raises Unreadable."""
    from ruamel.yaml.error import MarkedYAMLError

    try:
        return yaml.constructor.construct_document(node)
    except MarkedYAMLError as error:
        raise _unreadable(error, text) from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise Unreadable(f"this cannot be read: {error}", _start(node)) from None


def _unreadable(error: MarkedYAMLError, text: str) -> Unreadable:
    from emulator.scenario.files.syntax import Mistake, meant  # rare, and a start can do without

    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Unreadable(f"this is not YAML: {error.problem or error.context}")
    begin = error.context_mark or mark
    where = (mark.line, mark.column, (begin.line, begin.column))
    found = meant(text, Mistake(error.problem or "", error.context or "", *where))
    return Unreadable(str(found), Place(found.line + 1, found.column + 1))


def _size(node: Node, known: dict[int, int]) -> int:
    """How many values a node has, repeated ones counted each time, one that contains itself once. `known` by id."""
    if id(node) not in known:
        known[id(node)] = 1
        known[id(node)] += sum(_size(child, known) for _, _, child in _children(node))
    return known[id(node)]


def _breaches(node: Node, path: Path, parents: tuple[Node, ...]) -> Iterator[Finding]:
    """What breaks YAML's own rules in a node with this path, inside these parents."""
    if any(node is parent for parent in parents):
        yield Finding(path, "this contains itself", place=_start(node))
        return
    if isinstance(node.value, str) and len(node.value) > MOST_DIGITS and str(node.tag).endswith((":int", ":float")):
        yield Finding(path, f"this number has more than {MOST_DIGITS} digits", place=_start(node))
    seen: set[Any] = set()
    for key, name, child in _children(node):
        if key is not None and name in seen:
            yield Finding((*path, name), f"the key '{name}' comes twice", on_key=True, place=_start(key))
        seen.add(name)
        yield from _breaches(child, (*path, name), (*parents, node))


def _children(node: Node) -> Iterator[tuple[Node | None, str | int, Node]]:
    """Key node, key as text, and value of each member of a map; None, index, and value of each element of a list."""
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    if isinstance(node, MappingNode):
        yield from ((key, str(key.value), value) for key, value in node.value)
    elif isinstance(node, SequenceNode):
        yield from ((None, index, value) for index, value in enumerate(node.value))


def _start(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
