"""The journal: the kinds of its entries, the members of each kind, and their texts for people.

`kinds` has a struct for each kind; `entry` is an entry that is about to be stored, `words` the text of a stored one,
`timeline` a list of entries as text. Nothing here imports who writes entries, or knows where they are kept.
"""
