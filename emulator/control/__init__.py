"""The emulator's own API below /_emulator: a door for each thing that users read or steer.

`control.calls` is the table of all calls, in groups that are imported when they are asked for. The docstrings of
endpoints, bodies and queries are read by users: OpenAPI shows them, and error messages quote them. Nothing here knows
the page.
"""
