"""Tests of emulator.control.stories."""
