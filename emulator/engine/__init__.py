"""Letting it happen: the loop that moves flows when they are due, interventions, the watch over scenario files.

It does not know HTTP, the shape of JSON answers, or who asks.
"""
