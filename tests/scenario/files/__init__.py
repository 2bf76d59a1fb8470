"""Tests of emulator/scenario/files."""
