"""The command line: a module for each group of commands, which is imported when one of them is asked for; and each
command imports what it needs when it runs.
"""
