"""Trials in which something bad happens under load: nothing that was accepted may be lost, or happen twice."""

from __future__ import annotations

import http.client
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.scale.trial import Given, Trial, percentile
from tests.support import postgres
from tests.support.relay import relay
from tests.support.running import emulator, receiver

OPTIONS = ("--rate", "600", "--token-lifetime", "631139040", "--log-level", "error")
"""The options of each emulator."""
HELD = 13.0
"""For how many seconds an emulator and its database hear nothing of each other at least: longer than calls wait."""
NOTICED = 1.0
"""After how many seconds somebody promotes the standby."""
PROMPT = HELD / 2
"""Within how many seconds 99 of 100 answers come of an emulator to which nothing happens, on a slow machine too."""


def kill(given: Given) -> dict[str, Any]:
    """Workers are killed."""

    def act(trial: Trial) -> None:
        if there := trial.workers():
            os.kill(trial.chance.choice(there), signal.SIGKILL)

    return _workers(given, 2.0, act)


def stop(given: Given) -> dict[str, Any]:
    """Workers are stopped for a while, and go on."""

    def act(trial: Trial) -> None:
        worker = trial.chance.choice(trial.workers())
        os.kill(worker, signal.SIGSTOP)
        time.sleep(given.held)
        os.kill(worker, signal.SIGCONT)

    return _workers(given, 1.0, act)


def restart(given: Given) -> dict[str, Any]:
    """The database crashes, and starts again."""
    with postgres.server() as database:

        def act(_: Trial) -> None:
            database.stop(crash=True)
            database.start()

        return _workers(given, 1.0, act, database)


def partition(given: Given) -> dict[str, Any]:
    """One of two emulators is cut off from the database. It answers 503 until it is not; the other one is unhurt."""
    held = max(HELD, given.held)
    with postgres.server() as database, relay(database.folder) as way:
        place = database.schema()
        with _emulators(given, place.replace(str(database.folder), str(way.folder)), place) as trial:

            def act() -> None:
                if trial.done:
                    return
                way.hold()
                time.sleep(held)
                way.release()
                began = time.monotonic()
                while not _is_ready(trial):
                    time.sleep(0.02)
                trial.done["ready again"] = round(time.monotonic() - began, 2)

            trial.load(held + 2, 1.0, act)
            assert {place for place, _ in trial.refused} <= {0}, "the other emulator refused requests"
            assert {status for _, status in trial.refused} == {503}, trial.refused
            assert trial.done["ready again"] < PROMPT
            assert percentile(trial.waits[1], 0.99) < PROMPT, "the other emulator was slow"
            return trial.check()


def failover(given: Given) -> dict[str, Any]:
    """The database is gone, and its synchronous standby is promoted."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="standby-")))
        database = stack.enter_context(postgres.server())
        standby = postgres.Server(folder, of=database)
        stack.callback(standby.stop)
        database.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        database.sql("SELECT pg_reload_conf()")
        hosts = f"host={database.folder},{folder}&port=5432,5432&target_session_attrs=read-write"
        place = database.schema().replace(f"host={database.folder}", hosts)
        with _emulators(given, place, place) as trial:

            def act() -> None:
                if database.process.poll() is None:
                    database.stop(crash=True)
                    time.sleep(NOTICED)
                    standby.sql("SELECT pg_promote()")

            trial.load(given.seconds, given.seconds / 2, act)
            assert not trial.refused, trial.refused
            found = trial.check()
            database.start()
            return found


def _workers(
    given: Given, every: float, act: Callable[[Trial], None], database: postgres.Server | None = None
) -> dict[str, Any]:
    """One emulator with workers, to which something happens every so many seconds."""
    with ExitStack() as stack:
        there = database or stack.enter_context(postgres.server())
        with _emulators(given, there.schema(), options=("--workers", str(given.workers))) as trial:
            trial.load(given.seconds, every, lambda: act(trial))
            return trial.check()


@contextmanager
def _emulators(given: Given, *places: str, options: tuple[str, ...] = ()) -> Iterator[Trial]:
    """A trial of an emulator at each of these stores."""
    with ExitStack() as stack:
        hook = stack.enter_context(receiver())
        servers = [stack.enter_context(emulator("--store", place, *OPTIONS, *options)) for place in places]
        yield Trial(servers, hook, given.seed)


def _is_ready(trial: Trial) -> bool:
    """Whether the first emulator says that it is ready."""
    try:
        return trial.servers[0].call("GET", "/_emulator/ready").status == 200
    except (OSError, http.client.HTTPException):
        return False
