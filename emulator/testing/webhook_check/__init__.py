"""The check of a customer's receiver: `cases` has the callbacks to post to it, `verdict` judges its answers."""
