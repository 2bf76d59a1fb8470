"""Routee's API: errors, access tokens, faulty answers, and a folder or a module for each service.

It imports neither the emulator's own API (`control`) nor the page; `errors` has the errors of both APIs. A service does
not know any other service.
"""
