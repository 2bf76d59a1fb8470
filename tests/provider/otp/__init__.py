"""Tests of emulator/provider/otp."""
