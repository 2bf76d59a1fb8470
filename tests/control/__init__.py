"""Tests of emulator/control."""
