"""Tests of emulator/cli."""
