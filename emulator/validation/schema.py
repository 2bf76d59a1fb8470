"""Checks a value against a shipped JSON Schema: a verdict, and the errors of a value that is refused.

Two libraries read the same files, each imported when first needed. jsonschema-rs gives the verdict, and the errors
unless they may be very many: it always lists all of them. jsonschema is the reference, and can stop after the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import Any, ClassVar, Final

from msgspec import Struct, json

from emulator.errors import Json
from emulator.shipped import folder
from emulator.validation.hints import units

BASE: Final = "https://failover-emulator.invalid/schemas/"
MOST: Final = 1000
"""How many errors of one value are listed at most."""
FEW: Final = 300
"""jsonschema-rs lists the errors of a value whose arrays have at most so many elements in all; jsonschema of others."""


class Violation(Struct, frozen=True):
    """One error, named as jsonschema names it: the keyword that is violated and its value, the value that was found
    (`instance`) and its path, and the schema that holds the keyword.
    """

    validator: str
    validator_value: Any
    instance: Any
    schema: Json
    absolute_path: list[str | int]


def has_decimals(number: object, most: int) -> bool:
    """Whether a value is a number with more decimals than `most`."""
    return isinstance(number, float) and rounded(number, most) != number


rounded: Final = lru_cache(1024)(round)
"""Rounds a number to so many decimals, which takes a while, and most bodies have the same few."""


def is_longer(text: object, most: int) -> bool:
    """Whether a value is a text with more UTF-16 units than `most`."""
    return isinstance(text, str) and len(text) > most // 2 and units(text) > most


OWN: Final[Mapping[str, Callable[[object, int], bool]]] = {"decimals": has_decimals, "maxLength": is_longer}
"""The keywords that mean something of our own, each with what breaks it. `decimals` is how many decimals a number may
have, since `multipleOf` fails on binary fractions such as 0.3. `maxLength` counts UTF-16 units, not code points.
"""


class _Own:
    """A keyword of our own as jsonschema-rs wants it: a class made for each use in a schema."""

    breaks: ClassVar[Callable[[object, int], bool]]

    def __init__(self, _parent: Json, value: int, _path: list[str | int]) -> None:
        self._most = value

    def validate(self, instance: object) -> None:
        if type(self).breaks(instance, self._most):
            raise ValueError(instance)


@cache
def _schema(name: str) -> Json:
    found: Json = json.decode((folder("schemas") / f"{name}.json").read_bytes())
    return found


def names() -> list[str]:
    """The names of all shipped schemas, such as `failover`."""
    return sorted(path.stem for path in folder("schemas").glob("*.json"))


def placed(name: str, url: str) -> Json:
    """A shipped schema that says that it lies below this URL, which its references to others lead to."""
    return _schema(name) | {"$id": f"{url}/{name}.json"}


def rules(name: str, *path: str) -> Json:
    """The part of a shipped schema at a path of keys; an array's key is its index in digits. Raises KeyError."""
    found: Any = _schema(name)
    for step in path:
        found = found[int(step) if isinstance(found, list) else step]
    return found  # type: ignore[no-any-return]


def whole(part: Json) -> Json:
    """A part of a schema together with what its `$ref` to another file leads to."""
    file, _, inside = part.get("$ref", "").partition(".json#/")
    return rules(file, *inside.split("/")) | part if inside else part


def _retrieved(uri: str) -> Json:
    return _schema(uri.removeprefix(BASE).removesuffix(".json"))


@cache
def _fast(name: str) -> Any:
    import jsonschema_rs

    keywords = {keyword: type(keyword, (_Own,), {"breaks": staticmethod(breaks)}) for keyword, breaks in OWN.items()}
    return jsonschema_rs.Draft202012Validator(_schema(name), retriever=_retrieved, keywords=keywords)


@cache
def _full(name: str) -> Any:
    from jsonschema import Draft202012Validator, ValidationError, validators
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    def own(breaks: Callable[[object, int], bool]) -> Any:
        def errors(_: Any, most: int, instance: object, __: Json) -> Iterator[ValidationError]:
            if breaks(instance, most):
                yield ValidationError(f"{instance} breaks {most}")

        return errors

    def retrieved(uri: str) -> Any:
        # without `$schema`, at which jsonschema would go back to a validator that lacks our keywords
        schema = {key: value for key, value in _retrieved(uri).items() if key != "$schema"}
        return DRAFT202012.create_resource(schema)

    validator = validators.extend(Draft202012Validator, {keyword: own(breaks) for keyword, breaks in OWN.items()})
    return validator(_schema(name), registry=Registry(retrieve=retrieved))  # type: ignore[call-arg]


def valid(name: str, value: object) -> bool:
    """Whether a value obeys the shipped schema of this name, such as `failover`."""
    verdict: bool = _fast(name).is_valid(value)
    return verdict


def violations(name: str, value: object) -> list[Violation]:
    """The errors of a value; the first MOST of them, if there are more."""
    if _has_few(value):
        found = list(_fast(name).iter_errors(value))
        if len(found) < MOST and all(error.absolute_keyword_location for error in found):
            return [_violation(error, value) for error in found]
    return reference(name, value)


def reference(name: str, value: object) -> list[Violation]:
    """The same as jsonschema lists them, which takes longer: what `violations` is compared with."""
    found = islice(_full(name).iter_errors(value), MOST)
    return [
        Violation(each.validator, each.validator_value, each.instance, each.schema, list(each.absolute_path))
        for each in found
    ]


def _violation(error: Any, value: Any) -> Violation:
    """An error of jsonschema-rs about a part of this value."""
    path = error.instance_path
    for key in path:
        value = value[key]
    keyword, schema = _keyword(error.absolute_keyword_location)
    return Violation(keyword, schema[keyword], value, schema, path)


@cache
def _keyword(location: str) -> tuple[str, Json]:
    """The keyword at a URI such as `https://.../sms-step.json#/properties/ttl/minimum`, and its schema."""
    name, _, pointer = location.removeprefix(BASE).partition(".json#/")
    *path, keyword = pointer.split("/")
    return keyword, rules(name, *path)


def _has_few(value: object) -> bool:
    """Whether the arrays in a value have at most FEW elements in all."""
    elements = 0
    inside = [value]
    for each in inside:  # which grows
        if isinstance(each, list):
            elements += len(each)
            if elements > FEW:
                return False
        elif not isinstance(each, dict):
            continue
        inside += each.values() if isinstance(each, dict) else each
    return True
