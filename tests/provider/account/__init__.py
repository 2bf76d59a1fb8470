"""Tests of emulator/provider/account."""
