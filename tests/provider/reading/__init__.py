"""Tests of emulator/provider/reading."""
