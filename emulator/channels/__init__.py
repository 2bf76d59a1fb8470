"""Sms, Viber and Voice: the statuses of each, and what its texts, phone numbers and senders mean. Pure.

Nothing here knows flows, scenarios or time.
"""
