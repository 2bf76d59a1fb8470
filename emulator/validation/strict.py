"""Strict JSON: reads what a careful server accepts, and says in words why it refuses the rest.

Python's reader is lenient: it accepts NaN, keeps the last of two equal keys, and takes lone surrogates and numbers of
any size. Each of these would fail later, where the client can no longer be told, so they are refused here. Readers with
other limits take `members` and `no_constant` alone.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable
from json import JSONDecodeError, JSONDecoder, dumps
from math import isinf
from typing import Any, Final, NoReturn

from msgspec import json

from emulator.errors import EmulatorError, Json

DEEPEST: Final = 64
"""How many levels deep a body may be nested."""
LONGEST_INTEGER: Final = 18
"""A whole number of up to so many digits stays one: it is sure to fit in 64 bits. A longer one is read as a float."""
_BESIDE_BRACKETS: Final = r'(?s)"[^"\\]*(?:\\.[^"\\]*)*"|[^"\[\]{}]+'
_SQUARE: Final = str.maketrans("{}", "[]")
_TOO_DEEP: Final = f"The body is nested deeper than {DEEPEST} levels"

Members = list[tuple[str, Any]]
"""An object's members in the order of the text; a key may come twice."""


class Invalid(EmulatorError):
    """The body breaks rules: `entity` is what it should have been, `properties` maps paths to what is wrong there."""

    def __init__(self, entity: str, properties: dict[str, str]) -> None:
        super().__init__(entity, properties)
        self.entity = entity
        self.properties = properties

    def __str__(self) -> str:
        return f"{self.entity}: {self.properties}"


class Malformed(EmulatorError):
    """The body is not strict JSON, or not of the expected kind; the message says what is wrong and where."""


def members(pairs: Members) -> Json:
    """The members as an object: a hook for JSON readers. Raises Malformed if a key comes twice."""
    unique = dict(pairs)
    if len(unique) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise Malformed(f"The body has the key {twice!a:.80} twice in one object")
    return unique


def no_constant(name: str) -> NoReturn:
    """Refuses NaN and Infinity: a hook for JSON readers. Raises Malformed."""
    raise Malformed(f"The body has {name}, which JSON does not know")


class Reader:
    """Reads strict JSON. `whole` makes each object from its members; inner objects come first."""

    def __init__(self, whole: Callable[[Members], Json] = members) -> None:
        self._decoder = JSONDecoder(
            object_pairs_hook=whole, parse_int=_integer, parse_float=_real, parse_constant=no_constant
        )

    def read(self, body: bytes) -> Any:
        """The value of a body in UTF-8, with or without a byte order mark. Raises nothing but Malformed."""
        try:
            text = body.removeprefix(BOM_UTF8).decode()
            value = self._decoder.decode(text)
            if b"\\u" in body:
                dumps(value, ensure_ascii=False).encode()
        except UnicodeDecodeError as error:
            raise Malformed(f"The body is not UTF-8: byte {error.start} is {error.object[error.start]:#04x}") from error
        except UnicodeEncodeError as error:
            raise Malformed(f"The body has a lone surrogate, \\u{ord(error.object[error.start]):04x}") from error
        except JSONDecodeError as error:
            at = f"{error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}"
            empty = not error.doc.strip()
            raise Malformed("The body is empty; it must be JSON" if empty else f"The body is not JSON: {at}") from error
        except RecursionError as error:
            raise Malformed(_TOO_DEEP) from error
        if text.count("{") + text.count("[") > DEEPEST and _deep(text):
            raise Malformed(_TOO_DEEP)
        return value


def reread(body: bytes) -> Any:
    """The value of a body that a Reader has read, as the client wrote it. Nothing is checked again."""
    return json.decode(body.removeprefix(BOM_UTF8))


def _deep(text: str) -> bool:
    """Whether well-formed JSON is nested too deep: removing all innermost brackets, once per level, leaves some."""
    brackets = re.sub(_BESIDE_BRACKETS, "", text).translate(_SQUARE)
    for _ in range(DEEPEST):
        brackets = brackets.replace("[]", "")
    return bool(brackets)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits.removeprefix("-")) <= LONGEST_INTEGER else _real(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise Malformed(f"The body has the number {digits:.40}, which is too big")
    return number
