"""Tests of emulator/provider."""
