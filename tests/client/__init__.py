"""Tests of emulator/client."""
