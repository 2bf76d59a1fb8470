"""What was found wrong once, by kind, and what is right: a file for each section, a test for each row."""
