"""Sms, Viber and Voice: what each allows, and what it makes of a content, a number and a sender. Tables and texts.

Nothing here knows flows, scenarios or time.
"""
