"""Tests of emulator/engine."""
