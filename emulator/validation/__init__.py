"""Validates a body: strict JSON, then a JSON Schema, with every error in words and with its place.

`strict` reads bytes, `schema` finds the errors, `wording` puts them into words. Nothing here knows what a flow is; the
schema to use is passed in by name.
"""
