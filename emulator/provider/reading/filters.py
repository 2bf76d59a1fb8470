"""Reads the filters of a search in trackings: an array, or one alone. Pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, convert

from emulator.errors import Json
from emulator.provider.reading.forgiving import parse
from emulator.provider.reading.leniency import lenient, told
from emulator.validation import schema
from emulator.validation.shape import shape_of
from emulator.validation.strict import Invalid, Malformed
from emulator.validation.wording import shown, worded


class Filter(Struct, frozen=True, rename="camel"):
    """One filter of a search: what is tracked whose field compares so with the term."""

    field_name: str
    search_term: str
    search_operator: str = "is"


def filters(
    body: bytes, name: str, entity: str, spelled: Callable[[Json], Json] = lambda found: found
) -> tuple[list[Filter], tuple[str, ...]]:
    """The filters of a body that keeps the schema of this name, and remarks on it in words; an empty body has none.
    Members that are empty count as absent, operators are read in any case, and `spelled` brings the rest of a filter
    into the documented spelling. Raises Malformed, or Invalid with the `entity` that the body should have been.
    """
    raw = parse(body) if body.strip() else []
    if not isinstance(raw, (dict, list)):
        raise Malformed(f"The body must be an array of filters; found {shown(raw)}")
    found = raw if isinstance(raw, list) else [raw] if raw else []
    value = [spelled(_kept(each)) if isinstance(each, dict) else each for each in found]
    if not schema.valid(name, value):
        raise Invalid(entity, worded(schema.violations(name, value), raw, {}))
    remarks = lenient(value, shape_of(name))
    return convert(value, list[Filter]), told(remarks, raw, {}) if remarks else ()


def _kept(found: Json) -> Json:
    """A filter without empty members, its operator in the documented spelling."""
    kept = {key: value for key, value in found.items() if value not in (None, "")}
    if isinstance(kept.get("searchOperator"), str):
        kept["searchOperator"] = kept["searchOperator"].strip().lower()
    return kept
