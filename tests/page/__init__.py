"""Tests of emulator/page."""
