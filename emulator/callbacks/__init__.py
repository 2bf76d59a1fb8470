"""Telling the customer's webhook: posts and their retries, where they may go, the courier that makes them.

It does not know which service a body belongs to: the courier is given what renders it.
"""
