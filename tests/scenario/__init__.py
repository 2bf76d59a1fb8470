"""Tests of emulator/scenario."""
