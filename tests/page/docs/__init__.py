"""The documentation that an emulator serves."""
