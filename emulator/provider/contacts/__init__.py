"""The customer's contacts, and the labels by which messages address them. Nothing here sends anything."""
