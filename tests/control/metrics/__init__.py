"""Tests of emulator/control/metrics."""
