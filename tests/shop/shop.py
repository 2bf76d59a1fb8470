"""A shop that tells its customers that their order is ready: over Viber, else by a call, else by Sms.

Three things make it safe: an order's name travels as the Viber message's label, so that any callback and any search
finds it; a callback carries the whole flow, so that a later one makes an earlier one superfluous; and what the shop
knows is in SQLite before it is relied on.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple, Self

from tests.shop.provider import Json, Provider, Refused, Wait, label_of

WHY: Final = {"0": "the provider failed", "1": "no balance", "2": "no channel is left", "3": "no channel may follow"}
"""What the statusCode of a failed flow says."""
TABLES: Final = """
create table if not exists orders (
    name text primary key, phone text not null, flow text, how text not null default 'not sent',
    reason text not null default '', ended integer not null default 0, at real not null default 0,
    messages integer not null default 0
);
create table if not exists replies (message text, at text, name text, text text, primary key (message, at, text));
"""


class Outcome(NamedTuple):
    """`how` a customer was told: Viber, Voice, Sms or not reached; until that is known, not sent or under way."""

    how: str
    reason: str


def announcement(order: str, phone: str, webhook: str) -> Json:
    """The body of POST /failover that tells that an order is ready."""
    text = f"Your order {order} is ready"
    viber = {
        "type": "Viber",
        "senderInfoTrackingId": "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10",
        "to": phone,
        "ttl": 5,
        "label": order,
        "message": {"text": text},
        "inboundUrl": f"{webhook}/replies",
        "order": 1,
        "failoverOnStatuses": ["EXPIRED", "FAILED", "UNDELIVERED"],
    }
    call = {
        "type": "Voice",
        "from": "302100000000",
        "to": phone,
        "dialPlan": {"verbs": [{"type": "SAY", "message": {"language": "en-GB", "text": text}}]},
        "order": 2,
        "failoverOnStatuses": ["Busy", "NoAnswer", "Failed"],
    }
    sms = {"type": "Sms", "from": "Shop", "to": phone, "ttl": 120, "message": {"body": text}, "order": 3}
    return {"flow": [viber, call, sms], "callback": {"strategy": "OnStep", "url": f"{webhook}/statuses"}}


def outcome_of(flow: Json) -> Outcome:
    """What a flow says of its order."""
    statuses = ", ".join(f"{message['type']} {message['status']['name']}" for message in flow["messages"])
    match flow["status"]:
        case "Succeeded":
            return Outcome(flow["terminationChannel"], statuses)
        case "Failed":
            return Outcome("not reached", f"{WHY[flow['statusCode']]}: {statuses}")
        case _:
            return Outcome("under way", statuses)


class Shop:
    """Announces orders, and learns what became of it. The provider reaches its webhook under the name `public_host`.
    `told` hears of each order's end, once.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        client_secret: str,
        public_host: str,
        *,
        listen: str = "127.0.0.1",
        database: str = ":memory:",
        wait: Wait = time.sleep,
        told: Callable[[str, Outcome], None] = lambda _, __: None,
    ) -> None:
        self._provider = Provider(base_url, client_id, client_secret, wait)
        self._told = told
        self._sending, self._writing = threading.Lock(), threading.Lock()
        self._books = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        self._books.executescript(TABLES)
        self._server = ThreadingHTTPServer((listen, 0), _webhook(self), bind_and_activate=False)
        self._server.request_queue_size = 128  # many flows may change at once
        self._server.server_bind()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.webhook = f"http://{public_host}:{self._server.server_port}"

    def announce(self, order: str, phone: str) -> None:
        """Tell a customer that an order is ready; a second time does nothing. Raises Unavailable: try again later."""
        with self._sending:
            added = self._run("insert or ignore into orders (name, phone) values (?, ?)", order, phone).rowcount
            if self.tracking_id(order):
                return
            try:
                sent_before = None if added else self._provider.find(phone, order)
                flow = sent_before or self._provider.send(announcement(order, phone, self.webhook))
            except Refused as error:
                self._run("update orders set how = 'not reached', reason = ? where name = ?", str(error), order)
            else:
                self._run("update orders set flow = ?, how = 'under way' where name = ? and flow is null", flow, order)

    def learn(self, flow: Json) -> None:
        """Take in what a callback or tracking says, unless something newer is known."""
        ended, at = flow["status"] in ("Succeeded", "Failed"), datetime.fromisoformat(flow["updatedAt"]).timestamp()
        new, outcome, order = (ended, at, len(flow["messages"])), outcome_of(flow), label_of(flow)
        with self._writing:
            mine = "where name = ?1 and coalesce(flow, ?2) = ?2"
            row = self._run(f"select ended, at, messages from orders {mine}", order, flow["trackingId"]).fetchone()
            if row is None or new <= row:
                return
            changes = "flow = ?2, ended = ?3, at = ?4, messages = ?5, how = ?6, reason = ?7"
            self._run(f"update orders set {changes} {mine}", order, flow["trackingId"], *new, *outcome)
        if ended and not row[0]:
            self._told(str(order), outcome)

    def hear(self, reply: Json) -> None:
        """Keep what a customer answered to the Viber message."""
        values = (reply["referenceTrackingId"], reply["sentDate"], reply["label"], reply["message"])
        with self._writing:
            self._run("insert or ignore into replies values (?, ?, ?, ?)", *values)

    def catch_up(self) -> None:
        """Ask for what no callback told, and send what could not be sent. Raises Unavailable, Refused."""
        open_orders = "select name, phone, flow from orders where how in ('not sent', 'under way')"
        for order, phone, flow in self._run(open_orders).fetchall():
            if flow is None:
                self.announce(order, phone)
            else:
                self.learn(self._provider.flow(flow))

    def outcome(self, order: str) -> Outcome:
        """How the customer was told of an order. Raises KeyError for an order that was never announced."""
        row = self._run("select how, reason from orders where name = ?", order).fetchone()
        if row is None:
            raise KeyError(order)
        return Outcome(*row)

    def tracking_id(self, order: str) -> str | None:
        """The id of an order's flow, once it is known."""
        found = self._run("select flow from orders where name = ?", order).fetchone()
        return found[0] if found else None

    def replies(self, order: str) -> list[str]:
        """What the customer answered, oldest first."""
        return [text for (text,) in self._run("select text from replies where name = ? order by at", order)]

    def open(self) -> None:
        """Listen for callbacks."""
        self._server.server_activate()
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        with self._writing:  # a callback may just be kept
            self._books.close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self._books.execute(statement, values)


def _webhook(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Webhook(BaseHTTPRequestHandler):
        """Answers 200 for what is kept; anything else has the provider repeat it."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 30

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                {"/statuses": shop.learn, "/replies": shop.hear}[self.path](json.loads(raw))
                status = 200
            except (ValueError, LookupError, TypeError, sqlite3.Error):
                status = 400
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the console quiet."""

    return Webhook
