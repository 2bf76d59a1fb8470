"""HTTP: the listening server, the protocol, TLS, the proxy, request bodies and JSON responses, the common parts of
OpenAPI documents.

Nothing here knows flows, scenarios or the provider.
"""
