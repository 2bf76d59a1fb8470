"""What goes wrong with a connection before it brings a request. Written by the server; belongs to no application."""

from __future__ import annotations

from emulator.journal.entry import Details, Kind


class TlsFailed(Details, frozen=True, gc=False):
    """A client's TLS connection came to nothing: it doesn't trust the emulator's CA, it asked for a name that the
    certificate is not for, or the two sides have no protocol or cipher in common. `why` says so, and what to do about
    it.
    """

    kind = Kind.TLS_FAILED
    why: str

    def text(self) -> str:
        """What went wrong."""
        return self.why


class ProxyRefused(Details, frozen=True, gc=False):
    """A client asked for another host by way of the emulator's proxy, and was refused. `target` is what it asked for,
    `why` the reason.
    """

    kind = Kind.PROXY_REFUSED
    target: str
    why: str

    def text(self) -> str:
        """What was asked for, and why it was refused."""
        return f"{self.target}: {self.why}"
