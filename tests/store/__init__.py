"""Tests of emulator/store."""
