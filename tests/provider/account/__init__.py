"""Tests of the account: balance, transactions, prices."""
