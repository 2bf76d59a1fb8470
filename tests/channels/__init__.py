"""Tests of emulator/channels."""
