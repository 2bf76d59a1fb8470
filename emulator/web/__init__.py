"""The doors: one module for each group of addresses, each thin."""
