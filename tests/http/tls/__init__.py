"""TLS, with real clients: Python's ssl, curl, Node and Java where they are installed."""
