"""What a request comes to: the planner, rehearsals, explanations, and all the paths that a request can take. Pure.

asyncio, engines of stores and sockets do not occur here.
"""
