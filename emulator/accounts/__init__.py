"""Accounts of applications: credentials, access tokens, prices of messages, balances.

They answer whether an application may call and whether it can pay. Nothing here knows HTTP.
"""
