"""Tests of emulator/flow."""
