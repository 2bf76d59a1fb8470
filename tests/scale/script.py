"""A script of calls, the same for each seed, and what is answered to it, wherever each call is made."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.scale.trial import Given
from tests.support import postgres
from tests.support.running import SMS, VIBER, VOICE, Emulator, Receiver, emulator, receiver

CALLS: Final = 500
"""How many calls a long script has; a short one has a fifth of them."""
APPLICATIONS: Final = ("a", "b", "c")
SCENARIOS: Final = ("balance-runs-out", "all-fail", "unreliable-viber", "default", "viber-undelivered")
COUNTS: Final = """purpose: Goes by what came before.
balance: { messages: 9 }
when_empty: refuse
rules:
  - match: { request: 3 }
    answer: server-error
  - match: { request_to: 2 }
    plan: { Sms: Failed }
"""
SHOWN: Final = (
    *(
        "journal?limit=1000",
        "callbacks?limit=1000",
        "flows?limit=200",
        "applications",
        "statistics",
        "tokens",
        "clocks",
    ),
    *("requests?limit=1000", *(f"{path}?application={each}" for each in APPLICATIONS for path in ("clock", "balance"))),
)
"""What is compared besides the answers."""


def script(given: Given) -> dict[str, Any]:
    """A script of calls is answered the same on a file, by one emulator on PostgreSQL, and by several in turn."""
    count = CALLS if given.seconds >= 10 else CALLS // 5
    with receiver() as hook, ExitStack() as stack:
        hook.judge = lambda body, times: 500 if times == 1 and len(body) % 5 == 0 else 200
        folder = stack.enter_context(TemporaryDirectory())
        place = stack.enter_context(postgres.server())
        several = max(2, given.workers)
        stores = [[str(Path(folder, "store.db"))], [place.schema()], [place.schema()] * several]
        found = [_answers(store, given.seed, count, hook) for store in stores]
    for other in found[1:]:
        for mine, its in zip(map(repr, found[0]), map(repr, other), strict=True):
            same = next((place for place, both in enumerate(zip(mine, its, strict=False)) if both[0] != both[1]), 0)
            assert mine == its, f"{mine[:80]} … {mine[max(0, same - 300) : same + 100]} / {its[same : same + 100]}"
    sent = [each for each in found[0] if isinstance(each[0], int)]
    refused = sum(1 for status, *_ in sent if status != 200)
    assert 0 < refused < len(sent)
    return {
        "calls": len(found[0]),
        "refused": refused,
        "bytes": sum(map(len, map(repr, found[0]))),
        "emulators": several,
    }


def _answers(stores: Sequence[str], seed: int, count: int, hook: Receiver) -> list[Any]:
    """All that emulators at these stores answer to the script, each asked in its turn."""
    hook.seen.clear()
    with ExitStack() as stack:
        options = ("--rate", "0", "--seed", "7", "--log-level", "error", "--token-lifetime", "864000")
        servers = [stack.enter_context(emulator("--store", each, *options)) for each in stores]
        asked = _Script(servers, random.Random(seed), hook.url)
        for _ in range(count):
            asked.next()
        asked.own("POST", "clock/advance", by="48h")
        for path in SHOWN:
            asked.own("GET", path)
        return asked.said


class _Script:
    """Calls that follow from `chance` and from what was answered; what was `said` to them."""

    def __init__(self, servers: Sequence[Emulator], chance: random.Random, url: str) -> None:
        self._turn = itertools.cycle(servers)
        self._chance = chance
        self._url = url
        self._tokens: dict[str, str] = {}
        self._flows: list[str] = []
        self._clocks = set[str]()
        self.said: list[Any] = []

    def next(self) -> None:
        """One call, or a few that belong together."""
        acts: dict[Callable[[str], None], int] = {
            self._post: 60,
            self._choose: 6,
            self._override: 6,
            self._advance: 12,
            self._intervene: 10,
            self._other: 6,
        }
        (act,) = self._chance.choices([*acts], [*acts.values()])
        act(self._chance.choice(APPLICATIONS))

    def own(self, method: str, path: str, **body: Any) -> None:
        """A call of the emulator's own API."""
        answer = next(self._turn).call(method, f"/_emulator/{path}", json.dumps(body).encode() if body else None)
        said = answer.json()
        if (
            "happened" in said
        ):  # what it was told of that the driver has done just before is chance; the journal has all
            del said["happened"], said["truncated"]
        self.said.append((method, path, answer.status, said))

    def _token(self, application: str) -> str:
        if application not in self._tokens:
            self._tokens[application] = next(self._turn).token(application)
            self.said.append(self._tokens[application])
        return self._tokens[application]

    def _post(self, application: str) -> None:
        to = f"+30690000000{self._chance.randrange(5)}"
        chosen = self._chance.sample(
            [VIBER | {"to": to}, SMS | {"to": to}, VOICE, SMS | {"to": 7}], self._chance.randint(1, 3)
        )
        body: dict[str, Any] = {"flow": chosen}
        if self._chance.random() < 0.6:
            body["callback"] = {"strategy": self._chance.choice(["OnStep", "OnCompletion", "x"]), "url": self._url}
        answer = next(self._turn).api("POST", "/failover", body, self._token(application))
        self.said.append((answer.status, answer.json() if answer.body else ""))
        if answer.status == 200:
            self._flows.append(answer.json()["trackingId"])
        self._move(application, "0s")  # its first callback comes before the next request

    def _choose(self, application: str) -> None:
        if self._chance.random() < 0.3:
            self.own("POST", "scenario", application=application, text=COUNTS)
        elif self._chance.random() < 0.2:
            self.own("DELETE", f"scenario?application={application}")
        else:
            self.own("POST", "scenario", application=application, name=self._chance.choice(SCENARIOS))

    def _override(self, application: str) -> None:
        answer = self._chance.choice(["too-many-requests", "server-error"])
        self.own("POST", "scenario/overrides", application=application, rules=[{"answer": answer, "uses": 2}])

    def _advance(self, application: str) -> None:
        if application == "c":
            self._clocks.add(application)
        self._move(application, self._chance.choice(["10s", "3m", "2h", "24h"]))

    def _move(self, application: str, by: str) -> None:
        """Move the clock that an application lives on."""
        own = {"application": application} if application in self._clocks else {}
        self.own("POST", "clock/advance", by=by, **own)

    def _intervene(self, application: str) -> None:
        if not self._flows:
            return
        flow = self._chance.choice(self._flows)
        token = self._token(application)
        answer = next(self._turn).api("GET", f"/failover/tracking/{flow}", token=token)
        self.said.append((answer.status, answer.json()))
        if self._chance.random() < 0.5:
            self.own("POST", f"flows/{flow}/cancel", why="no more")
        else:
            self.own("POST", f"flows/{flow}/reports", status="Delivered")
        for each in ("a", *sorted(self._clocks)):
            self._move(each, "0s")  # whosever the flow is, its callback comes before the next request

    def _other(self, application: str) -> None:
        act = self._chance.randrange(4)
        if act == 0 and (token := self._tokens.pop(application, "")):
            self.own("DELETE", f"tokens/{token}")
        elif act == 1:
            self.own("PUT", "balance", application=application, balance=self._chance.randrange(5))
        elif act == 2 and self._chance.random() < 0.3:
            self.own("POST", "reset", application=application)
            self._tokens.pop(application, None)
            self._clocks.discard(application)
        else:
            self.own("GET", f"journal?application={application}&limit=20")
