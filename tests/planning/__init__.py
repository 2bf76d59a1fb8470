"""Tests of emulator/planning."""
