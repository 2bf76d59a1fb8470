"""Routee's API: errors, access tokens, faulty answers, and a folder for each service.

It knows neither the emulator's own API (`control`) nor the page. A service does not know any other service.
"""
