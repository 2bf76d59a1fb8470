"""Time: the formula of a clock, each application's own, durations, instants, delays, and a wake-up that a clock rings.

Only `clock.clock` reads the machine's time. Nothing here knows flows, stores or HTTP.
"""
