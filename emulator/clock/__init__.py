"""Time: the formula of a clock, the clocks of all applications, durations, instants, delays, and an alarm.

Only `clock.clock` reads the machine's time. Nothing here knows flows, stores or HTTP.
"""
