"""HTTP itself: the server that listens, the protocol, request bodies and JSON responses. It knows no flow, no scenario
and no provider.
"""
