"""Tests of emulator/provider/sms."""
