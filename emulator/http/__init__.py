"""HTTP itself: the listener, the protocol, bodies and answers. It does not know flows."""
