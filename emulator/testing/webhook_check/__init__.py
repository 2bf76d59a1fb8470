"""The check of a customer's receiver: the cases that it is sent, and the verdict on its answers."""
