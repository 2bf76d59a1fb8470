"""The emulator as a proxy, with real clients on real sockets."""
