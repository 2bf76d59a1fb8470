"""Tests of emulator/clock."""
