"""What happened: the kinds of entries, their shapes, and how people read them. It does not know who writes them."""
