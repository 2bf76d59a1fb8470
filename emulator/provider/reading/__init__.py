"""What the readers of the services' requests share: what is forgiven, what is remarked on, and the quick way. Pure."""
