"""Letting it happen: a driver for each clock, which runs what is due; interventions; the watch over scenario files.

It does not know HTTP, the shape of JSON answers, or who asks.
"""
