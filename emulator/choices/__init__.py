"""What the provider's documentation leaves open, and how it is answered here. Pure.

`table` has each question that a user could notice with its possible answers; `given` reads the answers that a user
chooses instead. Who acts on an answer asks the `Choices` in force; nothing here knows what an answer does.
"""
