"""The check of a customer's receiver: `cases` are the callbacks that it is sent, `verdict` judges its answers."""
