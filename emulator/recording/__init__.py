"""Turns what happened into a scenario that makes it happen again: `failover-emulator record`.

`journal` and `bodies` read an emulator's journal, or callback bodies of any origin, into one form (`recorded`);
`writing` is the way in, and writes that form as YAML. Pure: nothing here knows sockets, stores or who asks.
"""
