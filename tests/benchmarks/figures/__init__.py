"""What is measured, one function for each figure. Its docstring is its title; it gives the values of one round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from tests.benchmarks.figures import browser, callbacks, crossings, databases, lifetime, posts, size
from tests.benchmarks.metering import Subject
from tests.benchmarks.values import Value

Figure = Callable[[Subject], Iterable[Value]]

FIGURES: Final[tuple[Figure, ...]] = (
    posts.posts_in_memory,
    posts.posts_on_a_file,
    posts.one_step,
    posts.sms,
    posts.rules,
    posts.wrong,
    browser.page,
    browser.flood,
    browser.full,
    browser.full_on_a_file,
    crossings.crossings,
    callbacks.completions,
    callbacks.completions_on_a_file,
    databases.posts_on_postgresql,
    databases.completions_on_postgresql,
    databases.events_on_postgresql,
    callbacks.refusals,
    callbacks.day,
    callbacks.lateness,
    lifetime.start,
    lifetime.application,
    lifetime.memory_live,
    lifetime.memory_finished,
    size.curve,
)
