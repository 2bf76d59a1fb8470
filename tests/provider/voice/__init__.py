"""Tests of emulator/provider/voice."""
