"""All kinds of journal entries: none is forgotten anywhere."""

from __future__ import annotations

import re
from inspect import getdoc
from typing import get_args

import pytest

from emulator.client import words
from emulator.control.openapi import control
from emulator.journal.entry import Details, Kind
from emulator.journal.kinds import SHAPES
from emulator.page.page import FOLDER
from tests.support.calls import CALLS


def shapes_below(base: type[Details]) -> set[type[Details]]:
    """All of the package's structs that are made of this one."""
    return {found for each in base.__subclasses__() for found in (each, *shapes_below(each))}


def test_each_kind_has_one_struct() -> None:
    """And no struct is left out of the table."""
    assert set(SHAPES) == set(Kind)
    assert set(SHAPES.values()) == shapes_below(Details)
    assert all(shape.kind is kind for kind, shape in SHAPES.items())


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_says_when_it_is_written_and_has_words(kind: Kind) -> None:
    """Its members are explained where they are."""
    shape = SHAPES[kind]
    told = getdoc(shape) or ""
    assert shape.text is not Details.text
    assert told.endswith(".")
    assert [
        name for name in shape.__struct_encode_fields__ if not re.search(rf"`{name}`", told + inherited(shape))
    ] == []


def inherited(shape: type[Details]) -> str:
    """The docstring of the struct that this one's members come from."""
    return getdoc(shape.__mro__[1]) or ""


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_documented(kind: Kind) -> None:
    """In the OpenAPI document: where entries are described, and where they are asked for."""
    document = control(CALLS)
    entry = document["components"]["schemas"]["ShownEntry"]["properties"]
    (query,) = [each for each in document["paths"]["/_emulator/journal"]["get"]["parameters"] if each["name"] == "kind"]
    assert f"{kind}: " in entry["kind"]["description"]
    assert re.search(rf"[ ,]{kind}[,.]", query["schema"]["description"])
    assert {"text", "data"} <= entry.keys()


def test_the_page_offers_all_kinds() -> None:
    """In the filter of its journal."""
    script = (FOLDER / "views" / "journal.js").read_text("utf-8")
    (offered,) = re.findall(r"^const KINDS = \[(.*?)\];", script, re.MULTILINE)
    assert set(re.findall(r'"([^"]+)"', offered)) == set(Kind)


def test_the_client_names_all_kinds() -> None:
    """In the type of what `journal` may be asked for."""
    assert get_args(words.Kind) == tuple(Kind)
