"""Every address there is, in one table; the documentation of the API is made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import (
    applications,
    board,
    clock,
    flows,
    journal,
    library,
    openapi,
    sample,
    scenarios,
    verification,
)

Endpoint = Callable[[Request], Awaitable[Response]]


class Call(Struct, frozen=True):
    """One call of the emulator's own API; `takes` is its body, or the query of a GET or DELETE."""

    method: str
    path: str
    endpoint: Endpoint
    takes: type | None = None


CALLS = (
    Call("GET", "/health", journal.health),
    Call("GET", "/ready", journal.ready),
    Call("GET", "/settings", journal.settings),
    Call("GET", "/openapi.json", openapi.own),
    Call("GET", "/openapi/provider.json", openapi.provider),
    Call("GET", "/journal", journal.journal, journal.JournalParameters),
    Call("GET", "/feed", journal.feed, journal.JournalParameters),
    Call("GET", "/board", board.show, board.BoardQuery),
    Call("GET", "/board/feed", board.feed, board.BoardQuery),
    Call("GET", "/requests", journal.requests, journal.JournalParameters),
    Call("GET", "/flows", flows.search, flows.FlowsQuery),
    Call("GET", "/flows/{id}", flows.one),
    Call("GET", "/flows/{id}/rules", flows.rules),
    Call("POST", "/flows/{id}/reports", flows.report, flows.ReportBody),
    Call("POST", "/flows/{id}/replies", flows.reply, flows.ReplyBody),
    Call("POST", "/flows/{id}/cancel", flows.cancel, flows.CancelBody),
    Call("GET", "/callbacks", flows.callbacks, flows.CallbacksQuery),
    Call("GET", "/callbacks/{id}", flows.callback),
    Call("POST", "/callbacks/{id}/resend", flows.resend),
    Call("POST", "/verify", verification.verify, verification.VerifyBody),
    Call("GET", "/scenarios", scenarios.catalogue),
    Call("GET", "/scenarios/{id}", library.read),
    Call("POST", "/scenarios/check", library.check, library.Written),
    Call("GET", "/scenario", scenarios.show, applications.Whose),
    Call("POST", "/scenario", scenarios.choose, scenarios.Choice),
    Call("DELETE", "/scenario", scenarios.reset, applications.Whose),
    Call("POST", "/scenario/overrides", scenarios.override, scenarios.Overrides),
    Call("GET", "/clock", clock.show, applications.Whose),
    Call("PUT", "/clock", clock.change, clock.Setting),
    Call("POST", "/clock/advance", clock.advance, clock.Move),
    Call("GET", "/applications", applications.applications),
    Call("GET", "/sample", sample.sample, sample.SampleQuery),
    Call("POST", "/sink", applications.sink),
    Call("GET", "/tokens", applications.tokens, applications.Whose),
    Call("DELETE", "/tokens/{id}", applications.revoke),
    Call("GET", "/balance", applications.balance, applications.Whose),
    Call("PUT", "/balance", applications.set_balance, applications.BalanceBody),
    Call("POST", "/reset", applications.reset, applications.ResetBody),
)
"""The emulator's own API, below /_emulator."""
