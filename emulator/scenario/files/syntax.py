"""What is wrong with a text that is not YAML, in plain words, with the line as it should be.

The YAML library says what it met and where; what was meant is guessed from the lines around. A guess that is wrong is
still a hint, since the place and the library's own words are there too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Final, NamedTuple


class Mistake(NamedTuple):
    """Where a text breaks YAML's rules, `line` and `column` counted from 0; the library's words on it; and `begin`, the
    line and column where what it was reading begins.
    """

    problem: str
    context: str
    line: int
    column: int
    begin: tuple[int, int]


class Meant(NamedTuple):
    """What is wrong at a line and column, counted from 0, and the line as it should be, if it can be guessed."""

    line: int
    column: int
    why: str
    should: str = ""

    def __str__(self) -> str:
        return self.why + (f"; did you mean `{self.should.rstrip()}`?" if 0 < len(self.should) <= _LONGEST else "")


_LONGEST: Final = 200
"""How long a line may be that a message shows."""
_PREFIX: Final = re.compile(r"\s*(?:- +)*")
_QUOTED_BEFORE: Final = re.compile(r"""(?<![^\s\[{,:])(['"])[^'"]*\1(\s*)$""")
"""A quoted text at the end of what stands before a mistake."""
_CLOSERS: Final = MappingProxyType({"[": "]", "{": "}"})


def meant(text: str, mistake: Mistake) -> Meant:
    """What is wrong with a text, and what was probably meant."""
    lines = text.splitlines() or [""]
    lines += [""] * (mistake.line + 1 - len(lines))
    for number in range(mistake.line, max(-1, mistake.line - 2), -1):
        if stuck := re.fullmatch(r"(\s*)-([A-Za-z_]\w*:(?:\s.*)?)", lines[number]):
            return Meant(number, len(stuck[1]), "a space is missing after the dash", f"{stuck[1]}- {stuck[2]}")
    for pattern, explain in _EXPLAIN:
        if re.search(pattern, f"{mistake.context}: {mistake.problem}"):
            return explain(lines, mistake)
    words = mistake.problem if not mistake.problem.startswith("but") else f"{mistake.context}, {mistake.problem}"
    return Meant(mistake.line, mistake.column, f"this is not YAML: {words or mistake.context}")


def _second_colon(lines: list[str], mistake: Mistake) -> Meant:
    """A colon where none may be: in a text, or because of the line before."""
    line, before = lines[mistake.line], lines[mistake.line][: mistake.column]
    found = re.match(r"^(\s*(?:- +)*[^\s:]+:\s+)(.*\S)\s*$", line)
    if found and re.search(r":\s", before):
        why = "a text with a colon and a space in it needs quotes"
        return Meant(mistake.line, len(found[1]), why, f"{found[1]}{_quoted(found[2])}")
    above = next((number for number in range(mistake.line - 1, -1, -1) if lines[number].strip()), None)
    if above is None:
        return _indented(lines, mistake)
    prefix, name, colon, rest = _parts(lines[above])
    if not colon:
        word, _, value = name.partition(" ")
        should = f"{prefix}{word}: {value}".rstrip()
        return Meant(above, len(prefix) + len(word), "a colon is missing here", should)
    if rest and not rest[0].isspace():
        why = "a space is missing after the colon"
        return Meant(above, len(prefix) + len(name) + 1, why, f"{prefix}{name}: {rest}")
    return _indented(lines, mistake)


def _no_colon(lines: list[str], mistake: Mistake) -> Meant:
    line, column = mistake.begin
    return Meant(line, column, "a colon is missing here", f"{lines[line].rstrip()}:")


def _indented(lines: list[str], mistake: Mistake) -> Meant:
    """A line that begins where no line above does."""
    line = lines[mistake.line]
    indent, rest = len(line) - len(line.lstrip()), line.lstrip()
    columns = [column for above in lines[: mistake.line] for column in _begins(above, dash=rest.startswith("-"))]
    why = "this line's indentation fits none of the lines above"
    if not columns:
        return Meant(mistake.line, indent, why)
    nearest = min(reversed(columns), key=lambda column: abs(column - indent))
    why += f": it begins in column {indent + 1}, they in {nearest + 1}"
    return Meant(mistake.line, indent, why, " " * nearest + rest)


def _begins(line: str, *, dash: bool) -> Iterable[int]:
    """The columns in which the keys of a line begin, or its dashes."""
    prefix = _parts(line)[0]
    if dash:
        return [index for index, sign in enumerate(prefix) if sign == "-"]
    return [len(prefix)] if line.strip() and not line.lstrip().startswith("#") else []


def _after_quote(lines: list[str], mistake: Mistake) -> Meant:
    line = lines[mistake.line]
    found = re.match(r"""^(\s*(?:- +)*[^\s:]+:\s+)(['"])(.*)$""", line.rstrip())
    why = "a quoted text ends before this; what follows belongs to nothing"
    if not found:
        return Meant(mistake.line, mistake.column, why)
    text = found[3][:-1] if found[3].endswith(found[2]) else found[3].replace(found[2], "", 1)
    other = "'" if '"' in text and "'" not in text else '"'
    return Meant(mistake.line, mistake.column, why, f"{found[1]}{other}{text}{other}")


def _open_quote(lines: list[str], mistake: Mistake) -> Meant:
    line, column = mistake.begin
    whole = lines[line].rstrip()
    end = column + len(whole[column:].rstrip(" \t}],"))
    return Meant(line, column, "the quote that opens here is never closed", whole[:end] + whole[column] + whole[end:])


def _tab(lines: list[str], mistake: Mistake) -> Meant:
    return Meant(
        mistake.line, mistake.column, "a tab cannot indent; write spaces", lines[mistake.line].replace("\t", "  ")
    )


def _escape(lines: list[str], mistake: Mistake) -> Meant:
    line, column = mistake.begin
    whole = lines[line]
    found = re.compile(r'"((?:\\.|[^"\\])*)"').match(whole, column)
    why = "in double quotes a backslash begins an escape, and this is none; single quotes leave it alone"
    if not found or line != mistake.line:
        return Meant(mistake.line, mistake.column, why)
    text = found[1].replace('\\"', '"').replace("'", "''")
    return Meant(mistake.line, mistake.column, why, f"{whole[:column]}'{text}'{whole[found.end() :]}")


def _sign(lines: list[str], mistake: Mistake) -> Meant:
    """A text that begins with a sign that means something to YAML."""
    at, column = (
        mistake.begin if mistake.context and mistake.begin[0] == mistake.line else (mistake.line, mistake.column)
    )
    line = lines[at]
    if "alias" in mistake.problem or "tag" in mistake.problem:
        column = mistake.column
    flow = re.search(r"[\[{]", line[:column])
    found = re.compile(r"[^,\]}#]*[^,\]}#\s]" if flow else r".*\S").match(line, column)
    sign = line[column : column + 1]
    why = f"a text that begins with {sign or 'such a sign'} needs quotes"
    if not found:
        return Meant(at, column, why)
    return Meant(at, column, why, f"{line[:column]}{_quoted(found[0])}{line[found.end() :]}")


def _flow(lines: list[str], mistake: Mistake) -> Meant:
    """A list or map in brackets that goes on where it may not."""
    line, column = mistake.begin
    opener = lines[line][column : column + 1]
    if mistake.problem.endswith("got ':'") and line == mistake.line:
        here = lines[line]
        word = len(here[: mistake.column].rstrip()) - len(re.split(r"[\s{\[,]", here[: mistake.column].rstrip())[-1])
        should = f"{here[:word].rstrip()}, {here[word:]}"
        return Meant(line, word, "a comma is missing before this", should)
    quote = _QUOTED_BEFORE.search(lines[mistake.line][: mistake.column])
    if quote and mistake.problem.endswith("got '<scalar>'"):
        return _inner_quote(lines[mistake.line], mistake, quote)
    closer = _CLOSERS.get(opener, "")
    found = re.search(r"got '([\]}])'$", mistake.problem)
    whole = lines[line].rstrip()
    if found and line == mistake.line:
        should = whole[: mistake.column].rstrip() + closer + " " + whole[mistake.column :]
        return Meant(line, column, f"the {opener} that opens here is not closed before the {found[1]}", should)
    return Meant(line, column, f"the {opener} that opens here is never closed", f"{whole} {closer}" if closer else "")


def _inner_quote(line: str, mistake: Mistake, opened: re.Match[str]) -> Meant:
    """A quoted text in brackets that a quote inside it ends, as in { text: 'it's' }."""
    quote, ended = opened[1], mistake.column
    if line.startswith("//", ended):
        return Meant(mistake.line, ended, "a comment begins with #, not with //", f"{line[:ended]}#{line[ended + 2 :]}")
    if opened[2]:
        return Meant(mistake.line, ended, "a quoted text ends before this; a comma is missing, or a quote is too much")
    closed = re.compile(rf"(?P<rest>.*?){quote}\s*(?:[,\]}}]|:\s|$)").match(line, ended)
    why = f"a quoted text ends before this, at a {quote} in it"
    if not closed:
        return Meant(mistake.line, ended, why)
    text = line[opened.start(1) + 1 : closed.end("rest")]
    end = closed.end("rest") + 1
    return Meant(mistake.line, ended, why, f"{line[: opened.start(1)]}{_quoted(text)}{line[end:]}")


def _open_bracket(lines: list[str], mistake: Mistake) -> Meant:
    """A bracket that is open at the end: the last one that no other closes."""
    open_ones: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        for found in re.finditer(r"""'[^']*'|"(?:\\.|[^"\\])*"|(?<!\S)#.*|[\[{\]}]""", line):
            if found[0] in _CLOSERS:
                open_ones.append((number, found.start()))
            elif found[0] in _CLOSERS.values() and open_ones:
                open_ones.pop()
    begin = open_ones[-1] if open_ones else (mistake.line, mistake.column)
    return _flow(lines, mistake._replace(begin=begin, problem=""))


def _here(why: str) -> Callable[[list[str], Mistake], Meant]:
    """Explains what is wrong where the library met it, whatever the lines around say."""
    return lambda _, mistake: Meant(mistake.line, mistake.column, why)


def _parts(line: str) -> tuple[str, str, str, str]:
    """A line's indentation with its dashes, what may be a key, a colon if there is one, and the rest with its space."""
    prefix = _PREFIX.match(line)
    assert prefix
    key, colon, rest = line[prefix.end() :].partition(":")
    return prefix[0], key, colon, rest


def _quoted(text: str) -> str:
    return f'"{text}"' if '"' not in text and "\\" not in text else "'" + text.replace("'", "''") + "'"


_EXPLAIN: Final[tuple[tuple[str, Callable[[list[str], Mistake], Meant]], ...]] = (
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _no_colon),
    ("<block end>, but found '[\\]}]'", _here("this bracket closes nothing")),
    ("<block end>, but found '(<block|-)", _indented),
    ("<block end>, but found '<scalar>'", _after_quote),
    ("unexpected end of stream", _open_quote),
    (r"found character '\\t'", _tab),
    ("unknown escape character|expected escape sequence", _escape),
    (
        "cannot start any token|undefined alias|constructor for the tag|scanning an? (anchor|alias|block scalar|tag)",
        _sign,
    ),
    ("expected ',' or '[\\]}]'", _flow),
    ("node content, but found '<stream end>'", _open_bracket),
    ("node content, but found '[\\]},]'", _here("something is missing before this, or it is one too much")),
    ("but found another document", _here("a file has one scenario; the line --- begins another document")),
)
"""The library's words on a mistake, as a regular expression, and what explains it."""
