"""Tests of emulator/store/sqlite."""
