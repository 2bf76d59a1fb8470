"""Tests of emulator/recording."""
