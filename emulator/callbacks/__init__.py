"""Callbacks to the customer's webhook: what is posted, where it may go, the courier that posts and retries.

Nothing here knows which service a body belongs to: what renders it is passed in.
"""
