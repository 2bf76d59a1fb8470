"""Tests of emulator/provider/contacts."""
