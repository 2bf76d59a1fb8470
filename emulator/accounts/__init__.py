"""Who may call, and what is left: credentials, access tokens, prices, balances.

It answers "may" and "can pay", and knows no HTTP.
"""
