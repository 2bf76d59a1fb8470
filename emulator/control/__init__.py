"""The emulator's own API below /_emulator: one door for each thing that is steered or looked at.

`control.calls` is the table of all calls.
"""
