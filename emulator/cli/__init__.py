"""The command line: a module for each group of commands.

A module is imported when one of its commands is called, and a command imports what it needs when it runs, so that the
command line starts fast.
"""
