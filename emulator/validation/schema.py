"""Holding a value against a JSON Schema: a verdict, and all errors of what is refused.

Two libraries read the same files, each imported when first needed. jsonschema-rs gives the verdict and the errors.
jsonschema is the reference, and lists the errors of values with very many, since it can stop at the first ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

from msgspec import Struct, json

from emulator.errors import Json
from emulator.shipped import folder

BASE: Final = "https://failover-emulator.invalid/schemas/"
DECIMALS: Final = "decimals"
"""The one keyword of our own: how many decimals a number may have. `multipleOf` fails on numbers like 0.3."""
MOST: Final = 1000
"""How many errors of one value are listed."""
FEW: Final = 300
"""Up to how many array elements of a value jsonschema-rs lists the errors, since it always lists all."""


class Violation(Struct, frozen=True):
    """One error: the keyword that is broken, what it demands, what was found, the schema that the keyword stands in,
    and the path of what was found.
    """

    validator: str
    validator_value: Any
    instance: Any
    schema: Json
    absolute_path: list[str | int]


def has_decimals(number: object, most: int) -> bool:
    """Whether a value is a number with more decimals than `most`."""
    return isinstance(number, float) and round(number, most) != number


class _Decimals:
    """jsonschema-rs's form of the keyword."""

    def __init__(self, _parent: Json, value: int, _path: list[str | int]) -> None:
        self._most = value

    def validate(self, instance: object) -> None:
        if has_decimals(instance, self._most):
            raise ValueError(instance)


@cache
def _schema(name: str) -> Json:
    found: Json = json.decode((folder("schemas") / f"{name}.json").read_bytes())
    return found


def rules(name: str, *path: str) -> Json:
    """A part of the shipped schema of this name; a step into an array is its index."""
    found: Any = _schema(name)
    for step in path:
        found = found[int(step) if isinstance(found, list) else step]
    return found  # type: ignore[no-any-return]


def _retrieved(uri: str) -> Json:
    return _schema(uri.removeprefix(BASE).removesuffix(".json"))


@cache
def _fast(name: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(_schema(name), retriever=_retrieved, keywords={DECIMALS: _Decimals})


@cache
def _full(name: str) -> Any:
    from jsonschema import Draft202012Validator, ValidationError, validators
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    def decimals(_: Any, most: int, instance: object, __: Json) -> Iterator[ValidationError]:
        if has_decimals(instance, most):
            yield ValidationError(f"{instance} has more than {most} decimals")

    def retrieved(uri: str) -> Any:
        return DRAFT202012.create_resource(_undialected(_retrieved(uri)))

    validator = validators.extend(Draft202012Validator, {DECIMALS: decimals})
    return validator(_schema(name), registry=Registry(retrieve=retrieved))  # type: ignore[call-arg]


def _undialected(schema: Json) -> Json:
    """The schema without `$schema`, at which jsonschema would go back to a validator that lacks our keyword."""
    return {key: value for key, value in schema.items() if key != "$schema"}


def valid(name: str, value: object) -> bool:
    """Whether a value obeys the shipped schema of this name."""
    verdict: bool = _fast(name).is_valid(value)
    return verdict


def violations(name: str, value: object) -> list[Violation]:
    """The errors of a value: all of them, up to a limit that no honest value reaches."""
    if _elements(value) <= FEW:
        found = list(_fast(name).iter_errors(value))
        if len(found) < MOST and all(error.absolute_keyword_location for error in found):
            return [_violation(error, value) for error in found]
    return reference(name, value)


def reference(name: str, value: object) -> list[Violation]:
    """The errors of a value as jsonschema lists them, up to the same limit."""
    found = islice(_full(name).iter_errors(value), MOST)
    return [
        Violation(each.validator, each.validator_value, each.instance, each.schema, list(each.absolute_path))
        for each in found
    ]


def _violation(error: Any, value: Any) -> Violation:
    """An error of jsonschema-rs."""
    path = error.instance_path
    for key in path:
        value = value[key]
    keyword, schema = _keyword(error.absolute_keyword_location)
    return Violation(keyword, schema[keyword], value, schema, path)


@cache
def _keyword(location: str) -> tuple[str, Json]:
    """A keyword and the schema that it stands in, of its URI: `https://.../sms-step.json#/properties/ttl/minimum`."""
    name, _, pointer = location.removeprefix(BASE).partition(".json#/")
    *path, keyword = pointer.split("/")
    return keyword, rules(name, *path)


def _elements(value: object) -> int:
    """How many elements the arrays of a value have."""
    if isinstance(value, dict):
        return sum(map(_elements, value.values()))
    return len(value) + sum(map(_elements, value)) if isinstance(value, list) else 0
