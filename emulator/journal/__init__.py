"""What happened: the kinds of journal entries, the members of each, and how people read them.

`kinds` has a struct for each kind; `entry` is an entry that is about to be stored, `words` the text of a stored one,
`timeline` many of them below one another. None of them knows who writes entries or where they are kept.
"""
