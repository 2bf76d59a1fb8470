"""A body is held against a JSON Schema: strict JSON, the verdict, and every error in words with its place.

Nothing here knows what a flow is.
"""
