"""Holding a value against a JSON Schema: a fast verdict for every request, and all errors of a refused one.

Two libraries read the same files: jsonschema-rs gives the verdict, jsonschema, imported only when needed, the errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Final, Protocol

from msgspec import json

from emulator.data import folder
from emulator.model import Json

BASE: Final = "https://failover-emulator.invalid/schemas/"
DECIMALS: Final = "decimals"
"""The one keyword of our own: how many decimals a number may have. `multipleOf` fails on numbers like 0.3."""
MOST: Final = 1000
"""How many errors of one value are listed."""


class Violation(Protocol):
    """What jsonschema says of one error, as far as it is used."""

    validator: str
    validator_value: Any
    instance: Any
    schema: Json
    absolute_path: Any


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
    """A part of the shipped schema of this name, with the part that it refers to in its place."""
    found: Any = _schema(name)
    for step in path:
        found = found[int(step) if isinstance(found, list) else step]
    return found  # type: ignore[no-any-return]


def _retrieved(uri: str) -> Json:
    return _schema(uri.removeprefix(BASE).removesuffix(".json"))


@cache
def _fast(name: str) -> Any:
    import jsonschema_rs  # only unusual requests need it

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
    """The errors of a value in the order of the schema: all of them, up to a limit that no honest value reaches."""
    return list(islice(_full(name).iter_errors(value), MOST))
