"""TLS: a certificate authority that is made once and kept, certificates that it signs, and the server's context.

`authority` keeps files, `context` makes of them what a server shows to its clients, `door` is the port for them,
`handshake` what counts before there is a connection, `truststores` exports the CA.
Nothing here knows what is served. What makes certificates is the library trustme, of the extra `tls`; it is imported
only when one is made, since that takes longer than all the rest of a start.
"""

from emulator.http.tls.authority import Authority, AuthorityError
from emulator.http.tls.context import Tls

__all__ = ["Authority", "AuthorityError", "Tls"]
