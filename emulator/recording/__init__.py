"""What happened, written as a scenario that makes it happen again."""
