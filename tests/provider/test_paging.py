"""Members of a query, and pages."""

from __future__ import annotations

import pytest

from emulator.provider import paging
from emulator.provider.paging import Paging


def test_a_query_names_a_page() -> None:
    """Without its members the first one, of the usual size."""
    wrong: dict[str, str] = {}
    assert paging.paging({}, 20, wrong) == Paging(0, 20)
    assert paging.paging({"page": "2", "size": "5"}, 20, wrong).offset == 10
    assert wrong == {}


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"page": "-1"}, {"page": "must be a whole number from 0; found '-1'"}),
        ({"size": "2001"}, {"size": "must be a whole number from 1 to 2000; found '2001'"}),
        ({"page": "x", "size": "0"}, {"page": "must be a whole number from 0; found 'x'"}),
    ],
)
def test_wrong_members_are_collected(query: dict[str, str], wrong: dict[str, str]) -> None:
    """So that all can be told at once."""
    told: dict[str, str] = {}
    paging.paging(query, 20, told, 2000)
    assert told.items() >= wrong.items()


def test_a_time_is_read_to_the_minute_or_told_what_it_should_be() -> None:
    """Without one it is open."""
    wrong: dict[str, str] = {}
    assert paging.time({"from": "2026-01-01T00:00Z"}, "from", wrong) == 1_767_225_600_000
    assert (paging.time({}, "from", wrong), paging.time({"from": "soon"}, "from", wrong)) == (None, None)
    assert wrong["from"].startswith("must be a time such as 2026-01-01T00:00Z")


@pytest.mark.parametrize(
    ("asked", "total", "told"),
    [(Paging(0, 20), 0, (True, True, 0)), (Paging(0, 1), 2, (True, False, 2)), (Paging(1, 1), 2, (False, True, 2))],
)
def test_a_page_knows_whether_it_is_the_first_or_the_last(
    asked: Paging, total: int, told: tuple[bool, bool, int]
) -> None:
    """An empty one is both."""
    page = paging.page([], asked, total)
    assert (page["first"], page["last"], page["totalPages"]) == told
