"""Stories: flows that are sent, replies and moves of time with captions, played one scene after another.

A story is data, read from a file. Each of its scenes comes to calls of the provider's API and of the emulator's own,
made as any client makes them, so a story can do nothing else than a client.
"""
