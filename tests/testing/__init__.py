"""Tests of emulator/testing."""
