"""Tests of emulator/callbacks."""
