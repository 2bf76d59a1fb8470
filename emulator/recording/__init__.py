"""Turns what happened into a scenario that makes it happen again (`failover-emulator record`), and compares captured
traffic with what an emulator does (`compare`).

`journal` and `bodies` read an emulator's journal, or callback bodies of any origin, into one form (`recorded`);
`writing` is the entry point, and writes that form as YAML. `captures` reads captured traffic, `cases` sorts it,
`comparing` and `weighing` find the choices that explain it. Pure: nothing here knows sockets, stores or who asks.
"""
