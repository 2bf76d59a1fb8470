"""A flow: the request, its state, the machine that moves it, the faults of its callbacks. Pure.

Nothing here knows scenarios, the store, HTTP, randomness or the clock: what they decide is passed in as values.
"""
