"""Every address there is, in one table; the documentation of the API is made of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.web import board, control, flows, library, openapi, sample, scenarios, time, upkeep, verification

Endpoint = Callable[[Request], Awaitable[Response]]


class Call(Struct, frozen=True):
    """One call of the emulator's own API; `takes` is its body, or the query of a GET or DELETE."""

    method: str
    path: str
    endpoint: Endpoint
    takes: type | None = None


CALLS = (
    Call("GET", "/health", control.health),
    Call("GET", "/ready", control.ready),
    Call("GET", "/settings", control.settings),
    Call("GET", "/openapi.json", openapi.own),
    Call("GET", "/openapi/provider.json", openapi.provider),
    Call("GET", "/journal", control.journal, control.JournalQuery),
    Call("GET", "/feed", control.feed, control.JournalQuery),
    Call("GET", "/board", board.show, board.BoardQuery),
    Call("GET", "/board/feed", board.feed, board.BoardQuery),
    Call("GET", "/requests", control.requests, control.JournalQuery),
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
    Call("GET", "/scenario", scenarios.show, upkeep.Whose),
    Call("POST", "/scenario", scenarios.choose, scenarios.Choice),
    Call("DELETE", "/scenario", scenarios.reset, upkeep.Whose),
    Call("POST", "/scenario/overrides", scenarios.override, scenarios.Overrides),
    Call("GET", "/clock", time.show, upkeep.Whose),
    Call("PUT", "/clock", time.change, time.Setting),
    Call("POST", "/clock/advance", time.advance, time.Move),
    Call("GET", "/applications", upkeep.applications),
    Call("GET", "/sample", sample.sample, sample.SampleQuery),
    Call("POST", "/sink", upkeep.sink),
    Call("GET", "/tokens", upkeep.tokens, upkeep.Whose),
    Call("DELETE", "/tokens/{id}", upkeep.revoke),
    Call("GET", "/balance", upkeep.balance, upkeep.Whose),
    Call("PUT", "/balance", upkeep.set_balance, upkeep.BalanceBody),
    Call("POST", "/reset", upkeep.reset, upkeep.ResetBody),
)
"""The emulator's own API, below /_emulator."""
