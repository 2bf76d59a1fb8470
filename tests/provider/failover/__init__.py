"""Tests of emulator/provider/failover."""
