"""Accounts of applications: credentials, access tokens, prices of messages, balances; and what files declare that there
is: senders, templates, contacts.

They answer whether an application may call and whether it can pay. Nothing here knows HTTP.
"""
