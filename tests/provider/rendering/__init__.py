"""Tests of emulator/provider/rendering."""
