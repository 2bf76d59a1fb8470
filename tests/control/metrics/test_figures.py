"""The figures of a scrape have few labels, whatever clients send."""

from __future__ import annotations

from emulator.control.metrics import figures
from emulator.http.log import CLOSED
from emulator.store.found import Group


def test_requests_are_counted_by_known_methods_paths_and_classes() -> None:
    """What else a client makes up is one label."""
    asked, taken = object(), object()
    answered = {
        ("GET", asked): {200: 3, 204: 1, 404: 2},
        ("PURGE", asked): {405: 1},
        ("LINK", asked): {405: 1},
        ("POST", taken): {200: 5, CLOSED: 2},
        ("GET", None): {404: 7},
        ("", None): {400: 1},
    }
    assert figures.requests(answered, {asked: "/flows/{id}", taken: "/failover"}) == {
        ("GET", "/flows/{id}", "2xx"): 4,
        ("GET", "/flows/{id}", "4xx"): 2,
        ("other", "/flows/{id}", "4xx"): 2,
        ("POST", "/failover", "2xx"): 5,
        ("POST", "/failover", "closed"): 2,
        ("GET", "none", "4xx"): 7,
        ("other", "none", "4xx"): 1,
    }


def test_every_state_is_there_even_without_flows() -> None:
    """So a graph has no gaps."""
    assert figures.flows([Group("Viber", 2, []), Group("Failed", 3, [])]) == {
        ("InProgress", "Sms"): 0,
        ("InProgress", "Viber"): 2,
        ("InProgress", "Voice"): 0,
        ("Queued", ""): 0,
        ("Succeeded", ""): 0,
        ("Failed", ""): 3,
    }
