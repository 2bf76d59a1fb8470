"""Tests of emulator/fakes."""
