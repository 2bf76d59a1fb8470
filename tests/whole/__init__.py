"""The whole emulator, end to end."""
