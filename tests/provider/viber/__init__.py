"""Tests of emulator/provider/viber."""
