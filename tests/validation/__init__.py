"""Tests of emulator/validation."""
