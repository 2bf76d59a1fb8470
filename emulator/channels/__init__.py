"""Sms, Viber and Voice: which statuses each has, and what follows from a text, a phone number or a sender. Pure.

Nothing here knows flows, scenarios or time.
"""
