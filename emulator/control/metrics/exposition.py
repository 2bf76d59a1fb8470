"""Writes figures in Prometheus' text format, by prometheus-client. Names and units follow Prometheus' conventions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily as Counter
from prometheus_client.metrics_core import GaugeMetricFamily as Gauge
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from emulator import __version__
from emulator.clock.timings import BOUNDS, Timings
from emulator.control.metrics.figures import Figures

F = TypeVar("F", Gauge, Counter)
PREFIX: Final = "failover_emulator_"
CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
OUTCOMES: Final = ("received", "refused", "given up")
"""How attempts at callbacks end: `refused` ones are repeated later."""


def written(figures: Figures) -> bytes:
    """The figures, and those of the process, such as its memory."""
    registry = CollectorRegistry()
    registry.register(_Emulator(figures))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Emulator(Collector):
    """Gives the registry one scrape's figures."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Each family, once."""
        told = "Always 1, with the emulator's version."
        yield _family(Gauge, "build_info", told, {(__version__,): 1}, ["version"])
        yield from of_flows(self._figures)
        yield from of_callbacks(self._figures)
        yield from of_store(self._figures)


def of_flows(given: Figures) -> Iterator[Metric]:
    """What came in, and what became of it."""
    told = "Requests by method, endpoint (none: it reached no call) and class of the HTTP status (closed: no answer)."
    yield _family(Counter, "requests", told, given.requests, ["method", "endpoint", "status"])
    told = "Flows in the store, by state; those in progress by the channel that they are on."
    yield _family(Gauge, "flows", told, given.flows, ["state", "channel"])
    told = "Finished flows dropped to stay within --keep."
    yield _family(Counter, "flows_dropped", told, {(): given.dropped.flows})
    told = "Real seconds since the oldest flow was due that has not been carried on, on clocks that run."
    yield _family(Gauge, "flow_overdue_seconds", told, {(): given.flow_overdue})


def of_callbacks(given: Figures) -> Iterator[Metric]:
    """What was posted to the customer, and in time or not."""
    told = "Callbacks that wait for an attempt."
    yield _family(Gauge, "callbacks_pending", told, {(): given.counts["pendingCallbacks"]})
    told = "Attempts at callbacks, by outcome; refused ones are repeated later."
    ended: dict[tuple[str, ...], int] = {
        (outcome.replace(" ", "_"),): given.attempts.get(outcome, 0) for outcome in OUTCOMES
    }
    yield _family(Counter, "callback_attempts", told, ended, ["outcome"])
    told = "Real seconds from when an attempt at a callback was due until it began, on clocks that run."
    yield _histogram("callback_lateness_seconds", told, given.lateness)
    told = "Real seconds since the oldest callback was due that has not begun, on clocks that run."
    yield _family(Gauge, "callback_overdue_seconds", told, {(): given.callback_overdue})


def of_store(given: Figures) -> Iterator[Metric]:
    """How much is kept, and how fast that goes."""
    told = "Real seconds that each transaction of the store took, since metrics were first asked for."
    yield _histogram("store_commit_seconds", told, given.commits)
    told = "Entries in the journal."
    yield _family(Gauge, "journal_entries", told, {(): given.counts["journalEntries"]})
    told = "Entries of the journal dropped to stay within --keep."
    yield _family(Counter, "journal_entries_dropped", told, {(): given.dropped.entries})


def _family(
    kind: type[F], name: str, told: str, values: Mapping[tuple[str, ...], float], labels: Sequence[str] = ()
) -> F:
    made = kind(PREFIX + name, told, labels=labels)
    for given, value in values.items():
        made.add_metric(given, value)
    return made


def _histogram(name: str, told: str, timings: Timings) -> HistogramMetricFamily:
    bounds = [*map(str, BOUNDS), "+Inf"]
    buckets = list(zip(bounds, map(float, accumulate(timings.counts)), strict=True))
    return HistogramMetricFamily(PREFIX + name, told, buckets=buckets, sum_value=timings.total)
