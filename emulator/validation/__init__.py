"""Checks a body: strict JSON, then a JSON Schema, and every error in words with its place.

`strict` reads bytes, `schema` gives verdict and errors, `wording` writes the errors for people. Nothing here knows what
a flow is; which schema to use comes in as a name.
"""
