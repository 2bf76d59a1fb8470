"""Strict JSON."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.validation.strict import DEEPEST, Malformed, Reader, members, no_constant, reread
from tests.support.bodies import json_values

parse = Reader().read


def refused(body: bytes) -> str:
    """What is said of a body that is refused."""
    with pytest.raises(Malformed) as caught:
        parse(body)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a":[1,-2.5,true,null,"x"]}', {"a": [1, -2.5, True, None, "x"]}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b' {\n\t"a" : 1 }\r\n', {"a": 1}),
        (rb'"\u002B30\/\ud83d\ude00"', "+30/😀"),
        (b"999999999999999999", 10**18 - 1),
        (b"-999999999999999999", 1 - 10**18),
        (b"12345678901234567890", 1.2345678901234567e19),
        (b"1e308", 1e308),
        (b'{"a":{"b":1},"b":1}', {"a": {"b": 1}, "b": 1}),
    ],
)
def test_every_form_of_json_is_read(body: bytes, value: object) -> None:
    """Marks, escapes, white space and long numbers are all JSON."""
    assert parse(body) == value


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "The body is empty; it must be JSON"),
        (b" \n", "The body is empty; it must be JSON"),
        (b"{", "The body is not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        (b'{\n "a": x}', "The body is not JSON: Expecting value at line 2, column 7"),
        (b"1 2", "The body is not JSON: Extra data at line 1, column 3"),
        (b'"a\nb"', "The body is not JSON: Invalid control character at line 1, column 3"),
        (b'{"a":1,"b":2,"a":3}', "The body has the key 'a' twice in one object"),
        (rb'{"\ud800":1,"\ud800":3}', r"The body has the key '\ud800' twice in one object"),
        (b"[NaN]", "The body has NaN, which JSON does not know"),
        (b"[-Infinity]", "The body has -Infinity, which JSON does not know"),
        (b"1e400", "The body has the number 1e400, which is too big"),
        (b"[-" + b"9" * 5000 + b"]", f"The body has the number -{'9' * 39}, which is too big"),
        (b'"\xff"', "The body is not UTF-8: byte 1 is 0xff"),
        (b'"\xed\xa0\x80"', "The body is not UTF-8: byte 1 is 0xed"),
        (rb'["\ud800"]', r"The body has a lone surrogate, \ud800"),
        (rb'{"\udc00x":1}', r"The body has a lone surrogate, \udc00"),
        ('"a"'.encode("utf-16"), "The body is not UTF-8: byte 0 is 0xff"),
    ],
)
def test_what_is_not_strict_json_is_refused_in_words(body: bytes, told: str) -> None:
    """The text says what is wrong, and where if Python knows it."""
    assert refused(body) == told


@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_a_body_may_be_nested_up_to_a_limit(start: str, end: str) -> None:
    """64 levels are read, 65 are not."""
    parse((start * DEEPEST + "1" + end * DEEPEST).encode())
    assert refused((start * 65 + "1" + end * 65).encode()) == "The body is nested deeper than 64 levels"


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000])
def test_nesting_without_end_is_refused(body: bytes) -> None:
    """Python's RecursionError becomes Malformed."""
    assert refused(body) == "The body is nested deeper than 64 levels"


def test_many_brackets_are_not_deep() -> None:
    """Only brackets within brackets count: not those beside each other, nor those in texts."""
    value = [[], {}, {"a": "[[" * 100}, 'quoted "[" and \\'] * 100
    assert parse(json.dumps(value).encode()) == value


def test_the_hooks_serve_readers_with_other_limits() -> None:
    """A key twice and constants are refused there too; that reader sets its own limits for numbers and nesting."""

    def lenient(text: str) -> Any:
        return json.loads(text, object_pairs_hook=members, parse_constant=no_constant)

    assert lenient("[" * 100 + f"{10**30}" + "]" * 100) is not None
    for text, told in (('{"a":1,"a":2}', "the key 'a' twice"), ('{"a":NaN}', "has NaN"), ("Infinity", "has Infinity")):
        with pytest.raises(Malformed, match=told):
            lenient(text)


def test_objects_are_made_as_the_reader_is_told_inner_ones_first() -> None:
    """Each from its members in the order of the text, twins included."""
    seen: list[list[str]] = []

    def whole(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen.append([key for key, _ in pairs])
        return dict(pairs)

    assert Reader(whole).read(b'{"b":{"c":1,"c":2},"a":3}') == {"b": {"c": 2}, "a": 3}
    assert seen == [["c", "c"], ["b", "a"]]


@given(json_values())
def test_what_python_writes_is_read_back(value: Any) -> None:
    """Reading strict JSON loses nothing."""
    assert parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=60) | st.text('{}[]":,\\u0d8aN1eE+-. ', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Malformed is the only exception."""
    with suppress(Malformed):
        parse(body)


def test_a_body_that_was_read_is_reread_as_it_was_written() -> None:
    """With empty members, a byte order mark, and all digits of a number, of which a reader takes those of a float."""
    for body in (b'{"a":"","b":{}}', b'\xef\xbb\xbf{"a":1}', b"[1.50, 1e300]"):
        assert reread(body) == Reader().read(body)
    assert reread(b"[12345678901234567891]") == [12345678901234567891]
