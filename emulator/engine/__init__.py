"""Runs flows: submits requests, runs what is due with a driver for each clock, and lets users intervene and steer.

It does not know HTTP, the shape of JSON answers, or who asks.
"""
