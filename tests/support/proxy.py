"""A reverse proxy for tests: it shows a server below a path of its own, and passes on answers as they come."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.running import PATIENCE

HOP = ("connection", "transfer-encoding", "keep-alive", "server", "date")
"""The headers of an answer that are the proxy's own."""


@contextmanager
def proxied(port: int, prefix: str, *, strips: bool = True, host: str = "") -> Iterator[str]:
    """The URL under which the server on this port is shown, without the prefix. It `strips` that from paths, as most
    proxies do, or leaves it there; with a `host`, the server is told that one.
    """

    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            self.close_connection = True
            if not self.path.startswith(f"{prefix}/"):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = dict(self.headers.items()) | ({"Host": host} if host else {})
            behind = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                behind.request(self.command, self.path.removeprefix(prefix) if strips else self.path, body, headers)
                answer = behind.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("Connection", "close")
                self.end_headers()
                while piece := answer.read1():
                    self.wfile.write(piece)
            except (OSError, http.client.HTTPException):
                pass  # either side has left
            finally:
                behind.close()

        do_GET = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
