"""Routee's API: its errors, tokens and faulty answers, and a folder for each of its services.

It knows neither the emulator's own API (`control`) nor the page. A service does not know another one.
"""
