"""What becomes of a request: the planner, rehearsals, explanations, and all paths that a request can take. Pure.

Nothing here knows asyncio, how a store works, or HTTP.
"""
