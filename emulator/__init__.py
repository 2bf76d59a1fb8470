"""A local emulator of Routee's Failover API."""

__version__ = "0.1.0"
