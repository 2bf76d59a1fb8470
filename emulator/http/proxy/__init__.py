"""The emulator as the proxy of a client that has the provider's hosts built in: such a client needs no other setting.

`proxy` decides what becomes of a request for some host: the provider's are served here, all others are refused, or
passed on if that is wanted. `targets` says what a host is, `tunnels` carries bytes, `forwarding` single requests. What
is passed on can't come back to the emulator itself, whose own API is for those who call it at its own address.
"""

from emulator.http.proxy.proxy import Proxy
from emulator.http.proxy.targets import Refusal

__all__ = ["Proxy", "Refusal"]
