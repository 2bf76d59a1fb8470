"""Tests of emulator/accounts."""
