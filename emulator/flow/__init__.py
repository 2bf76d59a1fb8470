"""One request on its way: the request, its state, the machine that moves it, the faults of its callbacks. Pure.

Nothing here knows scenarios, the store, HTTP, chance or the clock: what they decide comes in as values.
"""
