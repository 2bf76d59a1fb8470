"""The customer's account: what is left on it, what came to it, and what messages cost. Nothing here sends anything."""
