"""The READMEs as pages of the emulator, so that what a user reads is about what runs. They need no network.

`shelf` knows which pages there are and where they lie, `rendering` makes HTML of them, `searching` finds words in them.
All of it is imported when somebody first asks.
"""
