"""One request on its way: the request, its state, the machine that moves it, the faults of its callbacks. Pure.

Scenario, store, HTTP, chance and time do not occur here: what they decide comes in as values.
"""
