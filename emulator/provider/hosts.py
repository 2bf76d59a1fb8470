"""The provider's hosts, which its clients have built in, and which may be made to lead here."""

from typing import Final

HOSTS: Final = ("auth.routee.net", "connect.routee.net")
DOMAIN: Final = ".routee.net"
"""The end of all of the provider's names."""
